"""What is wrong with a tenant file: every problem at once, each with its path and line."""

from collections.abc import Iterable
from dataclasses import dataclass

from gatewright.kernel.errors import Invalid


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, at a path like ``clients[2].callbacks[0]`` ("" for the whole file).

    ``line`` counts from 1; ``None`` when the file does not tell.
    """

    path: str
    message: str
    line: int | None = None

    def __str__(self) -> str:
        """One line for people."""
        place = f"line {self.line}: " if self.line is not None else ""
        return f"{place}{self.path}: {self.message}" if self.path else f"{place}{self.message}"


class InvalidFile(Invalid):
    """A tenant file that cannot be applied; ``problems`` are all that were found, in their order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        first, more = self.problems[0], len(self.problems) - 1
        super().__init__(f"{first} (and {more} more)" if more else str(first))


def shown(value: object) -> str:
    """A value from a file in at most 60 characters, safe for a terminal."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    text = ascii(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:59]}…"


def inside(path: str, name: str) -> str:
    """The path of the field ``name`` of what is at ``path``."""
    return f"{path}.{name}" if path else name

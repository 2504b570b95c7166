"""Every setting with its effective value and where it came from, secrets masked."""

import os
from collections.abc import Iterable
from dataclasses import dataclass

from gatewright.settings.errors import WrongSetting
from gatewright.settings.model import SUBJECTS
from gatewright.settings.reading import read_subject
from gatewright.settings.subject import Description, Subject, describe
from gatewright.settings.values import OutboundRules, masked


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of ``config show``.

    ``source`` is ``default``, ``environment`` or ``file PATH``; ``problem`` is empty when all is well.
    """

    name: str
    value: str
    source: str
    description: str
    problem: str = ""


def list_settings() -> tuple[Listed, ...]:
    """All settings as this environment has them; wrong ones with their problem."""
    return tuple(line for subject in SUBJECTS for line in _lines(subject))


def _lines(subject: type[Subject]) -> Iterable[Listed]:
    values, problem, culprit = _read(subject)
    for described in describe(subject):
        mine = problem if described.name == culprit.removesuffix("_FILE") else ""
        value = values[described.attribute] if values else os.environ.get(described.name, described.default)
        yield Listed(
            name=described.name,
            value=_shown(described, value),
            source=_source(described),
            description=described.description,
            problem=mine,
        )


def _read(subject: type[Subject]) -> tuple[dict[str, object], str, str]:
    try:
        found = read_subject(subject)
    except WrongSetting as error:
        return {}, error.message, error.path
    return {item.attribute: getattr(found, item.attribute) for item in describe(subject)}, "", ""


def _source(described: Description) -> str:
    if os.environ.get(described.name):
        return "environment"
    if described.secret and (path := os.environ.get(f"{described.name}_FILE")):
        return f"file {path}"
    return "default"


def _shown(described: Description, value: object) -> str:
    if value is None:
        return "(not set)"
    if described.secret:
        return masked(os.environ.get(described.name) or (value if isinstance(value, str) else ""))
    if isinstance(value, OutboundRules):
        return ", ".join([*map(str, value.networks), *sorted(value.hosts)]) or "(none)"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "(none)"
    return str(value)

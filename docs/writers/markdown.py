"""Plain text, docstrings and values as Markdown."""

import inspect
import re
from collections.abc import Iterable


def prose(text: str) -> str:
    """Return plain text as Markdown that shows it as it is."""
    return _escaped(" ".join(text.split()))


def docstring(of: object) -> str:
    """Return the first paragraph of a docstring as Markdown, code marked as code."""
    text = inspect.cleandoc(getattr(of, "__doc__", None) or "").split("\n\n")[0]
    pieces = re.split(r"``(.+?)``", " ".join(text.split()))
    return "".join(f"`{piece}`" if place % 2 else _escaped(piece) for place, piece in enumerate(pieces))


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table; a bar inside a cell does not end it."""
    columns = list(head)
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*<\[])", r"\\\1", text)

"""The page that says what of the vendor's interface works here, and which tests show it."""

import re
from collections.abc import Iterable, Iterator, Mapping

from writers.evidence import ROOT, Shown, marks
from writers.markdown import prose, table
from writers.wire import SECTIONS, Row

_HEAD = """\
# Compatibility

<!-- Written by `make docs` from the marks of the tests and from docs/writers/wire.py. -->

Auth0's interface row by row: what answers here as it does there.
A row counts as there when tests that run on every change show its success and its errors; the last column links to them.
What is left out is left out on purpose, and says why.

Where the vendor's behaviour and a standard differ in something no library reads, the standard wins ([decision 0007](../decisions/0007-statuses-of-the-standard.md)).
"""  # noqa: E501 - a sentence is a line

_LIBRARIES = """\
## Libraries

These run unmodified against a real server over TLS, those for browsers in Chromium.
"""


def compatibility_page() -> str:
    """Return the page. Raises ``LookupError`` where marks and rows contradict each other."""
    shown = _by_row(marks("wire"))
    rows = {row.name: row for section in SECTIONS.values() for row in section}
    if unknown := sorted(set(shown) - set(rows)):
        raise LookupError(f"no row in docs/writers/wire.py for {', '.join(unknown)}")
    sections = (_section(title, section, shown) for title, section in SECTIONS.items())
    return "\n".join((_HEAD, *sections, _LIBRARIES, _libraries(), ""))


def _by_row(found: Iterable[Shown]) -> dict[str, list[Shown]]:
    by_row: dict[str, list[Shown]] = {}
    for mark in found:
        for name in mark.words:
            by_row.setdefault(name, []).append(mark)
    return by_row


def _section(title: str, rows: Iterable[Row], shown: Mapping[str, list[Shown]]) -> str:
    cells = [_row(row, shown.get(row.name, [])) for row in rows]
    return f"## {title}\n\n" + table(("", "there", "tests"), cells) + "\n"


def _row(row: Row, found: list[Shown]) -> tuple[str, str, str]:
    if bool(row.absent) == bool(found):
        wanted = "no test, being absent" if row.absent else "a test that names it, or a reason to be absent"
        raise LookupError(f"{row.name}: wanted {wanted}")
    if row.absent:
        return _named(row.name), f"no: {prose(row.absent)}", ""
    there = f"partly; not there: {prose(row.lacks)}" if row.lacks else "yes"
    return _named(row.name), there, _links(found)


def _named(name: str) -> str:
    return f"`{name}`" if re.search(r"[/_]", name) else prose(name)


def _links(found: Iterable[Shown]) -> str:
    files = dict.fromkeys(mark.file for mark in found)
    return ", ".join(f"[{file.stem.removeprefix('test_')}](../../{file.relative_to(ROOT)})" for file in files)


def _libraries() -> str:
    calls: dict[str, dict[str, None]] = {}
    files: dict[str, list[Shown]] = {}
    for mark in marks("library"):
        name, *driven = mark.words
        calls.setdefault(name, {}).update(dict.fromkeys(driven))
        files.setdefault(name, []).append(mark)
    return table(("library", "driven", "tests"), _library_rows(calls, files))


def _library_rows(
    calls: Mapping[str, Mapping[str, None]], files: Mapping[str, list[Shown]]
) -> Iterator[tuple[str, str, str]]:
    for name in sorted(calls, key=str.lower):
        yield name, ", ".join(f"`{call}`" for call in calls[name]), _links(files[name])

"""Writes the reference pages that are made from the code; with --check, says which of them are out of date.

A page is one line in PAGES: its file, and the function that returns its text.
"""

import argparse
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from gatewright.settings import SUBJECTS, Description, Subject, describe

DOCS = Path(__file__).resolve().parent

SETTINGS_HEAD = """\
# Settings

<!-- Written by `make docs` from gatewright.settings; change the descriptions there. -->

`gatewright serve` reads these environment variables once, when it starts.
A missing or wrong one ends the start with a line that names it, what was read and what is wanted.
`gatewright config show` prints every setting with its effective value and where that came from.

A setting that may hold a secret is also read from a file: put `_FILE` behind its name and give the path.
"""


def settings_page() -> str:
    """Return the page of the process settings, one section a subject."""
    return "\n".join([SETTINGS_HEAD, *(line for subject in SUBJECTS for line in _subject(subject))])


def _subject(subject: type[Subject]) -> Iterator[str]:
    yield f"## {subject.__name__}\n"
    yield f"{prose(subject.__doc__ or '')}\n"
    for described in describe(subject):
        yield f"### `{described.name}`\n"
        yield f"{prose(described.description)}\n"
        yield f"- Wanted: {prose(described.wanted)}"
        yield f"- Default: {_default(subject, described)}"
        if described.secret:
            yield f"- From a file: `{described.name}_FILE`"
        yield ""


def _default(subject: type[Subject], described: Description) -> str:
    if described.required:
        return "none; it must be set"
    if subject.model_fields[described.attribute].default_factory is not None:
        return "found when the server starts, as said above"
    if isinstance(described.default, int):
        return f"`{described.default}`"
    # An empty value (no networks, no rules) equals what its type makes of nothing.
    if described.default is None or described.default == type(described.default)():
        return "not set"
    return f"`{described.default}`"


def prose(text: str) -> str:
    """Return plain text as Markdown that shows it as it is."""
    return re.sub(r"([\\`*<\[])", r"\\\1", " ".join(text.split()))


PAGES: dict[str, Callable[[], str]] = {
    "reference/settings.md": settings_page,
}


def outdated() -> dict[Path, str]:
    """Return the pages whose file differs from what the code says now, with the text they should have."""
    texts = {DOCS / name: page() for name, page in PAGES.items()}
    return {file: text for file, text in texts.items() if not file.exists() or file.read_text() != text}


def main() -> int:
    """Write what is out of date, or with --check only name it (exit code 1)."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--check", action="store_true", help="write nothing; name the pages that are out of date"
    )
    check = parser.parse_args().check
    changes = outdated()
    for file, text in changes.items():
        print(f"docs/{file.relative_to(DOCS)}: {'out of date, run `make docs`' if check else 'written'}")
        if not check:
            file.parent.mkdir(exist_ok=True)
            file.write_text(text)
    return 1 if check and changes else 0


if __name__ == "__main__":
    sys.exit(main())

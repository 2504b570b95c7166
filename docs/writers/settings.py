"""The page of the process settings."""

from collections.abc import Iterator

from gatewright.settings import SUBJECTS, Description, Subject, describe
from writers.markdown import prose

_HEAD = """\
# Settings

<!-- Written by `make docs` from gatewright.settings; change the descriptions there. -->

`gatewright serve` reads these environment variables once, when it starts.
A missing or wrong one ends the start with a line that names it, what was read and what is wanted.
`gatewright config show` prints every setting with its effective value and where that came from.

A setting that may hold a secret is also read from a file: put `_FILE` behind its name and give the path.
"""


def settings_page() -> str:
    """Return the page of the process settings, one section a subject."""
    return "\n".join([_HEAD, *(line for subject in SUBJECTS for line in _subject(subject))])


def _subject(subject: type[Subject]) -> Iterator[str]:
    yield f"## {subject.__name__}\n"
    yield f"{prose(subject.__doc__ or '')}\n"
    for described in describe(subject):
        yield f"### `{described.name}`\n"
        yield f"{prose(described.description)}\n"
        yield f"- Wanted: {prose(described.wanted)}"
        yield f"- Default: {_default(described)}"
        if described.secret:
            yield f"- From a file: `{described.name}_FILE`"
        yield ""


def _default(described: Description) -> str:
    if described.required:
        return "none; it must be set"
    if described.computed:
        return "found when the server starts, as said above"
    if isinstance(described.default, int):
        return f"`{described.default}`"
    # An empty value (no networks, no rules) equals what its type makes of nothing.
    if described.default is None or described.default == type(described.default)():
        return "not set"
    return f"`{described.default}`"

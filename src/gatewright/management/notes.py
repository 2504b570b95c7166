"""Metadata that is kept with a session or a refresh token: a few short texts by name."""

from collections.abc import Iterator, Mapping

from gatewright.management.bodies import check
from gatewright.provisioning import Problem
from gatewright.sessions import Note

MOST_TEXTS = 25
LONGEST_TEXT = 255


def note_of(field: str, metadata: Mapping[str, str] | None, now: int) -> Note | None:
    """The note that holds ``metadata`` from ``now`` on; none for none.

    Raises ``InvalidFile`` with paths below ``field`` for more than is kept.
    """
    check(_problems(field, metadata or {}))
    return Note(metadata=metadata, at=now) if metadata else None


def _problems(field: str, metadata: Mapping[str, str]) -> Iterator[Problem]:
    if len(metadata) > MOST_TEXTS:
        yield Problem(field, f"{len(metadata)} texts; wanted: at most {MOST_TEXTS}")
    for name, text in metadata.items():
        if not 1 <= len(name) <= LONGEST_TEXT or len(text) > LONGEST_TEXT:
            yield Problem(
                f"{field}.{name[:60]}", f"wanted: name and text of at most {LONGEST_TEXT} characters"
            )

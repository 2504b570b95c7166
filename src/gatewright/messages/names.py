"""Names that strangers chose, made harmless for mail.

Mail programs turn anything that looks like an address into a link, also where the sender wrote none.
So a name keeps its letters and loses what would make it clickable, invisible or a line of its own.
"""

import re
import unicodedata

LONGEST = 64
"""Characters of a name that are shown."""

_JOINERS = "\u200c\u200d"  # part of ordinary spelling in Persian and Indic scripts
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_SCHEME = re.compile(r"[^\W\d_][\w+.\-]*:[/\\]+")
# A dot inside a word is what makes a domain; one between single letters, as in "J.R.R.", does not.
_SINGLE_LETTER = rf"(?=[A-Za-z](?![\w\-{_JOINERS}]))"
_INITIALS = rf"(?:(?<=[\W_][A-Za-z])|(?<=^[A-Za-z]))\.{_SINGLE_LETTER}"
_INNER_DOT = re.compile(rf"(?P<initials>{_INITIALS})|[.．。｡](?=[{_JOINERS}]*\w)")


def harmless(name: str) -> str:
    """``name`` on one line, without links, quotes and unseen characters, of at most 64 characters."""
    seen = "".join(character if _is_seen(character) else " " for character in name)
    plain = unicodedata.normalize("NFC", re.sub(r'[<>"\\]', " ", seen))
    unlinked = _INNER_DOT.sub(_dot, _SCHEME.sub(" ", plain))
    words = " ".join(unlinked.split())
    return words if len(words) <= LONGEST else words[: LONGEST - 1].rstrip() + "…"


def _dot(found: re.Match[str]) -> str:
    return found["initials"] or "·"


def _is_seen(character: str) -> bool:
    return character in _JOINERS or unicodedata.category(character) not in _UNSEEN

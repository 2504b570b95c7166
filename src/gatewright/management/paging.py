"""Lists by pages: by offset with totals, or from a checkpoint on."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from gatewright.jose.encoding import b64url, unb64url
from gatewright.management.errors import InvalidQuery
from gatewright.management.query import Query

T = TypeVar("T")

USUAL = 50
MOST = 100
MOST_COUNTED = 1_000
"""Totals of what is found row by row: this one stands for that many or more."""


@dataclass(frozen=True, slots=True)
class Offset:
    """A page by number. ``include_totals``: the list is wrapped, and told how long the whole is."""

    page: int
    per_page: int
    include_totals: bool

    @property
    def start(self) -> int:
        """How many come before this page."""
        return self.page * self.per_page

    def answer(self, plural: str, items: Sequence[object], total: int, **more: object) -> object:
        """The body for the ``items`` of this page."""
        if not self.include_totals:
            return list(items)
        return {
            "start": self.start,
            "limit": self.per_page,
            **more,
            "total": total,
            plural: list(items),
        }


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A page of ``take`` that begins behind the thing with the id ``after``, "" for the first page."""

    after: str
    take: int

    def answer(self, plural: str, items: Sequence[object], following: str) -> object:
        """The body for the ``items``; ``following`` is the id of the last when there are more."""
        return {plural: list(items), **({"next": b64url(following.encode())} if following else {})}

    def first(
        self, plural: str, found: Sequence[T], *, key: Callable[[T], str], show: Callable[[T], object]
    ) -> object:
        """The body for what was found behind ``after``: one more than ``take`` tells that there are more."""
        page = found[: self.take]
        following = key(page[-1]) if len(found) > len(page) else ""
        return self.answer(plural, [show(each) for each in page], following)


def offset_of(query: Query) -> Offset:
    """The page asked for. Raises ``InvalidQuery``."""
    return Offset(
        page=query.number("page", 0, highest=1_000_000),
        per_page=query.number("per_page", USUAL, lowest=1, highest=MOST),
        include_totals=query.flag("include_totals") or False,
    )


def paging_of(query: Query) -> Offset | Checkpoint:
    """The page asked for, where both manners are known: ``from`` or ``take`` ask for checkpoints.

    Libraries send ``include_totals`` along with them, which has no meaning there.
    """
    if not (query.has("from") or query.has("take")):
        return offset_of(query)
    if query.has("page"):
        raise InvalidQuery("from and take do not go together with page.")
    return checkpoint_of(query)


def checkpoint_of(query: Query) -> Checkpoint:
    """The page asked for, where there are only checkpoints. Raises ``InvalidQuery``."""
    after = _after(query.text("from")) if query.has("from") else ""
    return Checkpoint(after, query.number("take", USUAL, lowest=1, highest=MOST))


def listed(
    paging: Offset | Checkpoint,
    plural: str,
    things: Iterable[T],
    *,
    key: Callable[[T], str],
    show: Callable[[T], object],
) -> object:
    """The body of a list whose ``things`` are all in memory; ``key`` is the id of each."""
    if isinstance(paging, Offset):
        everything = list(things)
        page = everything[paging.start : paging.start + paging.per_page]
        return paging.answer(plural, [show(each) for each in page], len(everything))
    rest = sorted((each for each in things if key(each) > paging.after), key=key)
    return paging.first(plural, rest, key=key, show=show)


def _after(text: str) -> str:
    try:
        after = unb64url(text)
        if b64url(after) == text:
            return after.decode()
    except ValueError:
        pass
    raise InvalidQuery("from: no checkpoint of ours; wanted: next of the page before.")

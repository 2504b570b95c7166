"""A file of users → its records, one after the other, however large the file is.

A file is either a JSON array or one JSON object a line (NDJSON); its first character says which.
The text of a record is not looked into here, except for where it ends.
"""

import re
from collections.abc import Iterator

import msgspec

LONGEST_RECORD = 1024 * 1024
"""Bytes. A longer record is refused, and no more of it is held in memory."""

BATCH = 50
"""Records of one unit in a server: on SQLite nobody else in the process is served while it lasts."""

_SPACE = b" \t\r\n"
_STRUCTURAL = re.compile(rb'["\\{}\[\],]')
_TOO_LONG = f"longer than {LONGEST_RECORD} bytes; wanted: less"
_NO_TEXT = "not in UTF-8; wanted: JSON in UTF-8"


class Record(msgspec.Struct, frozen=True, array_like=True):
    """One user as the file has them: the line or, in an array, the place, counted from 1.

    ``problem`` says why there is no ``text``.
    """

    number: int
    text: str = ""
    problem: str = ""


class RecordSplitter:
    """Takes the file in pieces of any size and gives the records that are complete."""

    def __init__(self) -> None:
        self._start = b""
        self._splitter: _Lines | _Array | None = None

    def feed(self, piece: bytes) -> Iterator[Record]:
        """The records that ``piece`` completes."""
        if self._splitter is None:
            self._start = (self._start + piece).removeprefix(b"\xef\xbb\xbf")
            first = self._start.lstrip(_SPACE)[:1]
            if not first or first == b"\xef":
                return
            self._splitter, piece = (_Array() if first == b"[" else _Lines()), self._start
        yield from self._splitter.feed(piece)

    def finish(self) -> Iterator[Record]:
        """What is left when the file is over; a file that breaks off says so."""
        if self._splitter is not None:
            yield from self._splitter.finish()
        elif self._start.strip(_SPACE):
            yield Record(1, problem=_NO_TEXT)


class _Lines:
    """NDJSON; empty lines are passed over, and counted."""

    def __init__(self) -> None:
        self._number = 1
        self._rest = bytearray()
        self._is_too_long = False

    def feed(self, piece: bytes) -> Iterator[Record]:
        *complete, rest = piece.split(b"\n")
        for line in complete:
            self._rest += line
            yield from self._line()
            self._number += 1
        self._rest += rest
        if len(self._rest) > LONGEST_RECORD:
            self._is_too_long = True
            self._rest.clear()

    def finish(self) -> Iterator[Record]:
        yield from self._line()

    def _line(self) -> Iterator[Record]:
        content, is_too_long = bytes(self._rest).strip(_SPACE), self._is_too_long
        self._rest.clear()
        self._is_too_long = False
        if content or is_too_long:
            yield _record(self._number, content, is_too_long=is_too_long)


class _Array:
    """A JSON array, split at the commas between its items."""

    def __init__(self) -> None:
        self._number = 1
        self._item = bytearray()
        self._is_too_long = False
        self._depth = 0
        self._in_text = self._is_escaped = self._is_over = False

    def feed(self, piece: bytes) -> Iterator[Record]:
        start = 0
        for place, sign in self._signs(piece):
            ends_item = self._depth == 1 and sign in b",]" and not self._is_over
            if ends_item:
                self._keep(piece[start:place])
                yield from self._ended(is_last=sign == b"]")
            if self._moved(sign) or ends_item:
                start = place + 1
        self._keep(piece[start:])

    def _signs(self, piece: bytes) -> Iterator[tuple[int, bytes]]:
        """The signs of ``piece`` that are no part of a text, and where they stand."""
        escaped = 0 if self._is_escaped and piece else -1
        self._is_escaped = self._is_escaped and not piece
        for found in _STRUCTURAL.finditer(piece):
            place, sign = found.start(), found[0]
            if place == escaped:
                continue
            if sign == b'"':
                self._in_text = not self._in_text
            elif not self._in_text:
                yield place, sign
            elif sign == b"\\":
                escaped, self._is_escaped = place + 1, place + 1 == len(piece)

    def finish(self) -> Iterator[Record]:
        if not self._is_over:
            yield Record(self._number, problem="the file ends within the list; wanted: ]")
        elif bytes(self._item).strip(_SPACE) or self._is_too_long:
            yield Record(self._number, problem="something stands after the list; wanted: nothing")

    def _moved(self, sign: bytes) -> bool:
        """Follows ``sign`` in or out; whether it began the list."""
        if sign in b"[{":
            self._depth += 1
            return self._depth == 1 and sign == b"[" and not self._is_over
        if sign in b"]}":
            self._depth -= 1
        return False

    def _keep(self, content: bytes) -> None:
        if self._is_too_long:
            return
        self._item += content
        if len(self._item) > LONGEST_RECORD:
            self._is_too_long = True
            self._item.clear()

    def _ended(self, *, is_last: bool) -> Iterator[Record]:
        content, is_too_long = bytes(self._item).strip(_SPACE), self._is_too_long
        self._item.clear()
        self._is_too_long, self._is_over = False, is_last or self._is_over
        if is_last and self._number == 1 and not content and not is_too_long:
            return  # the list is empty
        yield _record(self._number, content, is_too_long=is_too_long)
        self._number += 1


def _record(number: int, content: bytes, *, is_too_long: bool) -> Record:
    if is_too_long or len(content) > LONGEST_RECORD:
        return Record(number, problem=_TOO_LONG)
    if not content:
        return Record(number, problem="nothing stands here; wanted: a user")
    try:
        return Record(number, content.decode())
    except UnicodeDecodeError:
        return Record(number, problem=_NO_TEXT)

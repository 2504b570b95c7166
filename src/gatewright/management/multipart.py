"""``multipart/form-data`` (RFC 7578) as a stream: part after part, and no part is ever held whole."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

from starlette.requests import ClientDisconnect, Request

from gatewright.management.errors import InvalidBody, NoForm, TooLarge

MOST_PARTS = 20
_LONGEST_HEAD = 4_096
_BOUNDARY = re.compile(
    r'(?:^|;)\s*boundary=(?:"([^"\r\n]{1,70})"|([0-9A-Za-z\'()+_,./:=?-]{1,70}))\s*(?:;|$)'
)
_NAME = re.compile(
    rb'^content-disposition:\s*form-data\s*;(?:.*;)?\s*name="([^"]*)"', re.IGNORECASE | re.MULTILINE
)
_HEAD_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class FormPart:
    """One part: its name, and its content piece by piece."""

    name: str
    content: AsyncIterator[bytes]


class MultipartReader:
    """Reads the parts of one request, of at most ``most`` bytes in all."""

    def __init__(self, request: Request, *, most: int) -> None:
        """Raises ``NoForm`` for another content type, ``TooLarge`` for a length that says so."""
        self._delimiter = b"\r\n--" + _boundary(request.headers.get("content-type", ""))
        self._buffer = bytearray(b"\r\n")  # a delimiter begins with the end of a line, the first one too
        self._stream = request.stream()
        self._most = most
        self._size = 0
        length = request.headers.get("content-length", "")
        if length.isdigit() and int(length) > most:
            raise self._too_large()

    async def parts(self) -> AsyncIterator[FormPart]:
        """The parts in their order; what is not read of one is passed over when the next is asked for.

        Raises ``InvalidBody`` for what is no such form, ``TooLarge`` for more than is read.
        """
        await _skipped(self._until_delimiter())
        for _ in range(MOST_PARTS):
            following = await self._taken(2)
            if following == b"--":
                return
            if following != b"\r\n":
                raise InvalidBody("A delimiter of the form has something else than a line behind it.")
            head = await self._head()
            content = self._until_delimiter()
            yield FormPart(_name(head), content)
            await _skipped(content)
        raise InvalidBody(f"The form has more than {MOST_PARTS} parts.")

    async def _until_delimiter(self) -> AsyncIterator[bytes]:
        """What stands before the next delimiter, which is passed."""
        while (place := self._buffer.find(self._delimiter)) < 0:
            sure = len(self._buffer) - len(self._delimiter) + 1
            if sure > 0:
                piece = bytes(self._buffer[:sure])
                del self._buffer[:sure]
                yield piece
            await self._fill()
        if place:
            piece = bytes(self._buffer[:place])
            del self._buffer[:place]
            yield piece
        del self._buffer[: len(self._delimiter)]

    async def _taken(self, count: int) -> bytes:
        while len(self._buffer) < count:
            await self._fill()
        found = bytes(self._buffer[:count])
        del self._buffer[:count]
        return found

    async def _head(self) -> bytes:
        """The header lines of a part."""
        while (place := self._buffer.find(_HEAD_END)) < 0:
            if len(self._buffer) > _LONGEST_HEAD:
                break
            await self._fill()
        if not 0 <= place <= _LONGEST_HEAD:
            raise InvalidBody("The head of a part of the form is too long.")
        return (await self._taken(place + len(_HEAD_END)))[:place]

    async def _fill(self) -> None:
        try:
            piece = await anext(self._stream)
        except (StopAsyncIteration, ClientDisconnect):
            raise InvalidBody("The form ends before its last delimiter.") from None
        self._size += len(piece)
        if self._size > self._most:
            raise self._too_large()
        self._buffer += piece

    def _too_large(self) -> TooLarge:
        return TooLarge(f"The form has more than {self._most} bytes; send it in several.")


async def text_of(part: FormPart, *, longest: int) -> str:
    """The whole content of a small part. Raises ``InvalidBody``."""
    content = bytearray()
    async for piece in part.content:
        content += piece
        if len(content) > longest:
            raise InvalidBody(f"{part.name[:60]}: longer than {longest} bytes")
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise InvalidBody(f"{part.name[:60]}: not in UTF-8") from None
    if "\0" in text:
        raise InvalidBody(f"{part.name[:60]}: has a NUL character")
    return text


async def _skipped(content: AsyncIterator[bytes]) -> None:
    async for _ in content:
        pass


def _boundary(content_type: str) -> bytes:
    kind, _, parameters = content_type.partition(";")
    found = _BOUNDARY.search(parameters)
    if kind.strip().lower() != "multipart/form-data" or found is None:
        seen = kind.strip()[:100] or "missing"
        raise NoForm(f"The content type is {seen!r}; wanted: multipart/form-data with its boundary.")
    return (found[1] or found[2]).encode("latin-1")


def _name(head: bytes) -> str:
    found = _NAME.search(head)
    if found is None:
        raise InvalidBody("A part of the form has no name.")
    return found[1].decode("utf-8", "replace")

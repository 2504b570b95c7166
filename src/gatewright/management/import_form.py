"""The form that brings users: a file, and fields before or behind it, as each library likes."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import msgspec

from gatewright.management.bodies import check, entry_of
from gatewright.management.errors import InvalidBody
from gatewright.management.multipart import FormPart, MultipartReader, text_of
from gatewright.provisioning import Problem
from gatewright.provisioning.reading import unknown

FILE = "users"
LARGEST_IMPORT = 1_073_741_824
"""Bytes of one form: a file is kept piece by piece as it comes, so that memory is no bound."""

_LONGEST_FIELD = 4_096
_LONGEST_EXTERNAL_ID = 200
_FLAGS = {"true": True, "false": False}


class UsersImport(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An import into a database; with ``upsert`` users who are there are updated.

    ``external_id`` is the caller's own name for it.
    """

    connection_id: str
    upsert: bool = False
    external_id: str = ""
    send_completion_email: bool = False


class ImportForm:
    """Reads one form. ``early`` is called before the file, once the fields that stand there say where to."""

    def __init__(self, reader: MultipartReader, early: Callable[[UsersImport], Awaitable[object]]) -> None:
        self._reader = reader
        self._early = early
        self._fields: dict[str, Any] = {}

    @property
    def wish(self) -> UsersImport:
        """What the fields say that were read so far. Raises ``InvalidFile``."""
        wish = entry_of(UsersImport, self._fields).value
        if len(wish.external_id) > _LONGEST_EXTERNAL_ID:
            wanted = f"at most {_LONGEST_EXTERNAL_ID} characters"
            check([Problem("external_id", f"{len(wish.external_id)} characters; wanted: {wanted}")])
        return wish

    async def file(self) -> AsyncIterator[bytes]:
        """The file piece by piece; when it is through, every field was read. Raises a refusal."""
        is_there = False
        async for part in self._reader.parts():
            if part.name != FILE:
                await self._keep(part)
                continue
            if is_there:
                raise InvalidBody(f"{FILE}: stands in the form twice")
            is_there = True
            if "connection_id" in self._fields:
                await self._early(self.wish)
            async for piece in part.content:
                yield piece
        if not is_there:
            raise InvalidBody(f"{FILE}: missing; wanted: a file with users")

    async def _keep(self, part: FormPart) -> None:
        known = UsersImport.__struct_fields__
        if part.name not in known:
            check([Problem(part.name[:60], unknown(part.name, dict.fromkeys((*known, FILE))))])
        if part.name in self._fields:
            raise InvalidBody(f"{part.name}: stands in the form twice")
        text = await text_of(part, longest=_LONGEST_FIELD)
        is_flag = part.name in ("upsert", "send_completion_email")
        self._fields[part.name] = _FLAGS.get(text, text) if is_flag else text

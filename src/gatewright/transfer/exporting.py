"""Users → NDJSON, a JSON array or CSV, piece by piece: memory stays small however many there are."""

import csv
import datetime
import io
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import msgspec
import orjson

from gatewright.jobs import ExportField
from gatewright.kernel.errors import Invalid
from gatewright.users import User, UserStore
from gatewright.users.foreign_hashes import foreign

ExportFormat = Literal["ndjson", "json", "csv"]
PAGE = 500
"""Users that are read at a time."""

MOST_FIELDS = 100
HASH_FIELD = "custom_password_hash"
_TIMES = ("created_at", "updated_at", "last_login", "last_password_reset")
_DEFAULT = (
    "user_id", "email", "email_verified", "username", "name", "given_name", "family_name", "nickname",
    "picture", "blocked", "created_at", "updated_at", "last_login", "logins_count",
    "user_metadata", "app_metadata",
)  # fmt: skip
_STEP = re.compile(r"[^.\[\]]+|\[\d{1,4}\]")
_PATH = re.compile(r"[^.\[\]]+(?:\.[^.\[\]]+|\[\d{1,4}\])*")
_FORMULA = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"[+\-]?[0-9.]+")


@dataclass(frozen=True, slots=True)
class Page:
    """Some users as text, the id of the last user that was read, and how many are in the text."""

    text: str
    after: str
    count: int


class UserExport:
    """Writes the users of a tenant, or of one of its connections, in the order of their ids.

    ``fields`` name what is written, in their order; none stands for what most people want.
    ``with_hashes`` adds password hashes as an import takes them.
    Raises ``Invalid`` for a field that cannot be one.
    """

    def __init__(
        self,
        users: UserStore,
        *,
        tenant_id: str,
        form: ExportFormat,
        connection: str = "",
        fields: Sequence[ExportField] = (),
        with_hashes: bool = False,
    ) -> None:
        self._users = users
        self._tenant_id = tenant_id
        self._form = form
        self._connection = connection
        self._with_hashes = with_hashes
        self._is_chosen = bool(fields)
        self._columns = _columns(fields, with_hashes=with_hashes)

    async def text(self, *, limit: int | None = None) -> AsyncIterator[str]:
        """The whole file, piece by piece."""
        count = 0
        yield self.head()
        async for page in self.pages(limit=limit):
            yield page.text
            count += page.count
        yield self.foot(count)

    def head(self) -> str:
        """What stands before the first user."""
        if self._form == "csv":
            return _line([name for name, _ in self._columns])
        return "[" if self._form == "json" else ""

    def foot(self, count: int) -> str:
        """What stands after the last of ``count`` users."""
        return ("\n]\n" if count else "]\n") if self._form == "json" else ""

    async def pages(
        self, *, after: str = "", count: int = 0, limit: int | None = None
    ) -> AsyncIterator[Page]:
        """The users after the one with the id ``after``, of whom ``count`` are written already."""
        while limit is None or count < limit:
            found = await self._users.page(self._tenant_id, after=after, limit=PAGE)
            if not found:
                return
            after = found[-1].user_id
            here = [user for user in found if self._connection in ("", user.connection)]
            if limit is not None:
                here = here[: limit - count]
            rows = [await self._row(user) for user in here]
            yield Page(self._text(rows, is_first=not count), after, len(rows))
            count += len(rows)

    async def _row(self, user: User) -> dict[str, Any]:
        value = wire_user(user)
        if self._with_hashes:
            opened = user.password_id(user.connection)
            stored = await self._users.password_hash(self._tenant_id, opened)
            custom = foreign(stored) if stored else None
            if custom is not None:
                value[HASH_FIELD] = msgspec.to_builtins(custom)
        return {name: _found(value, path) for name, path in self._columns}

    def _text(self, rows: list[dict[str, Any]], *, is_first: bool) -> str:
        if self._form == "csv":
            return "".join(_line([_cell(value) for value in row.values()]) for row in rows)
        if not self._is_chosen:
            rows = [{name: value for name, value in row.items() if value is not None} for row in rows]
        lines = [orjson.dumps(row, option=orjson.OPT_NON_STR_KEYS).decode() for row in rows]
        if self._form == "ndjson":
            return "".join(f"{line}\n" for line in lines)
        text = ",".join(f"\n{line}" for line in lines)
        return text if is_first or not text else f",{text}"


def wire_user(user: User) -> dict[str, Any]:
    """The user as the wire shows them: times in ISO 8601, ``user_id`` with its provider."""
    value: dict[str, Any] = msgspec.to_builtins(user)
    value.pop("version", None)
    for name in _TIMES:
        if value.get(name) is not None:
            value[name] = _iso(value[name])
    for name in ("email_verified", "blocked"):
        value.setdefault(name, False)
    return value


def _columns(fields: Sequence[ExportField], *, with_hashes: bool) -> list[tuple[str, tuple[str | int, ...]]]:
    if len(fields) > MOST_FIELDS:
        raise Invalid(f"{len(fields)} fields; wanted: at most {MOST_FIELDS}", path="fields")
    chosen = fields or [ExportField(name=name) for name in _DEFAULT]
    columns = [
        (field.export_as or field.name, _path(field.name, place)) for place, field in enumerate(chosen)
    ]
    names = [name for name, _ in columns]
    if len(set(names)) < len(names):
        raise Invalid("two fields have one name; wanted: another export_as", path="fields")
    return [*columns, (HASH_FIELD, (HASH_FIELD,))] if with_hashes else columns


def _path(name: str, place: int) -> tuple[str | int, ...]:
    if len(name) > 200 or not _PATH.fullmatch(name):
        wanted = "a field of the user, as email, user_metadata.plan or identities[0].connection"
        raise Invalid(f"read {name[:40]!a}; wanted: {wanted}", path=f"fields[{place}].name")
    steps = _STEP.findall(name)
    return tuple(int(step[1:-1]) if step.startswith("[") else step for step in steps)


def _found(value: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        if isinstance(value, Mapping) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list | tuple) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def _cell(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = orjson.dumps(value).decode() if isinstance(value, dict | list | tuple) else str(value)
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def _line(cells: list[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)  # RFC 4180 §2
    return line.getvalue()


def _iso(at: int) -> str:
    text = datetime.datetime.fromtimestamp(at, datetime.UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")

"""One record of an import → what it says of a user, strictly read; field names are the wire's."""

import re
from dataclasses import dataclass
from typing import Any

import msgspec
import orjson

from gatewright.kernel.errors import Invalid
from gatewright.provisioning.entry_kinds import UserEntry
from gatewright.provisioning.problems import Problem, inside, shown
from gatewright.provisioning.reading import Entry, Reader
from gatewright.transfer.records import Record
from gatewright.users.foreign_hashes import CustomPasswordHash, stored_bcrypt, stored_form

SECRETS = ("password_hash", "custom_password_hash")
_HIDDEN = "(not shown)"
_FOR_US = frozenset({*SECRETS, "mfa_factors"})
_READ = re.compile(r"^read .*?; wanted", re.DOTALL)


class ImportedUser(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A user as an import brings them. ``user_id`` is with or without ``auth0|``."""

    user_id: str = ""
    email: str = ""
    email_verified: bool = False
    username: str = ""
    phone_number: str = ""
    phone_verified: bool = False
    password_hash: str = ""
    custom_password_hash: CustomPasswordHash | None = None
    name: str = ""
    given_name: str = ""
    family_name: str = ""
    middle_name: str = ""
    nickname: str = ""
    preferred_username: str = ""
    profile: str = ""
    picture: str = ""
    website: str = ""
    gender: str = ""
    birthdate: str = ""
    zoneinfo: str = ""
    locale: str = ""
    address: dict[str, str] = {}
    blocked: bool = False
    user_metadata: dict[str, Any] = {}
    app_metadata: dict[str, Any] = {}
    mfa_factors: tuple[dict[str, Any], ...] = ()


_SHOWN = frozenset(ImportedUser.__struct_fields__) - _FOR_US


@dataclass(frozen=True, slots=True)
class Reading:
    """A record that was read: what it says, or what is wrong with it. ``told`` is it without its secrets.

    ``hashed`` is what is to be kept in place of a password hash of ours; "" for none.
    """

    number: int
    told: object
    entry: Entry[UserEntry] | None = None
    hashed: str = ""
    problems: tuple[Problem, ...] = ()


def read(record: Record, connection: str) -> Reading:
    """What a record says of a user of ``connection``. Never fails: what is wrong is in the reading."""
    if record.problem:
        return Reading(record.number, None, problems=(Problem("", record.problem),))
    try:
        value = orjson.loads(record.text)
    except ValueError:
        return Reading(record.number, None, problems=(Problem("", "not JSON; wanted: an object"),))
    reader = Reader()
    user = _struct(value, reader)
    hashed = _hashed(user, reader) if user else ""
    if user and user.mfa_factors:
        reader.refuse("mfa_factors", "there are no second factors here yet; wanted: none, or an empty list")
    if user is None or reader.problems:
        return Reading(record.number, told(value), problems=tuple(map(_silent, reader.problems)))
    return Reading(record.number, told(value), _entry(user, value, connection), hashed)


def told(value: object) -> object:
    """The record without its secrets, as a report may show it; a field nobody knows may be one, too."""
    if not isinstance(value, dict):
        return shown(value)
    return {name: part if name in _SHOWN else _HIDDEN for name, part in value.items()}


def _struct(value: object, reader: Reader) -> ImportedUser | None:
    try:
        return msgspec.convert(value, ImportedUser)
    except msgspec.ValidationError:  # says one thing; the reader says all
        entry = reader.entry(ImportedUser, value, "")
        if not reader.problems:
            reader.refuse("", "not a user as an import has them")
        return entry.value if entry else None


def _hashed(user: ImportedUser, reader: Reader) -> str:
    if user.password_hash and user.custom_password_hash:
        reader.refuse("custom_password_hash", "stands beside a password_hash; wanted: one of the two")
        return ""
    try:
        if user.custom_password_hash:
            return stored_form(user.custom_password_hash)
        return stored_bcrypt(user.password_hash) if user.password_hash else ""
    except Invalid as error:
        message = error.message.removeprefix(f"{error.path}: ")
        path = inside("custom_password_hash", error.path) if user.custom_password_hash else "password_hash"
        reader.refuse(path, message)
        return ""


def _entry(user: ImportedUser, value: dict[str, object], connection: str) -> Entry[UserEntry]:
    given = frozenset(value) - _FOR_US
    fields = {name: getattr(user, name) for name in given}
    return Entry("", UserEntry(connection=connection, **fields), given | {"connection"})


def _silent(problem: Problem) -> Problem:
    """The problem without what was read, where that may be a part of a secret."""
    if not problem.path.startswith(SECRETS):
        return problem
    message = _READ.sub("read a value that is not shown; wanted", problem.message)
    return Problem(problem.path, message, problem.line)

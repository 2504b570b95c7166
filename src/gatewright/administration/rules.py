"""What a body may say of a user, by the rules of tenant files. Every function raises ``Invalid``."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from gatewright.administration.bodies import NewUser, UserPatch
from gatewright.connections import PASSWORDLESS, Connection
from gatewright.kernel.errors import Invalid
from gatewright.provisioning.checks.directory import check_user
from gatewright.provisioning.entry_kinds import UserEntry
from gatewright.provisioning.passwords import weak_passwords
from gatewright.provisioning.problems import Problem
from gatewright.provisioning.reading import Entry
from gatewright.provisioning.state import Match, Person
from gatewright.users import User, metadata

METADATA = ("user_metadata", "app_metadata")
IDENTIFYING = ("email", "username", "phone_number", "password")
"""Of these a call may change one."""

_NOT_OF_THE_USER = frozenset({"verify_email", "verify_phone_number", "client_id", "connection"})
_NEVER_NULL = ("email", "username", "password", "connection")
_WITH_PASSWORDS = "auth0"


def entry_of_new(body: NewUser, given: frozenset[str], connection: Connection) -> Entry[UserEntry]:
    """The entry that a tenant file would have for the new user, checked."""
    fields = {name: getattr(body, name) for name in given if name not in _NOT_OF_THE_USER}
    if body.user_id and "|" not in body.user_id:
        fields["user_id"] = f"{connection.strategy}|{body.user_id}"
    entry = _entry(connection.name, fields)
    if connection.strategy == _WITH_PASSWORDS and not body.password:
        raise Invalid("missing; wanted: a password", path="password")
    for name in METADATA:
        metadata.check(name, getattr(body, name))
    _check(entry, Match(), connection)
    return entry


def entry_of_patch(
    patch: UserPatch, given: frozenset[str], user: User, connection: Connection
) -> Entry[UserEntry]:
    """The entry that a tenant file would have for what is written, without metadata and ``null``, checked."""
    check_patch(patch, given)
    kept_apart = (*METADATA, *_NOT_OF_THE_USER)
    fields = {name: getattr(patch, name) for name in given if name not in kept_apart}
    entry = _entry(connection.name, {name: value for name, value in fields.items() if value is not None})
    if connection.name != user.connection and given & {"email", "username"}:
        raise Invalid(
            "wanted: the connection of the first identity; unlink this one to change it", path="connection"
        )
    home = (
        Match(Person(user)) if connection.name == user.connection else Match(Person(_moved(user, connection)))
    )
    _check(entry, home, connection, extra=_personal(user))
    return entry


def check_patch(patch: UserPatch, given: frozenset[str]) -> None:
    """What can be said of a patch without the user."""
    for name in _NEVER_NULL:
        if name in given and getattr(patch, name) is None:
            raise Invalid("read null; wanted: a value", path=name)
    changing = [name for name in IDENTIFYING if name in given]
    if len(changing) > 1:
        raise Invalid(f"stands beside {changing[0]}; wanted: one of the two in a call", path=changing[1])
    for name in METADATA:
        metadata.check(name, getattr(patch, name) or {})


def _moved(user: User, connection: Connection) -> User:
    """The user as somebody of the connection of a linked identity."""
    first = next(each for each in user.identities if each.connection == connection.name)
    rest = tuple(each for each in user.identities if each is not first)
    return msgspec.structs.replace(user, identities=(first, *rest))


def _entry(connection: str, fields: Mapping[str, Any]) -> Entry[UserEntry]:
    return Entry("", UserEntry(**{**fields, "connection": connection}), frozenset(fields))


def _personal(user: User) -> dict[str, str]:
    return {"name": user.name, "email": user.email, "username": user.username}


def _check(
    entry: Entry[UserEntry], match: Match, connection: Connection, *, extra: Mapping[str, str] | None = None
) -> None:
    options = connection.options
    problems = [*check_user(entry, match, options, connection.strategy)]
    if entry.value.password and connection.strategy != PASSWORDLESS:
        known = {**(extra or {}), **{name: getattr(entry.value, name) for name in entry.given}}
        judged = Entry("", UserEntry(**{**known, "connection": connection.name}), entry.given)
        problems += weak_passwords([judged], {connection.name: options})
    refuse(problems)


def refuse(problems: Iterable[Problem]) -> None:
    """Raises ``Invalid`` for the first of the problems, if there is one."""
    for problem in problems:
        raise Invalid(problem.message, path=problem.path)

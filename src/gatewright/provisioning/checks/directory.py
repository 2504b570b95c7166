"""What a tenant file may say of connections, roles and users."""

import re
from collections.abc import Callable, Container, Iterator

from gatewright.connections import PASSWORDLESS, Connection, DatabaseOptions
from gatewright.connections.configuration import is_mark, mark_of
from gatewright.kernel.errors import Invalid
from gatewright.provisioning.checks.values import check_name, check_range, check_web_address
from gatewright.provisioning.entry_kinds import ConnectionEntry, DatabaseEntry, RoleEntry, UserEntry
from gatewright.provisioning.problems import Problem, inside, shown
from gatewright.provisioning.reading import Entry
from gatewright.provisioning.state import LONGEST_USERNAME, Match, full_user_id
from gatewright.users import email_identifier, username_identifier
from gatewright.users.foreign_hashes import foreign

LONGEST_CONNECTION_NAME = 128
SHORTEST_CODE, LONGEST_CODE = 6, 12
"""Digits. Fewer than six are guessed too soon: see the decision on one-time codes."""

CODE_LIFETIMES = (30, 86_400)
"""Seconds, at least and at most."""

_CONNECTION_NAME = re.compile(r"[a-zA-Z0-9](?:-?[a-zA-Z0-9])*")
_SUBJECT = re.compile(r"[A-Za-z0-9._~@+:=-]{1,200}")
_BIRTHDATE = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))?")
_LONGEST_PROFILE = {"name": 300, "given_name": 150, "family_name": 150, "nickname": 300, "phone_number": 40}
_LONGEST_PASSWORD = 256
_MOST_METADATA, _LONGEST_METADATA = 10, 255
_LONGEST_PIECE = 2_000


def check_database(entry: Entry[DatabaseEntry], current: Connection | None = None) -> Iterator[Problem]:
    """One of ``databases``; ``current`` is the one of that name that is there."""
    database, path = entry.value, entry.path
    yield from _check_common(entry)
    yield from _check_configuration(inside(path, "options"), database.options, current)
    options = inside(path, "options")
    length = database.options.validation.username
    where = inside(options, "validation.username")
    yield from check_range(inside(where, "min"), length.min, 1, LONGEST_USERNAME, "characters")
    yield from check_range(inside(where, "max"), length.max, length.min, LONGEST_USERNAME, "characters")
    shortest = database.options.password_complexity_options.min_length
    if shortest is not None:
        where = inside(options, "password_complexity_options.min_length")
        yield from check_range(where, shortest, 1, 128, "characters")


def check_connection(entry: Entry[ConnectionEntry], databases: Container[str]) -> Iterator[Problem]:
    """One of ``connections``; ``databases`` are the names that are taken."""
    connection, path = entry.value, entry.path
    yield from _check_common(entry)
    if connection.name in databases:
        yield Problem(inside(path, "name"), f"{shown(connection.name)} is a database; wanted: another name")
    totp, where = connection.options.totp, inside(path, "options.totp")
    yield from check_range(inside(where, "length"), totp.length, SHORTEST_CODE, LONGEST_CODE, "digits")
    yield from check_range(inside(where, "time_step"), totp.time_step, *CODE_LIFETIMES, "seconds")


def _check_common(entry: Entry[DatabaseEntry] | Entry[ConnectionEntry]) -> Iterator[Problem]:
    connection, path = entry.value, entry.path
    yield from _check_name(inside(path, "name"), connection.name)
    yield from _check_length(inside(path, "display_name"), connection.display_name, LONGEST_CONNECTION_NAME)
    pairs = connection.metadata
    if len(pairs) > _MOST_METADATA or any(
        len(text) > _LONGEST_METADATA for pair in pairs.items() for text in pair
    ):
        wanted = f"at most {_MOST_METADATA} pairs of texts of {_LONGEST_METADATA} characters"
        yield Problem(inside(path, "metadata"), f"{len(pairs)} pairs; wanted: {wanted}")


def _check_configuration(
    path: str, options: DatabaseOptions, current: Connection | None
) -> Iterator[Problem]:
    """A mark means the secret that is kept, while the scripts that read it are those that were there."""
    held = current.sealed_configuration if current else {}
    is_same = current is not None and current.options.custom_scripts == options.custom_scripts
    for name, value in (options.configuration or {}).items():
        where = inside(inside(path, "configuration"), name)
        if is_mark(value) and (name not in held or value != mark_of(held[name])):
            yield Problem(where, "stands for another secret than is kept; wanted: the secret itself")
        elif is_mark(value) and not is_same:
            yield Problem(where, "stands for a secret that other scripts read; wanted: the secret itself")


def _check_name(path: str, name: str) -> Iterator[Problem]:
    if len(name) > LONGEST_CONNECTION_NAME or not _CONNECTION_NAME.fullmatch(name):
        wanted = f"1 to {LONGEST_CONNECTION_NAME} letters, digits and single hyphens between them"
        yield Problem(path, f"read {shown(name)}; wanted: {wanted}")


def check_role(entry: Entry[RoleEntry]) -> Iterator[Problem]:
    """One of ``roles``."""
    yield from check_name(inside(entry.path, "name"), entry.value.name)
    yield from _check_length(inside(entry.path, "description"), entry.value.description, _LONGEST_PIECE)


def check_user(
    entry: Entry[UserEntry], match: Match, options: DatabaseOptions, strategy: str
) -> Iterator[Problem]:
    """One of ``users``, given whom it is about, and the options of their database or their strategy."""
    yield from _check_id(entry, strategy)
    yield from _check_identifiers(entry, match, options)
    if strategy == PASSWORDLESS:
        yield from _check_passwordless(entry, match)
    yield from _check_owner(entry, match)
    yield from _check_password(entry)
    yield from _check_profile(entry)


def _check_id(entry: Entry[UserEntry], strategy: str) -> Iterator[Problem]:
    written = entry.value.user_id
    provider, _, subject = full_user_id(written).partition("|")
    if written and not (provider == strategy and _SUBJECT.fullmatch(subject)):
        wanted = f"letters, digits and . _ ~ @ + : = - after {strategy}|"
        yield Problem(inside(entry.path, "user_id"), f"read {shown(written)}; wanted: {wanted}")


def _check_passwordless(entry: Entry[UserEntry], match: Match) -> Iterator[Problem]:
    user, path = entry.value, entry.path
    if not user.email and (match.person is None or "email" in entry.given):
        yield Problem(inside(path, "email"), "missing; wanted: the address that codes are sent to")
    for name in ("username", "password", "password_hash"):
        if getattr(user, name):
            yield Problem(inside(path, name), "stands at a user without a password; wanted: nothing")


def _check_identifiers(entry: Entry[UserEntry], match: Match, options: DatabaseOptions) -> Iterator[Problem]:
    user, path = entry.value, entry.path
    if not (user.email or user.username or match.person):
        yield Problem(path, "nothing to know the user by; wanted: email or username")
    if user.email:
        yield from _refused(inside(path, "email"), lambda: email_identifier(user.email))
    length = options.validation.username
    if user.username:
        yield from _refused(
            inside(path, "username"),
            lambda: username_identifier(user.username, shortest=length.min, longest=length.max),
        )
    elif options.requires_username and match.person is None:
        yield Problem(inside(path, "username"), "missing; wanted: a username, which the database requires")


def _check_owner(entry: Entry[UserEntry], match: Match) -> Iterator[Problem]:
    user_id = match.person.user.user_id if match.person else full_user_id(entry.value.user_id)
    for identifier, owner in match.owners.items():
        if owner != user_id:
            message = f"belongs to {owner} already; wanted: that user_id, or another {identifier.kind}"
            yield Problem(inside(entry.path, identifier.kind), message)
    if match.person and match.person.user.connection != entry.value.connection:
        message = f"{user_id} lives in {shown(match.person.user.connection)}; wanted: that connection"
        yield Problem(inside(entry.path, "connection"), message)


def _check_password(entry: Entry[UserEntry]) -> Iterator[Problem]:
    user, path = entry.value, entry.path
    if user.password and user.password_hash:
        yield Problem(inside(path, "password_hash"), "stands beside a password; wanted: one of the two")
    if len(user.password) > _LONGEST_PASSWORD or ("password" in entry.given and not user.password):
        message = f"{len(user.password)} characters; wanted: 1 to {_LONGEST_PASSWORD}"
        yield Problem(inside(path, "password"), message)
    if "password_hash" in entry.given and foreign(user.password_hash) is None:
        message = "read a value that is not shown; wanted: an argon2id hash, $argon2id$v=19$m=…"
        yield Problem(inside(path, "password_hash"), message)


def _check_profile(entry: Entry[UserEntry]) -> Iterator[Problem]:
    user, path = entry.value, entry.path
    for name, longest in _LONGEST_PROFILE.items():
        yield from _check_length(inside(path, name), getattr(user, name), longest)
    for name in ("picture", "profile", "website"):
        yield from check_web_address(inside(path, name), getattr(user, name))
    if user.birthdate and not _BIRTHDATE.fullmatch(user.birthdate):
        wanted = "YYYY-MM-DD, 0000-MM-DD or YYYY (OpenID Connect Core §5.1)"
        yield Problem(inside(path, "birthdate"), f"read {shown(user.birthdate)}; wanted: {wanted}")


def _check_length(path: str, text: str, longest: int) -> Iterator[Problem]:
    if len(text) > longest:
        yield Problem(path, f"{len(text)} characters; wanted: at most {longest}")


def _refused(path: str, check: Callable[[], object]) -> Iterator[Problem]:
    try:
        check()
    except Invalid as error:
        yield Problem(path, str(error).removeprefix(f"{error.path}: "))

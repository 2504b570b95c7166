"""Users as they shall be: fields that are written are set, all others stay."""

from collections.abc import Mapping

import msgspec

from gatewright.kernel import ids
from gatewright.provisioning.entry_kinds import NOT_FOR_PROFILE, UserEntry
from gatewright.provisioning.reading import Entry
from gatewright.provisioning.state import Match, Person, TenantState, full_user_id
from gatewright.provisioning.target.wish import Wish
from gatewright.users import Identity, User
from gatewright.users.identifiers import normalised


def target_people(wanted: TenantState, wish: Wish) -> Mapping[str, Person]:
    """The users the file speaks of, by the path of their entry. ``wanted`` has the roles as they shall be."""
    role_ids = {role.name: role.role_id for role in wanted.roles}
    strategies = {connection.name: connection.strategy for connection in wanted.connections}
    people = {}
    for entry in wish.document.users or ():
        current = wish.people.get(entry.path, Match()).person
        leave = current is not None and wish.only_missing
        people[entry.path] = (
            current
            if leave and current
            else _person(entry, current, wish, role_ids, strategies[entry.value.connection])
        )
    return people


def _person(
    entry: Entry[UserEntry],
    current: Person | None,
    wish: Wish,
    role_ids: Mapping[str, str],
    strategy: str,
) -> Person:
    hashed = wish.hashes.get(entry.path) or entry.value.password_hash
    kept = current.password_hash if current else None
    roles = frozenset(role_ids[name] for name in entry.value.roles)
    if current is not None and "roles" not in entry.given:
        roles = current.roles
    user = changed_user(entry, current.user, wish.now) if current else new_user(entry, strategy, wish.now)
    if current is not None and hashed and hashed != kept:
        user = msgspec.structs.replace(user, last_password_reset=wish.now, updated_at=wish.now)
    return Person(user, hashed or kept, roles)


def changed_user(entry: Entry[UserEntry], current: User, now: int) -> User:
    """The user with the fields that are written; another address is not verified until somebody says so."""
    changed = msgspec.structs.replace(current, **_written(entry))
    is_another = normalised(changed.email) != normalised(current.email)
    if is_another and "email_verified" not in entry.given:
        changed = msgspec.structs.replace(changed, email_verified=False)
    return current if changed == current else msgspec.structs.replace(changed, updated_at=now)


def new_user(entry: Entry[UserEntry], strategy: str, now: int) -> User:
    """A user as the wire makes one: called by their address until they have a name."""
    written = entry.value
    user_id = full_user_id(written.user_id) or ids.user_id(strategy, ids.hexadecimal())
    subject = user_id.partition("|")[2]
    user = User(
        user_id=user_id,
        name=written.email.strip() or written.username,
        nickname=written.email.partition("@")[0].strip() or written.username,
        identities=(Identity(connection=written.connection, provider=strategy, user_id=subject),),
        created_at=now,
        updated_at=now,
    )
    return msgspec.structs.replace(user, **_written(entry))


def _written(entry: Entry[UserEntry]) -> dict[str, object]:
    fields = {name: getattr(entry.value, name) for name in entry.given - NOT_FOR_PROFILE}
    return fields | {name: fields[name].strip() for name in ("email", "username") if name in fields}

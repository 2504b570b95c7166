"""Users made, changed and removed by an administrator, each call one unit with its events."""

from collections.abc import Callable

import msgspec

from gatewright.administration.author import Author, difference, told
from gatewright.administration.bodies import NewUser, UserPatch
from gatewright.administration.rules import METADATA, entry_of_new, entry_of_patch
from gatewright.clients import Clients
from gatewright.connections import PASSWORDLESS, Connection, Connections
from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import Conflict, Invalid, NotFound
from gatewright.kernel.events import Bus, Event
from gatewright.kernel.units import Duplicate, Unit, Unmatched
from gatewright.login.mailing import Addressee, Mailing
from gatewright.provisioning.entry_kinds import UserEntry
from gatewright.provisioning.reading import Entry
from gatewright.provisioning.state import identifiers_of
from gatewright.provisioning.target.people import changed_user, new_user
from gatewright.tenants import Tenant
from gatewright.users import (
    EmailChanged,
    PasswordChanged,
    PasswordHasher,
    PhoneNumberChanged,
    User,
    UserBlocked,
    UserCreated,
    UserDeleted,
    UserExists,
    UsernameChanged,
    Users,
    UserStore,
    UserUnblocked,
    UserUpdated,
    metadata,
)

_TRIES = 10
_STRATEGIES = ("auth0", PASSWORDLESS)
_NULLABLE = (
    *("blocked", "email_verified", "phone_verified", "phone_number"),
    *("given_name", "family_name", "name", "nickname", "picture"),
)
_CHANGES: tuple[tuple[str, type[Event]], ...] = (
    ("email", EmailChanged),
    ("username", UsernameChanged),
    ("phone_number", PhoneNumberChanged),
)
"""Fields by which people are known, and what tells that one has changed."""

_NOBODY = User(user_id="")
Look = Callable[[User], None]


def _accept(user: User) -> None:
    """Whoever asks for a change does not mind how the user is before it."""


class UserAdministration:
    """What an administrator may do to one user."""

    def __init__(
        self,
        *,
        users: Users,
        store: UserStore,
        connections: Connections,
        clients: Clients,
        hasher: PasswordHasher,
        mailing: Mailing,
        bus: Bus,
        clock: Clock,
    ) -> None:
        self._users = users
        self._store = store
        self._connections = connections
        self._clients = clients
        self._hasher = hasher
        self._mailing = mailing
        self._bus = bus
        self._clock = clock

    async def create(self, tenant: Tenant, body: NewUser, given: frozenset[str], *, by: Author) -> User:
        """Makes a user; ``given`` names the fields of ``body`` that were written.

        Raises ``Invalid`` with the path of what is wrong, ``UserExists`` when the id or an identifier is
        taken, ``Unavailable`` when too many passwords wait to be hashed.
        """
        connection = await self._connection(tenant, body.connection)
        entry = entry_of_new(body, given, connection)
        hashed = await self._hasher.hash(body.password) if body.password else None
        user = new_user(entry, connection.strategy, self._clock.now())
        wanted = not user.email_verified if body.verify_email is None else body.verify_email
        mail = await self._verification(tenant, user, wanted=wanted, client_id="")
        event = self._told(UserCreated, by, tenant, user, **difference(None, user))
        await self._users.add(tenant.tenant_id, user, identifiers_of(user), hashed, event, also=mail)
        self._mailing.sent()
        return user

    async def update(
        self,
        tenant: Tenant,
        user_id: str,
        patch: UserPatch,
        given: frozenset[str],
        *,
        by: Author,
        look: Look = _accept,
    ) -> User:
        """Changes the fields of ``patch`` that ``given`` names; returns the user as they are then.

        Metadata is merged at the first level. ``look`` is shown the user as they were, and may raise.
        Raises ``NotFound``, ``Invalid`` with the path of what is wrong, ``UserExists`` when an identifier is
        taken, ``Conflict`` when somebody else is always quicker.
        """
        hashed: str | None = None
        for _ in range(_TRIES):
            before = await self.get(tenant, user_id)
            look(before)
            connection = await self._connection(tenant, patch.connection or before.connection, of=before)
            entry = entry_of_patch(patch, given, before, connection)
            if patch.password and hashed is None:
                hashed = await self._hasher.hash(patch.password)
            after = self._patched(before, entry, patch, given)
            mail = await self._verification(
                tenant, after, wanted=bool(patch.verify_email), client_id=patch.client_id or ""
            )
            unit = self._changes(tenant, before, after, connection, hashed) + mail
            try:
                await self._bus.commit(
                    unit, *self._events(by, tenant, before, after, is_new_password=bool(hashed))
                )
            except Unmatched:  # somebody else changed the user: decide anew
                continue
            except Duplicate:
                raise UserExists("the user already exists") from None
            self._mailing.sent()
            return msgspec.structs.replace(after, version=after.version + 1)
        raise Conflict(f"user {user_id} is being changed by somebody else")

    async def block(self, tenant: Tenant, user_id: str, *, by: Author) -> User:
        """Shuts the user out: sessions and refresh tokens end with it."""
        return await self.update(tenant, user_id, UserPatch(blocked=True), frozenset({"blocked"}), by=by)

    async def unblock(self, tenant: Tenant, user_id: str, *, by: Author) -> User:
        """Lets the user in again."""
        return await self.update(tenant, user_id, UserPatch(blocked=False), frozenset({"blocked"}), by=by)

    async def delete(self, tenant: Tenant, user_id: str, *, by: Author, look: Look = _accept) -> bool:
        """Removes the user and all that hangs on them; ``False`` when there was none.

        ``look`` is shown the user as they were, and may raise.
        Raises ``Conflict`` when somebody else is always quicker.
        """
        for _ in range(_TRIES):
            user = await self._store.get(tenant.tenant_id, user_id)
            if user is None:
                return False
            look(user)
            seen = self._store.update(tenant.tenant_id, user)
            unit: Unit = (seen, *self._store.delete(tenant.tenant_id, user_id))
            try:
                await self._bus.commit(unit, self._told(UserDeleted, by, tenant, user))
            except Unmatched:  # somebody else changed the user: look again
                continue
            return True
        raise Conflict(f"user {user_id} is being changed by somebody else")

    async def get(self, tenant: Tenant, user_id: str) -> User:
        """The user as they are now. Raises ``NotFound``."""
        user = await self._store.get(tenant.tenant_id, user_id)
        if user is None:
            raise NotFound("the user does not exist")
        return user

    async def _connection(self, tenant: Tenant, name: str, *, of: User | None = None) -> Connection:
        """The connection called ``name``, in which ``of`` has an identity. Raises ``Invalid``."""
        found = await self._connections.by_name(tenant.tenant_id, name)
        if found is None:
            raise Invalid("the connection does not exist", path="connection")
        if of is None and found.strategy not in _STRATEGIES:
            raise Invalid("its users come from elsewhere; wanted: a database, or email", path="connection")
        if of is not None and name not in {identity.connection for identity in of.identities}:
            raise Invalid("the user has no identity there", path="connection")
        return found

    def _patched(
        self, before: User, entry: Entry[UserEntry], patch: UserPatch, given: frozenset[str]
    ) -> User:
        after = changed_user(entry, before, self._clock.now())
        cleared = {
            name: getattr(_NOBODY, name)
            for name in _NULLABLE
            if name in given and getattr(patch, name) is None
        }
        merged = {
            name: metadata.merged(getattr(before, name), getattr(patch, name))
            for name in METADATA
            if name in given
        }
        for name, value in merged.items():
            metadata.check(name, value)
        now = self._clock.now()
        reset = {"last_password_reset": now} if patch.password else {}
        if (
            "phone_number" in given
            and patch.phone_number != before.phone_number
            and "phone_verified" not in given
        ):
            cleared["phone_verified"] = False  # it was the other number that was verified
        return msgspec.structs.replace(after, **cleared, **merged, **reset, updated_at=now)

    def _changes(
        self, tenant: Tenant, before: User, after: User, connection: Connection, hashed: str | None
    ) -> Unit:
        tenant_id = tenant.tenant_id
        unit: Unit = (self._store.update(tenant_id, after),)
        if identifiers_of(before) != identifiers_of(after):
            unit += self._store.set_identifiers(tenant_id, after, identifiers_of(after))
        if hashed is not None:
            opened = after.password_id(connection.name)
            unit += (self._store.set_password(tenant_id, opened, hashed, self._clock.now()),)
        return unit

    def _events(
        self, by: Author, tenant: Tenant, before: User, after: User, *, is_new_password: bool
    ) -> list[Event]:
        found: list[Event] = [self._told(UserUpdated, by, tenant, after, **difference(before, after))]
        changed = ((name, kind) for name, kind in _CHANGES if getattr(before, name) != getattr(after, name))
        found += [self._told(kind, by, tenant, after) for _, kind in changed]
        if before.blocked != after.blocked:
            kind = UserBlocked if after.blocked else UserUnblocked
            found.append(self._told(kind, by, tenant, after))
        if is_new_password:
            found.append(self._told(PasswordChanged, by, tenant, after))
        return found

    def _told(self, kind: type[Event], by: Author, tenant: Tenant, user: User, **details: object) -> Event:
        return told(kind, by, tenant.tenant_id, user, self._clock.now(), **details)

    async def _verification(self, tenant: Tenant, user: User, *, wanted: bool, client_id: str) -> Unit:
        """The link that verifies the address, where it is wanted and can be of use. Raises ``Invalid``."""
        client = await self._clients.get(tenant.tenant_id, client_id) if client_id else None
        if client_id and client is None:
            raise Invalid("the client does not exist", path="client_id")
        if not wanted or not user.email or user.email_verified or user.blocked:
            return ()
        locales = tenant.settings.enabled_locales
        to = Addressee(
            user=user,
            connection=user.connection,
            locale=locales[0] if locales else "en",
            client_id=client.client_id if client else "",
            client_name=client.name if client else "",
        )
        return await self._mailing.link(tenant, "verify_email", to)

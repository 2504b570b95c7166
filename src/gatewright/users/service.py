"""What one may do with users."""

from collections.abc import Awaitable, Callable

import msgspec

from gatewright.kernel import ids
from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import Conflict
from gatewright.kernel.events import Bus, Event
from gatewright.kernel.units import Change, Duplicate, Unit, Unmatched
from gatewright.users.events import UserDeleted
from gatewright.users.identifiers import Identifier, normalised
from gatewright.users.model import Identity, User
from gatewright.users.store import UserStore

_TRIES = 10

Welcome = Callable[[str, str], Awaitable[Unit]]
"""Ids of a tenant and of its new user → what else happens in the unit that makes the user."""


class UserExists(Conflict):
    """The id, or an identifier in the connection, is somebody's already."""


class Users:
    """Creates, changes and removes users; each change in one unit with its events.

    Whoever joins is given the ``welcome``; users of a tenant file or of an import are not.
    """

    def __init__(self, store: UserStore, bus: Bus, clock: Clock, *, welcome: Welcome) -> None:
        self._store = store
        self._bus = bus
        self._clock = clock
        self._welcome = welcome

    async def get(self, tenant_id: str, user_id: str) -> User | None:
        """The user, or ``None``."""
        return await self._store.get(tenant_id, user_id)

    def passwordless_user(self, connection: str, *, email: str) -> User:
        """A new user of a passwordless connection, who just proved that the address is theirs."""
        now, subject = self._clock.now(), ids.hexadecimal()
        return User(
            user_id=ids.user_id("email", subject),
            email=email,
            email_verified=True,
            name=email,
            nickname=email.partition("@")[0],
            identities=(Identity(connection=connection, provider="email", user_id=subject),),
            created_at=now,
            updated_at=now,
        )

    def database_user(self, connection: str, *, email: str, username: str = "", subject: str = "") -> User:
        """A new user of a database connection, with the defaults the wire gives name and nickname."""
        now, subject = self._clock.now(), subject or ids.hexadecimal()
        return User(
            user_id=ids.user_id("auth0", subject),
            email=email.strip(),
            username=username,
            name=email.strip() or username,
            nickname=email.partition("@")[0].strip() or username,
            identities=(Identity(connection=connection, provider="auth0", user_id=subject),),
            created_at=now,
            updated_at=now,
        )

    async def add(
        self,
        tenant_id: str,
        user: User,
        identifiers: tuple[Identifier, ...],
        password_hash: str | None,
        *events: Event,
        also: Unit = (),
    ) -> None:
        """Makes the user with their password. Raises ``UserExists`` when an identifier is taken."""
        unit = self._store.insert(tenant_id, user, identifiers)
        if password_hash is not None:
            unit += (self._store.set_password(tenant_id, user.user_id, password_hash, self._clock.now()),)
        unit += await self._welcome(tenant_id, user.user_id)
        try:
            await self._bus.commit(unit + also, *events)
        except Duplicate:
            raise UserExists("the user already exists") from None

    async def change(
        self,
        tenant_id: str,
        user_id: str,
        *events: Event,
        also: Unit = (),
        provided: Callable[[User], bool] = lambda user: True,
        **fields: object,
    ) -> User:
        """Sets ``fields`` on the newest version of the user, together with ``also``.

        Retries when somebody else was quicker.
        Raises ``Conflict`` when that goes on, or the user is gone, or ``provided`` holds of them no more.
        """
        for _ in range(_TRIES):
            user = await self._store.get(tenant_id, user_id)
            if user is None or not provided(user):
                break
            changed = msgspec.structs.replace(user, updated_at=self._clock.now(), **fields)
            try:
                await self._bus.commit((*also, self._store.update(tenant_id, changed)), *events)
            except Unmatched as unmatched:
                if unmatched.position < len(also):
                    raise
                continue
            return msgspec.structs.replace(changed, version=changed.version + 1)
        raise Conflict(f"user {user_id} was changed or removed meanwhile")

    def signed_in(self, tenant_id: str, user: User, *, ip: str) -> Change:
        """The change that notes a sign-in; must match the very version of the user that was proved."""
        now = self._clock.now()
        noted = msgspec.structs.replace(
            user, last_login=now, last_ip=ip, logins_count=user.logins_count + 1, updated_at=now
        )
        return self._store.update(tenant_id, noted)

    async def verified(self, tenant_id: str, user_id: str, address: str) -> Unit:
        """The change that notes ``address`` as verified; none where it is, or is not the user's own."""
        user = await self._store.get(tenant_id, user_id)
        if user is None or user.email_verified or normalised(user.email) != normalised(address):
            return ()
        noted = msgspec.structs.replace(user, email_verified=True, updated_at=self._clock.now())
        return (self._store.update(tenant_id, noted),)

    async def delete(self, tenant_id: str, user_id: str, *, origin_event: Event | None = None) -> bool:
        """Removes the user for good; ``False`` when there was none."""
        event = origin_event or UserDeleted(tenant_id=tenant_id, at=self._clock.now(), user_id=user_id)
        try:
            await self._bus.commit(self._store.delete(tenant_id, user_id), event)
        except Unmatched:
            return False
        return True

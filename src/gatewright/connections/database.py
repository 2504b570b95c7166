"""The connection whose users and passwords we keep ourselves."""

from gatewright.connections.model import Connection
from gatewright.kernel.clock import Clock
from gatewright.kernel.events import Bus
from gatewright.users import PasswordHasher, User, UserStore
from gatewright.users.identifiers import identifier as typed_identifier


class DatabaseConnection:
    """Recognises users by e-mail address or username and a password hash of ours."""

    def __init__(self, users: UserStore, hasher: PasswordHasher, bus: Bus, clock: Clock) -> None:
        self._users = users
        self._hasher = hasher
        self._bus = bus
        self._clock = clock

    async def authenticate(
        self, tenant_id: str, connection: Connection, identifier: str, password: str
    ) -> User | None:
        """See ``PasswordConnection``: one statement and one hash, whoever it is."""
        found = await self._users.credentials(tenant_id, connection.name, typed_identifier(identifier))
        stored = found.password_hash if found else None
        if not await self._hasher.verify(password, stored) or found is None or stored is None:
            return None
        if self._hasher.needs_rehash(stored):
            await self._rehash(tenant_id, found.identity_id, password)
        return found.user

    async def _rehash(self, tenant_id: str, identity_id: str, password: str) -> None:
        fresh = await self._hasher.hash(password)
        await self._bus.commit((self._users.set_password(tenant_id, identity_id, fresh, self._clock.now()),))

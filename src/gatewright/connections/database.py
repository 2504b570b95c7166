"""The connection whose users and passwords we keep ourselves."""

from contextlib import suppress

from gatewright.connections.model import Connection
from gatewright.kernel.events import Bus
from gatewright.kernel.units import Unmatched
from gatewright.users import PasswordHasher, User, UserStore
from gatewright.users.identifiers import identifier as typed_identifier


class DatabaseConnection:
    """Recognises users by e-mail address or username and a password hash of ours."""

    def __init__(self, users: UserStore, hasher: PasswordHasher, bus: Bus) -> None:
        self._users = users
        self._hasher = hasher
        self._bus = bus

    async def authenticate(
        self, tenant_id: str, connection: Connection, identifier: str, password: str
    ) -> User | None:
        """See ``PasswordConnection``: one statement and one hash, whoever it is."""
        found = await self._users.credentials(tenant_id, connection.name, typed_identifier(identifier))
        stored = found.password_hash if found else None
        verdict = await self._hasher.check(password, stored)
        if found is None or stored is None or not verdict.is_right:
            return None
        if verdict.fresh is not None:
            await self._renew(tenant_id, found.identity_id, seen=stored, fresh=verdict.fresh)
        return found.user

    async def _renew(self, tenant_id: str, identity_id: str, *, seen: str, fresh: str) -> None:
        """Keeps the password as we do; not once another was set, for that would bring the old one back."""
        with suppress(Unmatched):
            await self._bus.commit((self._users.renew_hash(tenant_id, identity_id, seen=seen, fresh=fresh),))

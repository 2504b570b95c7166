"""What of users must be remembered."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from gatewright.kernel.units import Change, Unit
from gatewright.users.identifiers import Identifier
from gatewright.users.model import User


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user and the password hash that opens a database connection for them."""

    user: User
    password_hash: str | None


class UserStore(Protocol):
    """Users by id and by identifier within a connection."""

    async def get(self, tenant_id: str, user_id: str) -> User | None:
        """The user as they are now; never cached."""
        ...

    async def credentials(
        self, tenant_id: str, connection: str, identifier: Identifier
    ) -> Credentials | None:
        """Whom the identifier names in the connection, with the password hash: one statement."""
        ...

    async def password_hash(self, tenant_id: str, user_id: str) -> str | None:
        """The user's password hash."""
        ...

    async def owners(
        self, tenant_id: str, connection: str, identifiers: Collection[Identifier]
    ) -> dict[Identifier, str]:
        """Those of the identifiers that name somebody in the connection, and whose ids they name."""
        ...

    async def many(self, tenant_id: str, user_ids: Collection[str]) -> dict[str, Credentials]:
        """Those of the users who are there, by id, with their password hashes."""
        ...

    async def page(self, tenant_id: str, *, after: str, limit: int) -> list[User]:
        """Users in the order of their ids, from the one after ``after``."""
        ...

    def insert(self, tenant_id: str, user: User, identifiers: tuple[Identifier, ...]) -> Unit:
        """A new user with identities and identifiers; ``Duplicate("identifiers")`` when one is taken."""
        ...

    def update(self, tenant_id: str, user: User) -> Change:
        """Replaces version ``user.version`` by the next; must match."""
        ...

    def set_password(self, tenant_id: str, user_id: str, password_hash: str, at: int) -> Change:
        """Inserts or replaces the password."""
        ...

    def renew_hash(self, tenant_id: str, user_id: str, *, seen: str, fresh: str) -> Change:
        """Keeps another hash of the same password; must match, and does not once the password changed."""
        ...

    def delete(self, tenant_id: str, user_id: str) -> Unit:
        """The user, identities, identifiers and password; the first change must match."""
        ...

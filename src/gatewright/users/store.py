"""What of users must be remembered."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from gatewright.kernel.units import Change, Unit
from gatewright.users.identifiers import Identifier
from gatewright.users.model import User


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user and the password hash that opens a database connection for them.

    ``identity_id`` names the identity that was found, which a linked user has several of.
    """

    user: User
    password_hash: str | None
    identity_id: str


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

    async def password_hash(self, tenant_id: str, identity_id: str) -> str | None:
        """The password hash of an identity; that of a user's first one has the user's own id."""
        ...

    async def owners(
        self, tenant_id: str, connection: str, identifiers: Collection[Identifier]
    ) -> dict[Identifier, str]:
        """Those of the identifiers that name somebody in the connection, and whose ids they name."""
        ...

    async def many(
        self, tenant_id: str, connection: str, user_ids: Collection[str]
    ) -> dict[str, Credentials]:
        """Those of the users who are there, by id, each with the identity that a password in ``connection``
        opens (``User.password_id``) and its password hash.
        """
        ...

    async def page(self, tenant_id: str, *, after: str, limit: int) -> list[User]:
        """Users in the order of their ids, from the one after ``after``."""
        ...

    def insert(self, tenant_id: str, user: User, identifiers: tuple[Identifier, ...]) -> Unit:
        """A new user with identities, and with the identifiers of the first of them.

        ``Duplicate`` names ``identifiers`` when one is taken, ``identities`` when somebody else has such an
        id, be it as an identity that was linked.
        """
        ...

    def update(self, tenant_id: str, user: User) -> Change:
        """Replaces version ``user.version`` by the next; must match."""
        ...

    def set_identifiers(self, tenant_id: str, user: User, identifiers: tuple[Identifier, ...]) -> Unit:
        """Replaces those of the user's first identity; ``Duplicate("identifiers")`` when one is taken."""
        ...

    def set_password(self, tenant_id: str, identity_id: str, password_hash: str, at: int) -> Change:
        """Inserts or replaces the password of an identity."""
        ...

    def link(self, tenant_id: str, primary: User, secondary: User) -> Unit:
        """``primary``, who has the identity of ``secondary`` already, replaces both.

        Identities, identifiers and passwords of ``secondary`` lead to ``primary`` from then on; everything
        else of theirs goes. Both versions must match.
        """
        ...

    def unlink(self, tenant_id: str, primary: User, restored: User) -> Unit:
        """Takes what ``link`` moved out of ``primary``, who has lost the identity already, for ``restored``.

        The version of ``primary`` must match.
        """
        ...

    def renew_hash(self, tenant_id: str, identity_id: str, *, seen: str, fresh: str) -> Change:
        """Keeps another hash of the same password; must match, and does not once the password changed."""
        ...

    def delete(self, tenant_id: str, user_id: str) -> Unit:
        """The user and everything that hangs on them; the first change must match."""
        ...

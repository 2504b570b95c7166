"""What the protocol must remember; each reading method is one statement."""

from typing import Protocol

from gatewright.kernel.units import Change, Unit
from gatewright.oauth.model import AccessToken, Code, Family, NotedFamily, Whose
from gatewright.sessions import Note, Session
from gatewright.users import User


class AuthorizationStore(Protocol):
    """Codes, families, opaque tokens and revoked grants, together with the user they speak for."""

    async def signed_in(self, tenant_id: str, session_hash: str) -> tuple[Session, User] | None:
        """The session and its user; ``None`` when either is gone."""
        ...

    def put_code(self, tenant_id: str, code_hash: str, code: Code, *, forget_at: int) -> Change:
        """Remembers a code until ``forget_at``."""
        ...

    async def code(self, tenant_id: str, code_hash: str) -> tuple[Code, int | None, User | None] | None:
        """The code, when it was spent, and its user."""
        ...

    def spend_code(self, tenant_id: str, code_hash: str, at: int) -> Change:
        """Spends the code; must match, so it happens once."""
        ...

    def put_family(self, tenant_id: str, family: Family) -> Change:
        """Remembers a new family."""
        ...

    async def family(self, tenant_id: str, grant_id: str) -> tuple[Family, User | None] | None:
        """The family of the grant, and its user."""
        ...

    def rotate(self, tenant_id: str, family: Family, *, to: int, at: int, expires_at: int | None) -> Change:
        """Moves the family to generation ``to``; must match the generation read, and not be revoked."""
        ...

    def put_access_token(self, tenant_id: str, token_hash: str, token: AccessToken) -> Change:
        """Remembers an opaque access token."""
        ...

    async def access_token(
        self, tenant_id: str, token_hash: str
    ) -> tuple[AccessToken, bool, User | None] | None:
        """The token, whether its grant is revoked, and its user."""
        ...

    def forget_access_token(self, tenant_id: str, token_hash: str) -> Change:
        """Revokes one opaque token."""
        ...

    async def user_of_grant(self, tenant_id: str, grant_id: str, user_id: str) -> tuple[bool, User | None]:
        """Whether the grant is revoked, and the user: what a token without a row of its own needs."""
        ...

    def revoke_grant(self, tenant_id: str, grant_id: str, *, at: int, forget_at: int) -> Unit:
        """Revokes everything the grant gave: its family in one row, its access tokens by name."""
        ...

    def revoke_all_of(self, tenant_id: str, user_id: str, at: int) -> Change:
        """Revokes every refresh token of the user."""
        ...


class FamilyIndex(Protocol):
    """Families of refresh tokens, for whoever looks after users; no request of the protocol asks it."""

    async def noted(self, tenant_id: str, grant_id: str) -> NotedFamily | None:
        """The family of the grant, as stored."""
        ...

    async def alive(
        self, tenant_id: str, whose: Whose, *, now: int, after: str = "", skip: int = 0, limit: int
    ) -> list[NotedFamily]:
        """Families that can be refreshed, the oldest first: behind the grant ``after``, past ``skip``."""
        ...

    async def count(self, tenant_id: str, whose: Whose, *, now: int, most: int) -> int:
        """How many there are of them; ``most`` stands for that many or more."""
        ...

    def note(self, tenant_id: str, noted: NotedFamily, note: Note | None) -> Change:
        """Keeps ``note`` with the family; must match what was read, so that nobody's note is lost."""
        ...

    def revoke(self, tenant_id: str, whose: Whose, *, at: int) -> Unit:
        """Revokes the families of a user, their opaque access tokens, and codes that would begin others."""
        ...

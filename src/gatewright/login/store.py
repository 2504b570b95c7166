"""What of login must be remembered."""

from typing import Protocol

from gatewright.kernel.units import Change
from gatewright.login.one_time_code import OneTimeCode
from gatewright.login.tickets import Ticket
from gatewright.login.transaction import LoginTransaction


class TransactionStore(Protocol):
    """Login transactions by the hash of their secret."""

    async def get(self, tenant_id: str, transaction_hash: str) -> LoginTransaction | None:
        """The transaction as stored; the caller judges its expiry."""
        ...

    def insert(self, tenant_id: str, transaction: LoginTransaction) -> Change:
        """Remembers a new transaction."""
        ...

    def update(self, tenant_id: str, transaction: LoginTransaction) -> Change:
        """Replaces version ``transaction.version`` by the next; must match."""
        ...

    def finish(self, tenant_id: str, transaction: LoginTransaction) -> Change:
        """Marks it finished; must match this version, so it is spent once."""
        ...


class OneTimeCodeStore(Protocol):
    """Mailed codes and links, of which an address has one at most."""

    def put(self, tenant_id: str, code: OneTimeCode) -> Change:
        """Remembers a new one, in the place of an older one for the same address."""
        ...

    async def get(self, tenant_id: str, address_hash: str, *, now: int) -> OneTimeCode | None:
        """The one in force; for what cannot be guessed."""
        ...

    async def guess(self, tenant_id: str, address_hash: str, *, now: int) -> OneTimeCode | None:
        """The one in force, to compare a guess with, which is counted by the same statement.

        ``None`` once it was guessed at ``MOST_GUESSES`` times, however many guessed at once.
        """
        ...

    def spend(self, tenant_id: str, code: OneTimeCode) -> Change:
        """Removes that very one; must match, so it is spent once, and not when a newer one replaced it."""
        ...


class TicketStore(Protocol):
    """Mailed tickets by the hash of their secret."""

    async def get(self, tenant_id: str, ticket_hash: str) -> tuple[Ticket, int | None] | None:
        """The ticket, and when it was spent."""
        ...

    def insert(self, tenant_id: str, ticket: Ticket) -> Change:
        """Remembers a new ticket."""
        ...

    def spend(self, tenant_id: str, ticket_hash: str, at: int) -> Change:
        """Spends it; must match, so it happens once."""
        ...

    def renew(self, tenant_id: str, ticket_hash: str, at: int, *, pause: int) -> Change:
        """Spends it for another one in its place, be it spent already or not.

        Must match, and does not where it was spent within ``pause`` seconds: another one is on its way.
        """
        ...

    def void_others(self, tenant_id: str, user_id: str, kind: str, at: int) -> Change:
        """Spends every unspent ticket of that kind of the user."""
        ...

"""What of embedded login must be remembered."""

from typing import Protocol

from gatewright.embedded.model import LoginTicket
from gatewright.kernel.units import Change


class LoginTicketStore(Protocol):
    """Login tickets by the hash of their secret."""

    async def get(self, tenant_id: str, ticket_hash: str) -> LoginTicket | None:
        """The ticket as stored; the caller judges its kind and its end."""
        ...

    def insert(self, tenant_id: str, ticket: LoginTicket) -> Change:
        """Remembers a new ticket."""
        ...

    def take(self, tenant_id: str, ticket_hash: str) -> Change:
        """Spends the ticket by forgetting it; must match, so it happens once."""
        ...

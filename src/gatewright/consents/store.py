"""What of consents must be remembered."""

from typing import Protocol

from gatewright.consents.model import Consent, Given
from gatewright.kernel.units import Change


class ConsentStore(Protocol):
    """Consents by user, client and audience."""

    async def get(self, tenant_id: str, user_id: str, client_id: str, audience: str) -> Consent | None:
        """What the user allowed so far."""
        ...

    async def find(self, tenant_id: str, given: Given, *, skip: int = 0, limit: int) -> list[Consent]:
        """Consents by user, client and audience, past ``skip`` of them."""
        ...

    async def count(self, tenant_id: str, given: Given, *, most: int) -> int:
        """How many there are of them; ``most`` stands for that many or more."""
        ...

    def put(self, tenant_id: str, consent: Consent) -> Change:
        """Inserts or replaces."""
        ...

    def withdraw(self, tenant_id: str, user_id: str, client_id: str, audience: str) -> Change:
        """Forgets what the user allowed the client at the audience; nothing happens when there is none."""
        ...

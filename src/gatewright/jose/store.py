"""What of keys must be remembered."""

from typing import Protocol

from gatewright.jose.keys import KeyRing, SigningKey
from gatewright.kernel.units import Change


class KeyStore(Protocol):
    """Signing keys by tenant."""

    async def ring(self, tenant_id: str) -> KeyRing:
        """All keys of the tenant, revoked ones included; cached until they change."""
        ...

    def put(self, tenant_id: str, key: SigningKey) -> Change:
        """Inserts the key, or replaces the one with its ``kid``."""
        ...

    def touched(self, tenant_id: str) -> Change:
        """Tells every process that the tenant's keys changed; goes into the same unit."""
        ...

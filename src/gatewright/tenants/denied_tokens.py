"""Access tokens of the management API that an administrator denies before they expire."""

from typing import Protocol

import msgspec

from gatewright.kernel.units import Change


class DeniedToken(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One token by its ``jti`` (RFC 7519 §4.1.7); ``aud`` is what its denier said it was for.

    ``denied_at`` is seconds UTC.
    """

    jti: str
    aud: str = ""
    denied_at: int = 0


class DeniedTokenStore(Protocol):
    """The denied tokens of tenants; whoever changes them touches the tenant in the same unit."""

    async def all(self, tenant_id: str) -> dict[str, DeniedToken]:
        """The tenant's denied tokens by ``jti``, cached until its configuration changes."""
        ...

    def put(self, tenant_id: str, token: DeniedToken) -> Change:
        """Denies the token; nothing happens when it is denied already."""
        ...

    def delete(self, tenant_id: str, jti: str) -> Change:
        """Forgets a token that has expired."""
        ...

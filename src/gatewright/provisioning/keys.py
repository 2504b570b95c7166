"""Signing keys by hand: rotate, revoke; each with its record in the audit log."""

from gatewright.jose import KEY_ALGORITHMS, KeyRing
from gatewright.jose.rotation import SigningKeys
from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import Invalid
from gatewright.kernel.events import Bus
from gatewright.provisioning.events import SigningKeyRevoked, SigningKeysRotated
from gatewright.tenants import Tenant


class KeyHandling:
    """Rotates and revokes the keys of a tenant."""

    def __init__(self, keys: SigningKeys, bus: Bus, clock: Clock) -> None:
        self._keys = keys
        self._bus = bus
        self._clock = clock

    async def ring(self, tenant: Tenant) -> KeyRing:
        """All keys of the tenant, revoked ones included."""
        return await self._keys.ring(tenant.tenant_id)

    async def rotate(self, tenant: Tenant, alg: str) -> str:
        """Lets the next key of ``alg`` sign, or makes the first ones; returns the ``kid`` that signs now.

        Raises ``Invalid`` for an algorithm without keys of ours.
        """
        if alg not in KEY_ALGORITHMS:
            raise Invalid(f"read {alg!r}; wanted: one of {', '.join(sorted(KEY_ALGORITHMS))}", path="--alg")
        tenant_id = tenant.tenant_id
        unit = await self._keys.missing(tenant_id, tenant.issuer, alg)
        if not unit:
            unit, _ = await self._keys.rotated(tenant_id, tenant.issuer, alg)
        event = SigningKeysRotated(
            tenant_id=tenant_id, at=self._clock.now(), description=f"Signing keys rotated: {alg}"
        )
        await self._bus.commit(unit, event)
        return (await self._keys.signer(tenant_id, alg)).kid

    async def revoke(self, tenant: Tenant, kid: str) -> None:
        """Takes a key out of the key set for good.

        Raises ``NotFound``, or ``Conflict`` for a key that signs or will.
        """
        unit = await self._keys.revoked(tenant.tenant_id, kid)
        event = SigningKeyRevoked(
            tenant_id=tenant.tenant_id, at=self._clock.now(), description=f"Signing key revoked: {kid}"
        )
        await self._bus.commit(unit, event)

"""When a key is born, serves and retires."""

from urllib.parse import urlsplit

import msgspec
from cryptography.hazmat.primitives.serialization import Encoding

from gatewright.jose.keys import (
    KeyRing,
    KeyStatus,
    SigningKey,
    generate_private,
    new_kid,
    private_pem,
    public_jwk,
    self_signed,
)
from gatewright.jose.sealing import MasterKey
from gatewright.jose.signing import Signer
from gatewright.jose.store import KeyStore
from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import Conflict, NotFound
from gatewright.kernel.units import Unit


class SigningKeys:
    """The signing keys of every tenant: finds the one that signs, makes, rotates and revokes them."""

    def __init__(self, store: KeyStore, master_key: MasterKey, clock: Clock) -> None:
        self._store = store
        self._master_key = master_key
        self._clock = clock
        self._signers: dict[tuple[str, str], Signer] = {}

    async def ring(self, tenant_id: str) -> KeyRing:
        """All keys of the tenant."""
        return await self._store.ring(tenant_id)

    async def signer(self, tenant_id: str, alg: str) -> Signer:
        """The signer of the current key for ``alg``. Raises ``NotFound`` when the tenant has none."""
        key = (await self._store.ring(tenant_id)).current(alg)
        if key is None:
            raise NotFound(f"tenant {tenant_id} has no current {alg} key; `gatewright keys rotate` makes one")
        known = self._signers.get((tenant_id, key.kid))
        return known or self._load(tenant_id, key)

    def _load(self, tenant_id: str, key: SigningKey) -> Signer:
        pem = self._master_key.unseal(key.sealed_private, _place(tenant_id, key.kid))
        signer = Signer(kid=key.kid, alg=key.alg, pem=pem)
        self._signers[tenant_id, key.kid] = signer
        return signer

    async def missing(self, tenant_id: str, issuer: str, alg: str) -> Unit:
        """Changes that give the tenant a current and a next key for ``alg``; empty when it has both."""
        ring = await self._store.ring(tenant_id)
        unit: Unit = ()
        if ring.current(alg) is None:
            unit += (self._store.put(tenant_id, self._born(tenant_id, issuer, alg, "current")),)
        if ring.next(alg) is None:
            unit += (self._store.put(tenant_id, self._born(tenant_id, issuer, alg, "next")),)
        return (*unit, self._store.touched(tenant_id)) if unit else ()

    async def rotated(self, tenant_id: str, issuer: str, alg: str) -> tuple[Unit, SigningKey]:
        """Changes that promote the next key, and the key that signs once they are made.

        The current key becomes previous, the last previous one leaves the key set, a new next is born.
        Raises ``NotFound`` before the tenant has keys for ``alg``.
        """
        ring = await self._store.ring(tenant_id)
        current, following = ring.current(alg), ring.next(alg)
        if current is None or following is None:
            raise NotFound(f"tenant {tenant_id} has no {alg} keys to rotate")
        now = self._clock.now()
        promoted = msgspec.structs.replace(following, status="current", current_since=now)
        changed = [
            *(_retired(key, now) for key in ring.keys if key.alg == alg and key.status == "previous"),
            msgspec.structs.replace(current, status="previous", current_until=now),
            promoted,
            self._born(tenant_id, issuer, alg, "next"),
        ]
        puts = tuple(self._store.put(tenant_id, key) for key in changed)
        return (*puts, self._store.touched(tenant_id)), promoted

    async def revoked(self, tenant_id: str, kid: str) -> Unit:
        """Changes that take a key out of the key set for good.

        Raises ``NotFound``, or ``Conflict`` for a key in service.
        """
        key = next((key for key in (await self._store.ring(tenant_id)).keys if key.kid == kid), None)
        if key is None:
            raise NotFound(f"no key {kid}")
        if key.status in ("current", "next"):
            raise Conflict(f"key {kid} is {key.status}: rotate first, then revoke it")
        return (
            self._store.put(tenant_id, _retired(key, self._clock.now())),
            self._store.touched(tenant_id),
        )

    def _born(self, tenant_id: str, issuer: str, alg: str, status: KeyStatus) -> SigningKey:
        now, kid, private = self._clock.now(), new_kid(), generate_private(alg)
        certificate = self_signed(private, host=urlsplit(issuer).hostname or "gatewright", now=now)
        return msgspec.convert(
            {
                "kid": kid,
                "alg": alg,
                "status": status,
                "sealed_private": self._master_key.seal(private_pem(private), _place(tenant_id, kid)),
                "public_jwk": public_jwk(private, certificate, alg=alg, kid=kid),
                "certificate": certificate.public_bytes(Encoding.PEM).decode(),
                "created_at": now,
                "current_since": now if status == "current" else None,
            },
            SigningKey,
        )


def _retired(key: SigningKey, now: int) -> SigningKey:
    return msgspec.structs.replace(key, status="revoked", revoked_at=now)


def _place(tenant_id: str, kid: str) -> str:
    return f"{tenant_id}/signing-key/{kid}"

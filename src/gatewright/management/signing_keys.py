"""``/keys/signing``: the keys that the tenant signs with."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from gatewright.jose import SigningKey
from gatewright.jose.rotation import SigningKeys
from gatewright.kernel.events import Bus
from gatewright.kernel.units import Unit, Unmatched
from gatewright.management.errors import Contended, Inexistent, NotSupported
from gatewright.management.resource import Answer, Call, Operation, Shown, moment, shown_as
from gatewright.tenants import TenantStore

DEFAULT_ALGORITHM = "RS256"
"""Of the keys that a rotation promotes, this algorithm's is answered."""


class ShownKey(msgspec.Struct, frozen=True, kw_only=True):
    """A signing key as the wire shows it: never its private half. Fingerprints are SHA-1."""

    kid: str
    cert: str
    pkcs7: str
    fingerprint: str
    thumbprint: str
    current: bool
    next: bool
    previous: bool
    revoked: bool
    current_since: str | None = None
    current_until: str | None = None
    revoked_at: str | None = None


class ShownChange(msgspec.Struct, frozen=True, kw_only=True):
    """The key that a call was about."""

    kid: str
    cert: str


class Rotated(NamedTuple):
    """What a rotation changes, and the key that signs after it, by algorithm."""

    unit: Unit
    promoted: dict[str, SigningKey]


class SigningKeyResource:
    """See ``resource.Resource``."""

    def __init__(self, keys: SigningKeys, tenants: TenantStore, bus: Bus) -> None:
        self._keys = keys
        self._tenants = tenants
        self._bus = bus

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its endpoints."""
        every = "/keys/signing"
        return (
            Operation(
                method="GET",
                path=every,
                scopes=("read:signing_keys",),
                summary="List signing keys, revoked ones included.",
                run=self._list,
                shows=ShownKey,
                bare_list=True,
            ),
            Operation(
                method="GET",
                path=f"{every}/{{kid}}",
                scopes=("read:signing_keys",),
                summary="Read a signing key.",
                run=self._read,
                shows=ShownKey,
            ),
            Operation(
                method="POST",
                path=f"{every}/rotate",
                scopes=("create:signing_keys",),
                summary="Let the next keys of every algorithm sign; needs `update:signing_keys` too.",
                run=self._rotate,
                status=201,
                shows=ShownChange,
            ),
            Operation(
                method="PUT",
                path=f"{every}/{{kid}}/revoke",
                scopes=("update:signing_keys",),
                summary="Take a former key out of the key set for good: what it signed is void at once.",
                run=self._revoke,
                shows=ShownChange,
            ),
        )

    async def _list(self, call: Call) -> Answer:
        return Answer([_shown(key) for key in (await self._keys.ring(call.tenant_id)).keys])

    async def _read(self, call: Call) -> Answer:
        return call.one(_shown(await self._key(call)))

    async def _rotate(self, call: Call) -> Answer:
        call.caller.check(("update:signing_keys",))
        # The number first: keys that change after it was read move it on, and the unit does not match.
        revision = await self._tenants.revision(call.tenant_id)
        unit, promoted = await self._rotated(call)
        details = {"promoted": {alg: key.kid for alg, key in promoted.items()}}
        await self._commit(call, revision, unit, "Rotate signing keys", details)
        return Answer(_told(promoted.get(DEFAULT_ALGORITHM) or next(iter(promoted.values()))))

    async def _rotated(self, call: Call) -> Rotated:
        ring = await self._keys.ring(call.tenant_id)
        unit: Unit = ()
        promoted: dict[str, SigningKey] = {}
        for alg in _algorithms(ring.keys):
            if ring.current(alg) and ring.next(alg):
                more, key = await self._keys.rotated(call.tenant_id, call.tenant.issuer, alg)
                unit, promoted[alg] = (*unit, *more), key
        if not promoted:
            raise NotSupported("The tenant has no keys to rotate.")
        return Rotated(unit, promoted)

    async def _revoke(self, call: Call) -> Answer:
        revision = await self._tenants.revision(call.tenant_id)
        key = await self._key(call)
        if key.status in ("current", "next"):
            raise NotSupported(f"This is the {key.status} key: rotate first, then revoke it.")
        if key.status != "revoked":
            unit = await self._keys.revoked(call.tenant_id, key.kid)
            await self._commit(call, revision, unit, "Revoke a signing key", {"kid": key.kid})
        return Answer(_told(key))

    async def _commit(
        self, call: Call, revision: int, unit: Unit, description: str, details: Mapping[str, object]
    ) -> None:
        turn = self._tenants.touched_since(call.tenant_id, revision)
        try:
            await self._bus.commit((turn, *unit), call.event(description, details))
        except Unmatched:
            raise Contended("The tenant was changed meanwhile; try again.") from None

    async def _key(self, call: Call) -> SigningKey:
        kid = call.id("kid")
        for key in (await self._keys.ring(call.tenant_id)).keys:
            if key.kid == kid:
                return key
        raise Inexistent("signing_key")


def _algorithms(keys: Iterable[SigningKey]) -> list[str]:
    return sorted({str(key.alg) for key in keys})


def _told(key: SigningKey) -> Shown:
    return shown_as(ShownChange(kid=key.kid, cert=key.certificate))


def _shown(key: SigningKey) -> Shown:
    certificate = x509.load_pem_x509_certificate(key.certificate.encode())
    digest = certificate.fingerprint(hashes.SHA1())  # noqa: S303  the wire's fingerprints are SHA-1
    return shown_as(
        ShownKey(
            kid=key.kid,
            cert=key.certificate,
            pkcs7=pkcs7.serialize_certificates([certificate], Encoding.PEM).decode(),
            fingerprint=digest.hex(":").upper(),
            thumbprint=digest.hex().upper(),
            current=key.status == "current",
            next=key.status == "next",
            previous=key.status == "previous",
            revoked=key.status == "revoked",
            current_since=_moment(key.current_since),
            current_until=_moment(key.current_until),
            revoked_at=_moment(key.revoked_at),
        )
    )


def _moment(at: int | None) -> str | None:
    return None if at is None else moment(at)

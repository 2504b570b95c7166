"""Public keys of clients as they shall be."""

from datetime import datetime

import msgspec

from gatewright.clients import AuthenticationMethods, Client, ClientCredential, CredentialSettings
from gatewright.jose.public_keys import public_key_of
from gatewright.kernel import ids


def seconds_of(text: str) -> int:
    """A date and time with its zone (RFC 3339) as seconds UTC. Raises ``ValueError``."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("no time zone")
    return int(moment.timestamp())


def credential_of(written: CredentialSettings, current: Client | None, now: int) -> ClientCredential:
    """The key that was written down; one that is kept already stays what it was but for its expiry.

    It has been checked: either its ``id`` is that of a key of ``current``, or it has a readable ``pem``.
    """
    held = _held(written, current)
    expires_at = _expiry(written)
    if held is not None:
        if expires_at is None or expires_at == held.expires_at:
            return held
        return msgspec.structs.replace(held, expires_at=expires_at, updated_at=now)
    return ClientCredential(
        credential_id=written.id or ids.credential_id(),
        kid=written.kid or public_key_of(written.pem).thumbprint,
        alg=written.alg,
        pem=written.pem,
        name=written.name,
        expires_at=expires_at,
        created_at=now,
        updated_at=now,
    )


def target_credentials(
    methods: AuthenticationMethods | None, current: Client | None, now: int
) -> tuple[ClientCredential, ...]:
    """The keys of a client: those written down count, and those that are kept besides do not."""
    chosen = methods.private_key_jwt.credentials if methods else ()
    found = (msgspec.structs.replace(credential_of(each, current, now), enabled=True) for each in chosen)
    enabled = {each.credential_id: each for each in found}
    kept = current.credentials if current else ()
    there = tuple(
        enabled.pop(each.credential_id, msgspec.structs.replace(each, enabled=False)) for each in kept
    )
    return (*there, *enabled.values())


def _held(written: CredentialSettings, current: Client | None) -> ClientCredential | None:
    for each in current.credentials if current else ():
        is_key = each.pem.strip() == written.pem.strip() and each.alg == written.alg
        is_named = is_key and written.kid in ("", each.kid)
        if is_named or (written.id == each.credential_id and not written.pem):
            return each
    return None


def _expiry(written: CredentialSettings) -> int | None:
    if written.expires_at:
        return seconds_of(written.expires_at)
    return public_key_of(written.pem).expires_at if written.parse_expiry_from_cert else None

"""Our own tokens, read back: our keys and expectations → ``gatewright_guard.verify``."""

from collections.abc import Iterable, Mapping
from weakref import WeakKeyDictionary

import orjson

from gatewright.jose.encoding import unb64url
from gatewright.jose.keys import KEY_ALGORITHMS, KeyRing
from gatewright_guard import Diagnosis, Expectations, GuardError, StaticKeys, UnusableKey, Verified, verify
from gatewright_guard.errors import UnknownKey

SIGNED_WITH_KEYS = tuple(sorted(KEY_ALGORITHMS))
"""Algorithms of the tenant's keys; none of them takes a secret."""

_imported: WeakKeyDictionary[KeyRing, StaticKeys] = WeakKeyDictionary()


def keys_of(ring: KeyRing) -> StaticKeys:
    """The ring's published keys, imported once for as long as the ring lives."""
    keys = _imported.get(ring)
    if keys is None:
        keys = _imported[ring] = StaticKeys.from_jwks({"keys": [key.public_jwk for key in ring.published()]})
    return keys


def verify_access_token(
    token: str, ring: KeyRing, *, issuer: str, audience: tuple[str, ...], now: int
) -> Verified:
    """An access token of ours for one of ``audience``. Raises ``gatewright_guard.GuardError``."""
    expected = Expectations(issuer=issuer, audience=audience, algorithms=SIGNED_WITH_KEYS, leeway=0)
    return verify(token, keys_of(ring), expected, now)


def verify_shared_access_token(
    token: str, secret: bytes, *, issuer: str, audience: str, now: int
) -> Verified:
    """An HS256 access token of ours, signed with the secret that the API ``audience`` shares with us.

    Raises ``gatewright_guard.GuardError``, and ``ValueError`` for a secret that is too short to trust.
    """
    expected = Expectations(issuer=issuer, audience=(audience,), algorithms=("HS256",), leeway=0)
    return verify(token, StaticKeys.from_secret(secret), expected, now)


def verify_hint(
    token: str,
    ring: KeyRing,
    *,
    issuer: str,
    audience: tuple[str, ...],
    now: int,
    algorithms: tuple[str, ...] = SIGNED_WITH_KEYS,
) -> Mapping[str, object]:
    """Claims of an id_token of ours sent back as a hint; it may have expired (OIDC Core §3.1.2.1).

    ``audience`` and ``algorithms`` are those of the client that it has to be for.
    Raises ``gatewright_guard.GuardError``.
    """
    return verify(token, keys_of(ring), _hint(issuer, audience, algorithms), now).claims


def verify_shared_hint(
    token: str, secrets: Iterable[bytes], *, issuer: str, audience: str, now: int
) -> Mapping[str, object]:
    """The same for a client whose id_tokens are signed with its secret (HS256): any of its ``secrets``,
    the newest first.

    A secret shorter than RFC 7518 §3.2 wants verifies nothing. Raises ``gatewright_guard.GuardError``.
    """
    expected, refusals = _hint(issuer, (audience,), ("HS256",)), []
    for secret in secrets:
        try:
            return verify(token, StaticKeys.from_secret(secret), expected, now).claims
        except UnusableKey:
            continue
        except GuardError as error:
            refusals.append(error)
    raise refusals[0] if refusals else _no_secret()


def _hint(issuer: str, audience: tuple[str, ...], algorithms: tuple[str, ...]) -> Expectations:
    return Expectations(
        issuer=issuer, audience=audience, algorithms=algorithms, id_token_ok=True, expired_ok=True
    )


class NoUsableSecret(UnknownKey):
    """The client has no secret that may verify (RFC 7518 §3.2)."""


def _no_secret() -> GuardError:
    return NoUsableSecret(
        "The client has no secret of 32 bytes or more, which HS256 wants.",
        Diagnosis(
            seen="no secret that can verify",
            expected="a secret of at least 32 bytes (RFC 7518 §3.2)",
            change="give the client a longer secret, or set its jwt_configuration.alg to RS256",
        ),
    )


def audience_of(token: str) -> tuple[str, ...]:
    """What the token says its audience is, nothing verified; ``("?",)`` where it says nothing readable."""
    try:
        payload = orjson.loads(unb64url(token.split(".")[1]))
        audience = payload["aud"]
    except (IndexError, ValueError, KeyError, TypeError):
        return ("?",)
    names = (audience,) if isinstance(audience, str) else audience
    is_list = isinstance(names, list | tuple) and all(isinstance(name, str) and name for name in names)
    return tuple(names) if is_list and names else ("?",)

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
    """The same for a client whose id_tokens are signed with one of its ``secrets`` (HS256), newest first.

    A secret shorter than RFC 7518 §3.2 wants verifies nothing. Raises ``gatewright_guard.GuardError``.
    """
    return _by_secrets(token, secrets, _hint(issuer, (audience,), ("HS256",)), now)


def verify_id_token(
    token: str, ring: KeyRing, *, issuer: str, audience: str, alg: str, now: int
) -> Mapping[str, object]:
    """Claims of an id_token of ours for the client ``audience``, signed by a key of the tenant with ``alg``.

    Raises ``gatewright_guard.GuardError``.
    """
    return verify(token, keys_of(ring), _id_token(issuer, audience, alg), now).claims


def verify_shared_id_token(
    token: str, secrets: Iterable[bytes], *, issuer: str, audience: str, now: int
) -> Mapping[str, object]:
    """The same for a client whose id_tokens are signed with one of its ``secrets``, as with hints."""
    return _by_secrets(token, secrets, _id_token(issuer, audience, "HS256"), now)


def _hint(issuer: str, audience: tuple[str, ...], algorithms: tuple[str, ...]) -> Expectations:
    return Expectations(
        issuer=issuer, audience=audience, algorithms=algorithms, id_token_ok=True, expired_ok=True
    )


def _id_token(issuer: str, audience: str, alg: str) -> Expectations:
    return Expectations(
        issuer=issuer,
        audience=(audience,),
        algorithms=(alg,),
        leeway=0,
        required=("sub", "iat"),
        types=("jwt",),
        id_token_ok=True,
    )


def _by_secrets(
    token: str, secrets: Iterable[bytes], expected: Expectations, now: int
) -> Mapping[str, object]:
    refusal: GuardError | None = None
    for secret in secrets:
        try:
            return verify(token, StaticKeys.from_secret(secret), expected, now).claims
        except UnusableKey:
            continue
        except GuardError as error:
            refusal = refusal or error
    raise refusal or _no_secret()


class NoUsableSecret(UnknownKey):
    """The client has no secret that may verify (RFC 7518 §3.2)."""

    code = "no_usable_secret"


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

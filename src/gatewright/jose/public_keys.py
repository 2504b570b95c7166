"""Public keys of others, as PEM: read strictly, and what they sign."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import orjson
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from joserfc.jwk import RSAKey

from gatewright.jose.encoding import unb64url
from gatewright_guard import Expectations, StaticKeys, VerificationKey, verify

ASSERTION_ALGORITHMS = ("RS256", "RS384", "PS256")
"""What clients sign assertions with."""

_CERTIFICATE = "-----BEGIN CERTIFICATE-----"
_BITS = range(2048, 8193)
_LONGEST_PEM = 16_384
_TYPES = ("jwt", "client-authentication+jwt", "")


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key, its thumbprint (RFC 7638), and when its certificate ends; ``None`` for a bare key."""

    key: RSAPublicKey
    thumbprint: str
    expires_at: int | None


@dataclass(frozen=True, slots=True)
class NamedKey:
    """A key of a client: its ``kid``, the one algorithm it is for, and the key as PEM."""

    kid: str
    alg: str
    pem: str


@lru_cache(maxsize=256)
def public_key_of(pem: str) -> PublicKey:
    """The RSA key in a PEM text, which is a public key or an X.509 certificate.

    Raises ``ValueError`` that says what is wrong without repeating the text.
    """
    if len(pem) > _LONGEST_PEM or pem.count("-----BEGIN ") != 1 or "PRIVATE KEY" in pem:
        raise ValueError("not one public key or certificate in PEM")
    try:
        certificate = x509.load_pem_x509_certificate(pem.encode()) if _CERTIFICATE in pem else None
        key = certificate.public_key() if certificate else load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError("not a public key or certificate in PEM") from None
    if not isinstance(key, RSAPublicKey) or key.key_size not in _BITS:
        raise ValueError(f"not an RSA key of {_BITS[0]} to {_BITS[-1]} bits")
    ends = int(certificate.not_valid_after_utc.timestamp()) if certificate else None
    return PublicKey(key, RSAKey.import_key(key).thumbprint(), ends)


def verify_assertion(
    token: str, keys: tuple[NamedKey, ...], *, client_id: str, audience: tuple[str, ...], now: int
) -> Mapping[str, object]:
    """Claims of an assertion by which a client proves itself (RFC 7523 §3), signed with one of ``keys``.

    Each key serves its own algorithm, whatever the token says of itself.
    Raises ``gatewright_guard.GuardError``.
    """
    expected = Expectations(
        issuer=client_id,
        audience=audience,
        algorithms=tuple(sorted({key.alg for key in keys})),
        required=("sub", "jti"),
        types=_TYPES,
        id_token_ok=True,
    )
    return verify(token, _static(keys), expected, now).claims


def subject_claimed(token: str) -> str:
    """Who the token says it is about, nothing verified; "" where it says nothing readable."""
    try:
        subject = orjson.loads(unb64url(token.split(".")[1]))["sub"]
    except (IndexError, ValueError, KeyError, TypeError):
        return ""
    return subject if isinstance(subject, str) else ""


@lru_cache(maxsize=1024)
def _static(keys: tuple[NamedKey, ...]) -> StaticKeys:
    return StaticKeys(
        VerificationKey.from_public_key(public_key_of(key.pem).key, kid=key.kid, algorithm=key.alg)
        for key in keys
    )

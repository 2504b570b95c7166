"""Signing keys of a tenant: what they are, how they are born, and the ring they serve in.

A key is published (``next``) before it signs (``current``), and stays published after (``previous``),
so a verifier that caches the key set never meets a key it could not have known.
"""

import datetime
from collections.abc import Iterable
from typing import Literal, get_args

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from gatewright.jose.encoding import b64url
from gatewright.kernel import ids

KeyAlgorithm = Literal["RS256", "RS512", "PS256", "ES256"]
KEY_ALGORITHMS: frozenset[str] = frozenset(get_args(KeyAlgorithm))
KeyStatus = Literal["next", "current", "previous", "revoked"]
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
PublicKey = dict[str, str | list[str]]

_CERTIFICATE_YEARS = 20


class SigningKey(msgspec.Struct, frozen=True, kw_only=True):
    """One asymmetric key. ``sealed_private`` is PKCS#8 PEM under the master key; times are seconds UTC."""

    kid: str
    alg: KeyAlgorithm
    status: KeyStatus
    sealed_private: str
    public_jwk: PublicKey
    certificate: str
    created_at: int
    current_since: int | None = None
    current_until: int | None = None
    revoked_at: int | None = None


class KeyRing:
    """A tenant's keys, asked by algorithm."""

    def __init__(self, keys: Iterable[SigningKey]) -> None:
        self.keys = tuple(keys)

    def current(self, alg: str) -> SigningKey | None:
        """The key that signs with ``alg`` now."""
        return self._first(alg, "current")

    def next(self, alg: str) -> SigningKey | None:
        """The key that is published and will sign after the next rotation."""
        return self._first(alg, "next")

    def published(self) -> tuple[SigningKey, ...]:
        """Keys that stand in the key set: all but the revoked."""
        return tuple(key for key in self.keys if key.status != "revoked")

    def _first(self, alg: str, status: KeyStatus) -> SigningKey | None:
        return next((key for key in self.keys if key.alg == alg and key.status == status), None)


def generate_private(alg: str) -> PrivateKey:
    """RSA-2048, or P-256 for ES256 (RFC 7518 §3.3, §3.4)."""
    if alg == "ES256":
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def private_pem(key: PrivateKey) -> str:
    """PKCS#8 PEM without encryption; for sealing, never for storing as it is."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def self_signed(key: PrivateKey, *, host: str, now: int) -> x509.Certificate:
    """A certificate that carries the public key to those who want X.509."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host[:64])])
    born = datetime.datetime.fromtimestamp(now, datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(born - datetime.timedelta(days=1))
        .not_valid_after(born + datetime.timedelta(days=365 * _CERTIFICATE_YEARS))
        .sign(key, hashes.SHA256())
    )


def public_jwk(key: PrivateKey, certificate: x509.Certificate, *, alg: str, kid: str) -> PublicKey:
    """The public half as a JWK (RFC 7517 §4), with ``x5t`` and ``x5c`` as the wire has them."""
    der = certificate.public_bytes(serialization.Encoding.DER)
    thumbprint = certificate.fingerprint(hashes.SHA1())  # noqa: S303  RFC 7517 §4.8 defines x5t over SHA-1
    body: PublicKey = {"kid": kid, "use": "sig", "alg": alg, "x5t": b64url(thumbprint), "x5c": [_b64(der)]}
    public = key.public_key()
    if isinstance(public, rsa.RSAPublicKey):
        numbers = public.public_numbers()
        return {"kty": "RSA", "n": _uint(numbers.n), "e": _uint(numbers.e), **body}
    point = public.public_numbers()
    return {"kty": "EC", "crv": "P-256", "x": _uint(point.x, 32), "y": _uint(point.y, 32), **body}


def new_kid() -> str:
    """A fresh key id."""
    return ids.key_id()


def _uint(number: int, length: int | None = None) -> str:
    return b64url(number.to_bytes(length or (number.bit_length() + 7) // 8, "big"))


def _b64(data: bytes) -> str:
    """Padded standard base64: what ``x5c`` wants (RFC 7517 §4.7), unlike everything else in JOSE."""
    text = b64url(data).replace("-", "+").replace("_", "/")
    return text + "=" * (-len(text) % 4)

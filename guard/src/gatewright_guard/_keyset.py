"""Keys that check signatures, each bound to the algorithms it may serve (RFC 7518 §3.1, RFC 8725 §3.1)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, Self

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, Key, OctKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

# Algorithm → the form of key it takes. The one list of what we verify; `none` is not in it.
FORMS = {
    "RS256": "RSA", "RS384": "RSA", "RS512": "RSA",
    "PS256": "RSA", "PS384": "RSA", "PS512": "RSA",
    "ES256": "P-256", "ES384": "P-384", "ES512": "P-521",
    "EdDSA": "Ed25519", "Ed25519": "Ed25519",
    "HS256": "secret", "HS384": "secret", "HS512": "secret",
}  # fmt: skip

# RFC 8037's `EdDSA` with an Ed25519 key is what RFC 9864 calls `Ed25519`.
_VERIFIERS = {
    name: JWSRegistry.algorithms["Ed25519" if form == "Ed25519" else name] for name, form in FORMS.items()
}

# RFC 7518 §3.2: an HMAC key is at least as long as the hash it feeds. In bytes.
_SECRET_LENGTH = {"HS256": 32, "HS384": 48, "HS512": 64}

# Beyond 8192 bits one verification costs a millisecond and more, which is an attack and not a key.
_RSA_BITS = range(2048, 8193)

_PUBLIC_MEMBERS = {"RSA": ("n", "e"), "EC": ("crv", "x", "y"), "OKP": ("crv", "x")}
_IMPORTERS: Mapping[str, type[RSAKey | ECKey | OKPKey]] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}

PublicKey = RSAPublicKey | EllipticCurvePublicKey | Ed25519PublicKey


class UnusableKey(ValueError):
    """A key that cannot check signatures here; the message says why."""


@dataclass(frozen=True, slots=True)
class VerificationKey:
    """One key: its ``kid`` if it has one, and the ``algorithms`` it serves.

    Made by ``from_jwk``, ``from_public_key`` or ``from_secret``, which import it once for all tokens.
    """

    kid: str | None
    algorithms: frozenset[str]
    key: Key

    @classmethod
    def from_jwk(cls, jwk: Mapping[str, Any]) -> Self:
        """The public half of a JWK (RFC 7517 §4). Raises ``UnusableKey``, also for ``oct`` keys."""
        kty, operations = jwk.get("kty"), jwk.get("key_ops", ["verify"])
        if not isinstance(kty, str) or kty not in _PUBLIC_MEMBERS:
            raise UnusableKey("its kty is none of RSA, EC and OKP")
        if jwk.get("use", "sig") != "sig" or not isinstance(operations, list) or "verify" not in operations:
            raise UnusableKey("it is not meant for signatures")
        return cls._public(_import(kty, jwk), _text(jwk, "alg"), _text(jwk, "kid"))

    @classmethod
    def from_public_key(cls, key: PublicKey, *, kid: str | None = None, algorithm: str | None = None) -> Self:
        """A public key of ``cryptography``; without ``algorithm`` it serves all that fit its type.

        Raises ``UnusableKey``.
        """
        if isinstance(key, RSAPublicKey):
            _check_size(key.key_size)
            return cls._public(RSAKey.import_key(key), algorithm, kid)
        if isinstance(key, EllipticCurvePublicKey):
            return cls._public(ECKey.import_key(key), algorithm, kid)
        return cls._public(OKPKey.import_key(key), algorithm, kid)

    @classmethod
    def from_secret(cls, secret: bytes, *, kid: str | None = None, algorithm: str = "HS256") -> Self:
        """A secret shared with the issuer. Raises ``UnusableKey`` when shorter than RFC 7518 §3.2 wants."""
        wanted = _SECRET_LENGTH.get(algorithm)
        if wanted is None:
            raise UnusableKey(f"{algorithm} takes no secret; a secret serves {', '.join(_SECRET_LENGTH)}")
        if len(secret) < wanted:
            raise UnusableKey(f"the secret has {len(secret)} bytes; {algorithm} wants {wanted} or more")
        return cls(kid, frozenset((algorithm,)), _secret(secret))

    @property
    def symmetric(self) -> bool:
        """Whether who can verify with it can also sign."""
        return isinstance(self.key, OctKey)

    def verifies(self, algorithm: str, signed: bytes, signature: bytes) -> bool:
        """Whether ``signature`` over ``signed`` was made with this key by ``algorithm``."""
        if algorithm not in self.algorithms:
            return False
        return _VERIFIERS[algorithm].verify(signed, signature, self.key)

    @classmethod
    def _public(cls, key: RSAKey | ECKey | OKPKey, algorithm: str | None, kid: str | None) -> Self:
        form = _form(key)
        fitting = frozenset(name for name in FORMS if FORMS[name] == form)
        if algorithm is not None:
            fitting &= {"EdDSA", "Ed25519"} if form == "Ed25519" and algorithm in fitting else {algorithm}
        if not fitting:
            raise UnusableKey("no algorithm known here fits its type")
        return cls(kid, fitting, key)


class Keys(Protocol):
    """Where ``verify`` looks for the key of a token."""

    def find(self, kid: str | None, algorithm: str) -> VerificationKey | None:
        """The key of that name which serves ``algorithm``; without a name, the only one that does."""
        ...


class StaticKeys:
    """Keys in memory. Secrets and public keys never share a set, so neither can pass for the other."""

    def __init__(self, keys: Iterable[VerificationKey]) -> None:
        self._keys = tuple(keys)
        if len({key.symmetric for key in self._keys}) > 1:
            raise ValueError("secrets and public keys in one set; give each API one kind of key")
        self._named = {(key.kid, name): key for key in self._keys if key.kid for name in key.algorithms}

    @classmethod
    def from_jwks(cls, document: Mapping[str, Any], *, at_most: int = 64) -> Self:
        """The usable public keys of a JWK Set (RFC 7517 §5); others are passed over, as it demands.

        Raises ``ValueError`` when the document is no key set or has no usable key.
        """
        entries = document.get("keys")
        if not isinstance(entries, list):
            raise ValueError("the key set has no list named keys")
        keys = tuple(_usable(entries[:at_most]))
        if not keys:
            raise ValueError(f"none of the {len(entries)} keys of the key set can check signatures")
        return cls(keys)

    @classmethod
    def from_secret(cls, secret: str | bytes, *, algorithm: str = "HS256") -> Self:
        """One shared secret; text is taken as UTF-8. Raises ``UnusableKey`` when it is too short."""
        raw = secret.encode() if isinstance(secret, str) else secret
        return cls((VerificationKey.from_secret(raw, algorithm=algorithm),))

    def find(self, kid: str | None, algorithm: str) -> VerificationKey | None:
        """The key of that name which serves ``algorithm``.

        A token without ``kid``, and a secret without one, are matched when only one key can be meant.
        """
        named = self._named.get((kid, algorithm)) if kid is not None else None
        return named or self._only(kid, algorithm)

    def _only(self, kid: str | None, algorithm: str) -> VerificationKey | None:
        fitting = [key for key in self._keys if algorithm in key.algorithms]
        if len(fitting) != 1:
            return None
        unnamed_secret = fitting[0].symmetric and fitting[0].kid is None
        return fitting[0] if kid is None or unnamed_secret else None


def _usable(entries: Iterable[object]) -> Iterable[VerificationKey]:
    for entry in entries:
        if isinstance(entry, dict):
            try:
                yield VerificationKey.from_jwk(entry)
            except UnusableKey:
                continue


def _import(kty: str, jwk: Mapping[str, Any]) -> RSAKey | ECKey | OKPKey:
    public = {"kty": kty, **{name: jwk[name] for name in _PUBLIC_MEMBERS[kty] if name in jwk}}
    try:
        return _IMPORTERS[kty].import_key(public)
    except (JoseError, ValueError, KeyError, TypeError, SecurityWarning):
        raise UnusableKey(f"it is not a valid {kty} key") from None


def _secret(secret: bytes) -> OctKey:
    try:
        return OctKey.import_key(secret)
    except (ValueError, SecurityWarning):
        raise UnusableKey("the secret is a public key, which everybody has") from None


def _form(key: RSAKey | ECKey | OKPKey) -> str:
    if not isinstance(key, RSAKey):
        return key.curve_name
    _check_size(key.raw_value.key_size)
    return "RSA"


def _check_size(bits: int) -> None:
    if bits not in _RSA_BITS:
        raise UnusableKey(f"RSA with {bits} bits; 2048 to 8192 are accepted")


def _text(jwk: Mapping[str, Any], name: str) -> str | None:
    value = jwk.get(name)
    if value is not None and not isinstance(value, str):
        raise UnusableKey(f"its {name} is not a string")
    return value

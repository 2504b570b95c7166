"""Claims → compact token (RFC 7515 §7.1), with an algorithm and header fixed before any claim is seen."""

import hashlib
import hmac
from collections.abc import Callable, Mapping

import orjson
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from gatewright.jose.encoding import b64url, unb64url

Claims = Mapping[str, object]

_RSA_SCHEMES: dict[str, tuple[padding.PSS | padding.PKCS1v15, hashes.HashAlgorithm]] = {
    "RS256": (padding.PKCS1v15(), hashes.SHA256()),
    "RS512": (padding.PKCS1v15(), hashes.SHA512()),
    "PS256": (padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH), hashes.SHA256()),
}


class Signer:
    """Signs with one private key and one algorithm.

    ``pem`` is PKCS#8. The key is parsed and checked once, here; a signature then costs what the key costs.
    """

    def __init__(self, *, kid: str, alg: str, pem: str) -> None:
        self.kid = kid
        self.alg = alg
        self._sign = _primitive(alg, pem)
        self._prefixes: dict[str, bytes] = {}

    def sign(self, claims: Claims, *, typ: str = "JWT") -> str:
        """The compact token of ``claims``, header ``{alg, typ, kid}``."""
        prefix = self._prefixes.get(typ) or self._prefix(typ)
        signing_input = prefix + b64url(orjson.dumps(claims)).encode()
        return signing_input.decode() + "." + b64url(self._sign(signing_input))

    def _prefix(self, typ: str) -> bytes:
        header = orjson.dumps({"alg": self.alg, "typ": typ, "kid": self.kid})
        self._prefixes[typ] = prefix = b64url(header).encode() + b"."
        return prefix


def sign_with_secret(claims: Claims, secret: bytes, *, typ: str = "JWT", sealing: bytes = b"") -> str:
    """The compact HS256 token of ``claims`` (RFC 7518 §3.2).

    Whoever shares ``secret`` can sign as well. With ``sealing``, a key of ours alone, the ``kid`` is a seal
    over the claims, by which we know our own tokens again. To others it is the hint that it always was
    (RFC 7515 §4.1.4); a parameter of another name some libraries refuse.
    """
    header, payload = {"alg": "HS256", "typ": typ}, b64url(orjson.dumps(claims))
    if sealing:
        header["kid"] = _seal(payload, sealing)
    signing_input = f"{b64url(orjson.dumps(header))}.{payload}"
    return f"{signing_input}.{b64url(hmac.digest(secret, signing_input.encode(), 'sha256'))}"


def is_sealed(token: str, sealing: bytes) -> bool:
    """Whether a token whose signature is good was issued here, and not by somebody who shares its secret."""
    header, payload, _ = token.split(".")
    seal = orjson.loads(unb64url(header)).get("kid")
    return isinstance(seal, str) and seal.isascii() and hmac.compare_digest(seal, _seal(payload, sealing))


def _seal(payload: str, sealing: bytes) -> str:
    return b64url(hmac.digest(sealing, payload.encode(), "sha256"))


def half_hash(value: str, alg: str) -> str:
    """``at_hash`` and ``c_hash``: the left half of the hash of ``alg`` (OIDC Core §3.1.3.6)."""
    digest = hashlib.sha512 if alg.endswith("512") else hashlib.sha256
    raw = digest(value.encode()).digest()
    return b64url(raw[: len(raw) // 2])


def _primitive(alg: str, pem: str) -> Callable[[bytes], bytes]:
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    if isinstance(key, ec.EllipticCurvePrivateKey) and alg == "ES256":
        return _ecdsa(key)
    if isinstance(key, rsa.RSAPrivateKey) and alg in _RSA_SCHEMES:
        return _rsa(key, alg)
    raise ValueError(f"a {type(key).__name__} cannot sign {alg}")


def _rsa(key: rsa.RSAPrivateKey, alg: str) -> Callable[[bytes], bytes]:
    scheme, digest = _RSA_SCHEMES[alg]
    return lambda data: key.sign(data, scheme, digest)


def _ecdsa(key: ec.EllipticCurvePrivateKey) -> Callable[[bytes], bytes]:
    algorithm = ec.ECDSA(hashes.SHA256())

    def sign(data: bytes) -> bytes:
        r, s = decode_dss_signature(key.sign(data, algorithm))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    return sign

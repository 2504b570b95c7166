"""A client's own key, and assertions signed with it."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import NameOID
from joserfc import jwt
from joserfc.jwk import RSAKey
from tests.support.world import ISSUER, World

from gatewright.clients import ClientCredential
from gatewright.jose.public_keys import public_key_of

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def private_key(name: str = "one", bits: int = 2048) -> RSAPrivateKey:
    """A key, made once for each name."""
    return _made(name, bits)


@cache
def _made(name: str, bits: int) -> RSAPrivateKey:
    return generate_private_key(65537, bits)


def public_pem(key: RSAPrivateKey) -> str:
    """Its public half."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def private_pem(key: RSAPrivateKey) -> str:
    """The key itself."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def certificate_pem(key: RSAPrivateKey, ends: datetime) -> str:
    """A certificate that the key signed itself."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "client")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(ends)
        .sign(key, SHA256())
    )
    return made.public_bytes(Encoding.PEM).decode()


async def give_key(world: World, client_id: str = "web", **fields: Any) -> ClientCredential:
    """Lets the client prove itself by a key of its own, and no longer by its secret."""
    pem = public_pem(private_key())
    values: dict[str, Any] = {
        "credential_id": "cred_one",
        "kid": public_key_of(pem).thumbprint,
        "alg": "RS256",
        "pem": pem,
        "enabled": True,
        **fields,
    }
    made = ClientCredential(**values)
    await world.change_client(client_id, credentials=(made,))
    return made


def assertion(
    world: World, client_id: str = "web", *, alg: str = "RS256", key: str = "one", **fields: Any
) -> str:
    """An assertion of the client; a claim set to ``None`` is left out, ``header`` adds to its head."""
    now = world.clock.now()
    header = {"alg": alg, **fields.pop("header", {})}
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": ISSUER,
        "iat": now,
        "exp": now + 60,
        "jti": "one",
        **fields,
    }
    held = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(header, held, RSAKey.import_key(private_key(key)), algorithms=[alg])


def proof(token: str) -> dict[str, str]:
    """The parameters that bring an assertion."""
    return {"client_assertion": token, "client_assertion_type": ASSERTION_TYPE}

"""Public keys by which a client proves itself (private_key_jwt, RFC 7523). Field names are the wire's."""

from typing import Literal

import msgspec

AssertionAlgorithm = Literal["RS256", "RS384", "PS256"]


class CredentialSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A public key as it is written down: ``pem`` is a public key or an X.509 certificate.

    ``id`` alone names one that is kept already. ``kid`` is the key's thumbprint, unless it is chosen.
    ``expires_at`` is a date and time (RFC 3339); ``parse_expiry_from_cert`` takes that of the certificate.
    """

    id: str = ""
    credential_type: Literal["public_key"] = "public_key"
    name: str = ""
    pem: str = ""
    alg: AssertionAlgorithm = "RS256"
    kid: str = ""
    expires_at: str = ""
    parse_expiry_from_cert: bool = False


class PrivateKeyJwt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The keys that count."""

    credentials: tuple[CredentialSettings, ...]


class AuthenticationMethods(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a client proves itself otherwise than by a secret."""

    private_key_jwt: PrivateKeyJwt


class ClientCredential(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A public key that is kept. While one of them is ``enabled``, the client proves itself by those alone.

    ``expires_at`` is seconds UTC, ``None`` for never.
    """

    credential_id: str
    kid: str
    alg: AssertionAlgorithm
    pem: str
    name: str = ""
    enabled: bool = False
    expires_at: int | None = None
    created_at: int = 0
    updated_at: int = 0

    def counts(self, now: int) -> bool:
        """Whether the client proves itself by it now."""
        return self.enabled and (self.expires_at is None or now < self.expires_at)

"""What a token says of itself, with nothing verified: for explaining, never for granting."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from gatewright_guard import _diagnosis
from gatewright_guard._compact import parse


@dataclass(frozen=True, slots=True)
class Unverified:
    """A JWT's header and claims as anybody could have written them."""

    header: Mapping[str, object] = field(hash=False)
    claims: Mapping[str, object] = field(hash=False)

    @property
    def audience(self) -> tuple[str, ...]:
        """All of ``aud``; empty when it is absent or malformed (RFC 7519 §4.1.3)."""
        return _diagnosis.audiences(self.claims)

    @property
    def is_id_token(self) -> bool:
        """Whether it looks like an id_token rather than an access token."""
        typ = str(self.header.get("typ", "")).lower().removeprefix("application/")
        return _diagnosis.looks_like_id_token(self.claims, typ)


def read_unverified(token: str) -> Unverified:
    """Takes a JWT apart without checking its signature.

    Raises ``MalformedToken``, ``OpaqueToken`` or ``EncryptedToken``.
    """
    jws = parse(token, "the API")
    return Unverified(MappingProxyType(jws.header), MappingProxyType(jws.claims))

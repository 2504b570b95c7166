"""Refresh tokens: families, rotation, reuse alarm.

A family is one row and knows its generation. The token of a generation is *derived*, not stored:

    token = family secret . generation . HMAC-SHA256(installation's key, tenant, family secret, generation)

so the table stays at one row a family however often it rotates; every process and every racing request
derives the same successor; a replaced token is recognised as genuine, however old, while a made-up one
alarms nobody; and neither the database nor its backup holds anything that opens a door.
The row is found by the hash of the family secret.
"""

import hmac
import re
from dataclasses import dataclass

from gatewright.jose import MasterKey
from gatewright.jose.encoding import b64url
from gatewright.kernel.ids import opaque_token
from gatewright.kernel.secrets import fingerprint

_PURPOSE = "refresh token"
_MAC_BYTES = 32
_GENERATION = re.compile(r"0|[1-9][0-9]{0,8}")


@dataclass(frozen=True, slots=True)
class PresentedToken:
    """A refresh token whose derivation was checked: it was issued here, in this generation of this family."""

    family_secret: str
    generation: int

    @property
    def family_hash(self) -> str:
        """By which the family is stored."""
        return fingerprint(self.family_secret)


class RefreshTokens:
    """Makes and recognises refresh tokens."""

    def __init__(self, master_key: MasterKey) -> None:
        self._key = master_key.derive(_PURPOSE)

    def new_family(self) -> str:
        """The secret of a new family."""
        return opaque_token()

    def token(self, tenant_id: str, family_secret: str, generation: int) -> str:
        """The refresh token of one generation of a family."""
        return f"{family_secret}.{generation}.{self._mac(tenant_id, family_secret, generation)}"

    def recognise(self, tenant_id: str, token: str) -> PresentedToken | None:
        """What the token says, if it was made here; ``None`` for anything else. Needs no database."""
        parts = token.split(".")
        if len(parts) != 3 or not token.isascii() or not _GENERATION.fullmatch(parts[1]):
            return None
        generation = int(parts[1])
        if not hmac.compare_digest(parts[2], self._mac(tenant_id, parts[0], generation)):
            return None
        return PresentedToken(parts[0], generation)

    def _mac(self, tenant_id: str, family_secret: str, generation: int) -> str:
        message = f"{tenant_id}\0{family_secret}\0{generation}".encode()
        return b64url(hmac.digest(self._key, message, "sha256")[:_MAC_BYTES])

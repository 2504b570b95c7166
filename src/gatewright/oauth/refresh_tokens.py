"""Refresh tokens: families, rotation, reuse alarm.

A family is one row and knows its generation. The token of a generation is *derived*, not stored:

    token = grant id . generation . HMAC-SHA256(installation's key, tenant, grant id, generation)

so the table stays at one row a family however often it rotates; every process and every racing request
derives the same successor; a replaced token is recognised as genuine, however old, while a made-up one
alarms nobody; and neither the database nor its backup holds anything that opens a door.
"""

import hmac
import re
from dataclasses import dataclass

from gatewright.jose import MasterKey
from gatewright.jose.encoding import b64url

_PURPOSE = "refresh token"
_GENERATION = re.compile(r"0|[1-9][0-9]{0,8}")


@dataclass(frozen=True, slots=True)
class PresentedToken:
    """A refresh token whose derivation was checked: it was issued here, in this generation of its family."""

    grant_id: str
    generation: int


class RefreshTokens:
    """Makes and recognises refresh tokens."""

    def __init__(self, master_key: MasterKey) -> None:
        self._key = master_key.derive(_PURPOSE)

    def token(self, tenant_id: str, grant_id: str, generation: int) -> str:
        """The refresh token of one generation of a family."""
        return f"{grant_id}.{generation}.{self._mac(tenant_id, grant_id, generation)}"

    def recognise(self, tenant_id: str, token: str) -> PresentedToken | None:
        """What the token says, if it was made here; ``None`` for anything else. Needs no database."""
        parts = token.split(".")
        if len(parts) != 3 or not token.isascii() or not _GENERATION.fullmatch(parts[1]):
            return None
        generation = int(parts[1])
        if not hmac.compare_digest(parts[2], self._mac(tenant_id, parts[0], generation)):
            return None
        return PresentedToken(parts[0], generation)

    def _mac(self, tenant_id: str, grant_id: str, generation: int) -> str:
        message = f"{tenant_id}\0{grant_id}\0{generation}".encode()
        return b64url(hmac.digest(self._key, message, "sha256"))

"""What is mailed to sign a person in: digits to type, or a secret in a link.

Digits can be guessed, so they live under three bounds: a code dies of its fifth guess, an address bears so
many guesses a day wherever they come from, and a network so many an hour. A link's secret has 256 random
bits.
Neither is stored, nor is the address: what is kept are HMACs of both, so that who reads the database
cannot find out six digits by trying them all.
"""

import hmac
from dataclasses import dataclass

from gatewright.jose import MasterKey
from gatewright.kernel import ids
from gatewright.users.identifiers import normalised

MOST_GUESSES = 5
"""Times one code may be compared with what somebody typed, right or wrong."""

_LINK_LENGTH = 43


@dataclass(frozen=True, slots=True)
class OneTimeCode:
    """A code or link in force for an address; both are known by their hashes. Times are seconds UTC.

    ``client_id`` is the application that asked for it: it signs in there and nowhere else.
    """

    address_hash: str
    code_hash: str
    client_id: str
    expires_at: int


def is_of_link(secret: str) -> bool:
    """Whether ``secret`` looks like that of a link: nobody guesses those."""
    return len(secret) == _LINK_LENGTH


class CodeHashes:
    """Makes codes, and the hashes by which they are kept: bound to tenant, connection and address."""

    def __init__(self, master_key: MasterKey) -> None:
        self._key = master_key.derive("one-time code")

    def new(
        self, tenant_id: str, connection: str, address: str, client_id: str, *, digits: int, expires_at: int
    ) -> tuple[str, OneTimeCode]:
        """A fresh secret and what is kept of it: of so many ``digits``, or, with none, for a link."""
        secret = ids.digits(digits) if digits else ids.opaque_token()
        return secret, OneTimeCode(
            address_hash=self.of_address(tenant_id, connection, address),
            code_hash=self.of_code(tenant_id, connection, address, secret),
            client_id=client_id,
            expires_at=expires_at,
        )

    def of_address(self, tenant_id: str, connection: str, address: str) -> str:
        """By what the code of an address is found; all spellings of the address are one."""
        return self._mac("address", tenant_id, connection, normalised(address))

    def of_code(self, tenant_id: str, connection: str, address: str, secret: str) -> str:
        """What is kept of the ``secret``."""
        return self._mac("code", tenant_id, connection, normalised(address), secret)

    def _mac(self, *parts: str) -> str:
        return hmac.digest(self._key, "\0".join(parts).encode(errors="replace"), "sha256").hex()

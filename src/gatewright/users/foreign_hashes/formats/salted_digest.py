"""One round of a digest over salt and password: common before it was known how fast that is guessed."""

import hmac

from gatewright.users.foreign_hashes.digests import digest
from gatewright.users.foreign_hashes.fields import hash_bytes, malformed, salt_bytes, salted
from gatewright.users.foreign_hashes.model import CustomPasswordHash, DigestName


class SaltedDigest:
    """See ``Format``; one for each digest."""

    def __init__(self, name: DigestName) -> None:
        self._name = name

    def check(self, custom: CustomPasswordHash) -> None:
        """See ``Format.check``."""
        salt_bytes(custom)
        length = len(digest(self._name, b""))
        if len(hash_bytes(custom)) != length:
            raise malformed(f"{length} bytes in {custom.hash.encoding}")

    def matches(self, custom: CustomPasswordHash, password: bytes) -> bool:
        """See ``Format.matches``."""
        return hmac.compare_digest(digest(self._name, salted(custom, password)), hash_bytes(custom))

    def work(self, custom: CustomPasswordHash) -> str:
        """See ``Format.work``."""
        return ""

"""bcrypt as ``$2a$``, ``$2b$`` and ``$2y$`` write it: the same computation under three names."""

import re

import bcrypt

from gatewright.users.foreign_hashes.fields import HASH, check_range, is_whole_text, malformed
from gatewright.users.foreign_hashes.limits import HIGHEST_BCRYPT_COST
from gatewright.users.foreign_hashes.model import CustomPasswordHash

_ENCODED = re.compile(r"\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}")
_LONGEST = 72
"""Bytes of a password that bcrypt looks at. Those who made the hash cut off the rest, so it is cut here."""


class BcryptHash:
    """See ``Format``."""

    def check(self, custom: CustomPasswordHash) -> None:
        """See ``Format.check``."""
        is_whole_text(custom)
        found = _ENCODED.fullmatch(custom.hash.value)
        if found is None:
            raise malformed("a bcrypt hash, $2b$10$ and 53 characters ($2a$ and $2y$, too)")
        check_range(HASH, int(found[1]), 4, HIGHEST_BCRYPT_COST, what="the cost: ")

    def matches(self, custom: CustomPasswordHash, password: bytes) -> bool:
        """See ``Format.matches``."""
        return bcrypt.checkpw(password[:_LONGEST], custom.hash.value.encode())

    def work(self, custom: CustomPasswordHash) -> str:
        """See ``Format.work``."""
        return f"bcrypt {custom.hash.value[4:6]}"

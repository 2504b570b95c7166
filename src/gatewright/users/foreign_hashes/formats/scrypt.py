"""scrypt (RFC 7914) with its parameters in fields."""

import hashlib
import hmac

from gatewright.kernel.errors import Invalid
from gatewright.users.foreign_hashes.fields import check_range, hash_bytes, malformed, salt_bytes
from gatewright.users.foreign_hashes.limits import LONGEST_KEY, MOST_MEMORY, MOST_SCRYPT_BLOCKS
from gatewright.users.foreign_hashes.model import CustomPasswordHash

_SPARE = 1024 * 1024
"""Bytes that OpenSSL counts beside the large table."""


class ScryptHash:
    """See ``Format``."""

    def check(self, custom: CustomPasswordHash) -> None:
        """See ``Format.check``."""
        if custom.salt is None:
            raise Invalid("missing; wanted: the salt", path="salt")
        salt_bytes(custom)
        if custom.keylen is None:
            raise Invalid("missing; wanted: the length of the hash in bytes", path="keylen")
        check_range("keylen", custom.keylen, 4, LONGEST_KEY)
        check_range("blockSize", custom.blockSize, 1, 64)
        check_range("cost", custom.cost, 2, MOST_MEMORY // (128 * custom.blockSize))
        if custom.cost & (custom.cost - 1):
            raise Invalid(f"read {custom.cost}; wanted: a power of two", path="cost")
        most = MOST_SCRYPT_BLOCKS // (custom.cost * custom.blockSize)
        check_range("parallelization", custom.parallelization, 1, most)
        if len(hash_bytes(custom)) != custom.keylen:
            raise malformed(f"{custom.keylen} bytes, as keylen says")

    def matches(self, custom: CustomPasswordHash, password: bytes) -> bool:
        """See ``Format.matches``."""
        made = hashlib.scrypt(
            password,
            salt=salt_bytes(custom),
            n=custom.cost,
            r=custom.blockSize,
            p=custom.parallelization,
            maxmem=128 * custom.blockSize * (custom.cost + custom.parallelization + 2) + _SPARE,
            dklen=custom.keylen or 64,
        )
        return hmac.compare_digest(made, hash_bytes(custom))

    def work(self, custom: CustomPasswordHash) -> str:
        """See ``Format.work``."""
        return f"scrypt {custom.cost} {custom.blockSize} {custom.parallelization}"

"""HMAC (RFC 2104) of salt and password under a key."""

from hmac import compare_digest

from gatewright.kernel.errors import Invalid
from gatewright.users.foreign_hashes.digests import check_digest, digest, keyed
from gatewright.users.foreign_hashes.encodings import decoded
from gatewright.users.foreign_hashes.fields import hash_bytes, malformed, salt_bytes, salted
from gatewright.users.foreign_hashes.model import CustomPasswordHash


class HmacHash:
    """See ``Format``."""

    def check(self, custom: CustomPasswordHash) -> None:
        """See ``Format.check``."""
        if custom.hash.digest is None:
            raise Invalid("missing; wanted: the digest, as sha256", path="hash.digest")
        check_digest(custom.hash.digest, "hash.digest")
        _key(custom)
        salt_bytes(custom)
        length = len(digest(custom.hash.digest, b""))
        if len(hash_bytes(custom)) != length:
            raise malformed(f"{length} bytes in {custom.hash.encoding}")

    def matches(self, custom: CustomPasswordHash, password: bytes) -> bool:
        """See ``Format.matches``."""
        assert custom.hash.digest is not None
        made = keyed(custom.hash.digest, _key(custom), salted(custom, password))
        return compare_digest(made, hash_bytes(custom))

    def work(self, custom: CustomPasswordHash) -> str:
        """See ``Format.work``."""
        return ""


def _key(custom: CustomPasswordHash) -> bytes:
    key = custom.hash.key
    if key is None or not key.value:
        raise Invalid("missing; wanted: the key", path="hash.key.value")
    return decoded(key.value, key.encoding, "hash.key.value")

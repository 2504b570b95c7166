"""PBKDF2 (RFC 8018 §5.2): as one text in the PHC string format, or with salt and iterations in fields."""

import hashlib
import hmac
import re
from dataclasses import dataclass

from gatewright.kernel.errors import Invalid
from gatewright.users.foreign_hashes.encodings import base64_bytes
from gatewright.users.foreign_hashes.fields import (
    HASH,
    check_range,
    hash_bytes,
    is_whole_text,
    malformed,
    salt_bytes,
)
from gatewright.users.foreign_hashes.limits import LONGEST_KEY, MOST_ITERATIONS
from gatewright.users.foreign_hashes.model import CustomPasswordHash

DIGESTS = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")
"""What PBKDF2 is done with; the other digests have no users to bring."""

_ENCODED = re.compile(
    r"\$pbkdf2(?:-(?P<digest>[a-z0-9]+))?\$(?:i=)?(?P<iterations>\d{1,9})(?:,l=(?P<length>\d{1,4}))?"
    r"\$(?P<salt>[A-Za-z0-9+/.]*)\$(?P<key>[A-Za-z0-9+/.]+)"
)


@dataclass(frozen=True, slots=True)
class _Parts:
    digest: str
    iterations: int
    salt: bytes
    key: bytes
    length: int


class Pbkdf2Hash:
    """See ``Format``."""

    def check(self, custom: CustomPasswordHash) -> None:
        """See ``Format.check``."""
        parts = _parts(custom)
        is_text = custom.hash.value.startswith("$")
        if parts.digest not in DIGESTS:
            message = f"read {parts.digest[:20]}; wanted: one of {', '.join(DIGESTS)}"
            raise Invalid(message, path=HASH if is_text else "hash.digest")
        rounds, length = (HASH, HASH) if is_text else ("iterations", "keylen")
        check_range(rounds, parts.iterations, 1, MOST_ITERATIONS, what="i: " if is_text else "")
        check_range(length, parts.length, 4, LONGEST_KEY, what="l: " if is_text else "")
        if len(parts.key) != parts.length:
            raise malformed(f"{parts.length} bytes, as the length says")

    def matches(self, custom: CustomPasswordHash, password: bytes) -> bool:
        """See ``Format.matches``."""
        parts = _parts(custom)
        made = hashlib.pbkdf2_hmac(parts.digest, password, parts.salt, parts.iterations, parts.length)
        return hmac.compare_digest(made, parts.key)

    def work(self, custom: CustomPasswordHash) -> str:
        """See ``Format.work``."""
        parts = _parts(custom)
        return f"pbkdf2 {parts.digest} {parts.iterations} {parts.length}"


def _parts(custom: CustomPasswordHash) -> _Parts:
    if custom.hash.value.startswith("$"):
        return _parts_of_text(custom)
    if custom.iterations is None:
        raise Invalid("missing; wanted: a whole number", path="iterations")
    if custom.salt is None:
        raise Invalid("missing; wanted: the salt", path="salt")
    key = hash_bytes(custom)
    length = len(key) if custom.keylen is None else custom.keylen
    return _Parts(custom.hash.digest or "sha1", custom.iterations, salt_bytes(custom), key, length)


def _parts_of_text(custom: CustomPasswordHash) -> _Parts:
    is_whole_text(custom)
    found = _ENCODED.fullmatch(custom.hash.value)
    if found is None or len(custom.hash.value) > LONGEST_KEY * 4:
        raise malformed("a PBKDF2 hash, $pbkdf2-sha256$i=…,l=…$salt$hash")
    try:
        salt, key = (base64_bytes(found[name].replace(".", "+")) for name in ("salt", "key"))
    except ValueError:
        raise malformed("salt and hash in base64 without padding") from None
    length = int(found["length"]) if found["length"] else len(key)
    return _Parts(found["digest"] or "sha1", int(found["iterations"]), salt, key, length)

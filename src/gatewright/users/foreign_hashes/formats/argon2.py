"""argon2d, argon2i and argon2id in the PHC string format, with whatever parameters (RFC 9106)."""

import re

from argon2.exceptions import Argon2Error
from argon2.low_level import Type, verify_secret

from gatewright.kernel.errors import Invalid
from gatewright.users.foreign_hashes.encodings import base64_bytes
from gatewright.users.foreign_hashes.fields import HASH, check_range, is_whole_text, malformed
from gatewright.users.foreign_hashes.limits import MOST_ARGON2_PASSES, MOST_LANES, MOST_MEMORY
from gatewright.users.foreign_hashes.model import CustomPasswordHash

_ENCODED = re.compile(
    r"\$argon2(id|i|d)(?:\$v=(?:16|19))?\$m=(\d{1,9}),t=(\d{1,9}),p=(\d{1,9})"
    r"\$([A-Za-z0-9+/]{11,342})\$([A-Za-z0-9+/]{6,342})"
)
_TYPES = {"id": Type.ID, "i": Type.I, "d": Type.D}


class Argon2Hash:
    """See ``Format``."""

    def check(self, custom: CustomPasswordHash) -> None:
        """See ``Format.check``."""
        is_whole_text(custom)
        found = _ENCODED.fullmatch(custom.hash.value)
        if found is None:
            raise malformed("an argon2 hash, $argon2id$v=19$m=…,t=…,p=…$salt$hash")
        _check_base64(found[5], found[6])
        memory, passes, lanes = int(found[2]), int(found[3]), int(found[4])
        check_range(HASH, lanes, 1, MOST_LANES, what="p: ")
        check_range(HASH, memory, 8 * lanes, MOST_MEMORY // 1024, what="m: ")
        check_range(HASH, passes, 1, MOST_ARGON2_PASSES // memory, what="t: ")

    def matches(self, custom: CustomPasswordHash, password: bytes) -> bool:
        """See ``Format.matches``."""
        found = _ENCODED.fullmatch(custom.hash.value)
        assert found is not None
        try:
            return verify_secret(custom.hash.value.encode(), password, _TYPES[found[1]])
        except Argon2Error:
            return False

    def work(self, custom: CustomPasswordHash) -> str:
        """See ``Format.work``."""
        return " ".join(custom.hash.value.split("$")[1:-2])


def _check_base64(*parts: str) -> None:
    try:
        for part in parts:
            base64_bytes(part)
    except ValueError:
        raise Invalid("salt or hash is no base64; wanted: base64 without padding", path=HASH) from None

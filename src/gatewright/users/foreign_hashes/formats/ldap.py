"""``userPassword`` of a directory (RFC 2307 §5.3): ``{SSHA}`` and the base64 of digest and salt."""

import re
from hmac import compare_digest

from gatewright.users.foreign_hashes.digests import digest
from gatewright.users.foreign_hashes.encodings import LONGEST_VALUE, base64_bytes
from gatewright.users.foreign_hashes.fields import is_whole_text, malformed
from gatewright.users.foreign_hashes.model import CustomPasswordHash, DigestName

_VALUE = re.compile(r"\{([A-Za-z0-9]+)\}(.+)")
_DIGESTS: dict[str, DigestName] = {
    "md5": "md5",
    "sha": "sha1",
    "sha256": "sha256",
    "sha384": "sha384",
    "sha512": "sha512",
}
SCHEMES: dict[str, tuple[DigestName, bool]] = {
    **{name: (by, False) for name, by in _DIGESTS.items()},
    **{f"s{name}": (by, True) for name, by in _DIGESTS.items()},
}
"""By scheme in small letters: its digest, and whether a salt follows it."""


class LdapHash:
    """See ``Format``."""

    def check(self, custom: CustomPasswordHash) -> None:
        """See ``Format.check``."""
        is_whole_text(custom)
        _parts(custom)

    def matches(self, custom: CustomPasswordHash, password: bytes) -> bool:
        """See ``Format.matches``."""
        name, kept, salt = _parts(custom)
        return compare_digest(digest(name, password + salt), kept)

    def work(self, custom: CustomPasswordHash) -> str:
        """See ``Format.work``."""
        return ""


def _parts(custom: CustomPasswordHash) -> tuple[DigestName, bytes, bytes]:
    """Which digest, its value, and the salt that followed the password."""
    found = _VALUE.fullmatch(custom.hash.value) if len(custom.hash.value) <= LONGEST_VALUE else None
    scheme = SCHEMES.get(found[1].lower()) if found else None
    if found is None or scheme is None:
        names = ", ".join(f"{{{name.upper()}}}" for name in SCHEMES)
        raise malformed(f"one of {names}, and base64")
    name, is_salted = scheme
    try:
        value = base64_bytes(found[2])
    except ValueError:
        raise malformed(f"base64 after {{{found[1]}}}") from None
    length = len(digest(name, b""))
    if len(value) < length or (len(value) > length) != is_salted:
        raise malformed(f"{length} bytes after {{{found[1]}}}, and a salt where the scheme has one")
    return name, value[:length], value[length:]

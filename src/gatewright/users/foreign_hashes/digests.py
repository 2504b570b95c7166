"""Digests by the wire's names, and HMAC (RFC 2104) over them."""

import hashlib
import hmac

from gatewright.kernel.errors import Invalid
from gatewright.users.foreign_hashes.md4 import BLOCK, md4
from gatewright.users.foreign_hashes.model import DigestName


def check_digest(name: DigestName, path: str) -> None:
    """Raises ``Invalid`` for a digest that cannot be made on this machine."""
    try:
        digest(name, b"")
    except ValueError:
        raise Invalid(
            f"{name} is not offered by this machine's OpenSSL; wanted: another", path=path
        ) from None


def digest(name: DigestName, message: bytes) -> bytes:
    """The digest. Raises ``ValueError`` where OpenSSL does not have it."""
    if name == "md4":
        return md4(message)
    return hashlib.new(name, message, usedforsecurity=False).digest()


def keyed(name: DigestName, key: bytes, message: bytes) -> bytes:
    """The HMAC. Raises ``ValueError`` where OpenSSL does not have the digest."""
    if name != "md4":
        return hmac.digest(key, message, name)
    key = (md4(key) if len(key) > BLOCK else key).ljust(BLOCK, b"\x00")
    inner = md4(bytes(byte ^ 0x36 for byte in key) + message)
    return md4(bytes(byte ^ 0x5C for byte in key) + inner)

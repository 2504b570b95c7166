"""Text of an import → bytes."""

import base64
import binascii
import re

from gatewright.kernel.errors import Invalid
from gatewright.users.foreign_hashes.model import Encoding, PasswordEncoding

LONGEST_VALUE = 1_000
"""Characters of a hash, salt or key; the longest that is of any use has some two hundred."""

_HEX = re.compile(r"(?:[0-9a-fA-F]{2})*")
_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")
_WANTED = {"hex": "hexadecimal digits, two for each byte", "base64": "base64 (RFC 4648 §4)"}


def decoded(text: str, encoding: Encoding, path: str) -> bytes:
    """The bytes that ``text`` stands for. Raises ``Invalid``, the text not repeated."""
    if len(text) > LONGEST_VALUE:
        raise Invalid(f"{len(text)} characters; wanted: at most {LONGEST_VALUE}", path=path)
    try:
        return _decoded(text, encoding)
    except (ValueError, binascii.Error):
        wanted = _WANTED.get(encoding, "text in Unicode")
        raise Invalid(f"read a value that is not shown; wanted: {wanted}", path=path) from None


def _decoded(text: str, encoding: Encoding) -> bytes:
    if encoding == "utf8":
        return text.encode()
    if encoding == "hex":
        if not _HEX.fullmatch(text):
            raise ValueError
        return bytes.fromhex(text)
    return base64_bytes(text)


def base64_bytes(text: str) -> bytes:
    """The bytes of base64, with its padding or without. Raises ``ValueError``."""
    if not _BASE64.fullmatch(text):
        raise ValueError
    bare = text.rstrip("=")
    return base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)


def password_bytes(password: str, encoding: PasswordEncoding) -> bytes:
    """The bytes that other systems hash for what a person typed.

    The one-byte encodings keep the low byte of each UTF-16 unit, as JavaScript's do: the systems that
    hashed so had no other.
    """
    if encoding == "utf8":
        return password.encode("utf-8", "surrogatepass")
    units = password.encode("utf-16-le", "surrogatepass")
    return units if encoding in ("utf16le", "ucs2") else units[::2]

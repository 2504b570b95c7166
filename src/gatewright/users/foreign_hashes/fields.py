"""Rules that the formats share: which fields stand there, and the bytes in them."""

from gatewright.kernel.errors import Invalid
from gatewright.users.foreign_hashes.encodings import decoded
from gatewright.users.foreign_hashes.model import CustomPasswordHash

HASH = "hash.value"
SALT = "salt.value"


def hash_bytes(custom: CustomPasswordHash) -> bytes:
    """The hash itself. Raises ``Invalid``."""
    return decoded(custom.hash.value, custom.hash.encoding, HASH)


def salt_bytes(custom: CustomPasswordHash) -> bytes:
    """The salt; nothing where there is none. Raises ``Invalid``."""
    return decoded(custom.salt.value, custom.salt.encoding, SALT) if custom.salt else b""


def salted(custom: CustomPasswordHash, password: bytes) -> bytes:
    """Salt and password in the order in which they were hashed."""
    salt = salt_bytes(custom)
    is_suffix = custom.salt is not None and custom.salt.position == "suffix"
    return password + salt if is_suffix else salt + password


def is_whole_text(custom: CustomPasswordHash) -> None:
    """Raises ``Invalid`` unless the hash is one text that holds its salt and parameters."""
    if custom.hash.encoding != "utf8":
        raise Invalid(f"read {custom.hash.encoding}; wanted: utf8", path="hash.encoding")
    if custom.salt is not None:
        raise Invalid("stands beside a hash that holds its salt; wanted: nothing", path="salt")


def check_range(path: str, number: int, least: int, most: int, *, what: str = "") -> None:
    """Raises ``Invalid`` for a number outside; ``what`` it is, where the path does not say it."""
    if not least <= number <= most:
        raise Invalid(f"{what}read {number}; wanted: {least} to {most}", path=path)


def malformed(wanted: str) -> Invalid:
    """The refusal of a hash that does not look like one."""
    return Invalid(f"read a value that is not shown; wanted: {wanted}", path=HASH)

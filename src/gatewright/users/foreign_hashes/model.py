"""What the wire calls ``custom_password_hash``; field names are the wire's.

``iterations`` is ours: a PBKDF2 hash whose parts stand in fields of their own has nowhere to say it.
"""

from typing import Literal

import msgspec

Algorithm = Literal[
    "argon2", "bcrypt", "hmac", "ldap", "md4", "md5", "sha1", "sha256", "sha512", "pbkdf2", "scrypt"
]
Encoding = Literal["hex", "base64", "utf8"]
PasswordEncoding = Literal["utf8", "ascii", "latin1", "binary", "utf16le", "ucs2"]
DigestName = Literal["md4", "md5", "ripemd160", "sha1", "sha224", "sha256", "sha384", "sha512", "whirlpool"]


class HashKey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The key of an HMAC."""

    value: str
    encoding: Encoding = "utf8"


class HashValue(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The hash. ``digest`` and ``key`` are for HMAC and PBKDF2."""

    value: str
    encoding: Encoding = "utf8"
    digest: DigestName | None = None
    key: HashKey | None = None


class Salt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What was hashed together with the password, before it (``prefix``) or after it."""

    value: str
    encoding: Encoding = "utf8"
    position: Literal["prefix", "suffix"] = "prefix"


class TypedPassword(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """How the password became bytes before it was hashed."""

    encoding: PasswordEncoding = "utf8"


class CustomPasswordHash(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """A hash that another system made, and whatever is needed to make it again.

    ``keylen`` is in bytes; ``cost``, ``blockSize`` and ``parallelization`` are scrypt's N, r and p.
    """

    algorithm: Algorithm
    hash: HashValue
    salt: Salt | None = None
    password: TypedPassword = TypedPassword()
    keylen: int | None = None
    iterations: int | None = None
    cost: int = 16_384
    blockSize: int = 8  # noqa: N815  the wire's name
    parallelization: int = 1

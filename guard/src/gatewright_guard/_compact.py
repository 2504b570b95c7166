"""Text → header, claims and what was signed (RFC 7515 §7.1); strict, and nothing is trusted yet."""

import json
from binascii import a2b_base64
from dataclasses import dataclass
from typing import NoReturn

from gatewright_guard import _diagnosis

MAX_TOKEN = 16 * 1024
"""Characters of the longest token that is looked at."""

MAX_HEADER = 4 * 1024
"""Characters of the longest header that is looked at."""

# To the alphabet that binascii speaks, with its own three signs made invalid: they are not base64url.
_BASE64URL = bytes.maketrans(b"-_+/=", b"+/!!!")

# The unused low bits of the last character must be zero, or one token could be written in several ways.
_LAST = {2: "AQgw", 3: "AEIMQUYcgkosw048"}

_PARTS_OF_JWS = 3
_PARTS_OF_JWE = 5


class Unreadable(ValueError):
    """The reason why a part cannot be read, fit to be shown."""


@dataclass(frozen=True, slots=True)
class Compact:
    """A token taken apart: ``signed`` is the bytes its ``signature`` covers."""

    header: dict[str, object]
    claims: dict[str, object]
    signed: bytes
    signature: bytes


def parse(token: str, audience: str) -> Compact:
    """Takes ``token`` apart. ``audience`` names this API in explanations.

    Raises ``MalformedToken``, ``OpaqueToken`` or ``EncryptedToken``.
    """
    header, payload, signature = _parts(token, audience)
    try:
        return Compact(
            header=_members(header, "header"),
            claims=_members(payload, "payload"),
            signed=f"{header}.{payload}".encode("ascii"),
            signature=_octets(signature, "signature"),
        )
    except Unreadable as reason:
        raise _diagnosis.malformed(str(reason)) from None


def _parts(token: str, audience: str) -> tuple[str, str, str]:
    if len(token) > MAX_TOKEN:
        raise _diagnosis.malformed(f"it is {len(token)} characters long, more than {MAX_TOKEN}")
    parts = token.split(".", _PARTS_OF_JWE)
    if len(parts) == 1:
        raise _diagnosis.opaque(token, audience)
    if len(parts) == _PARTS_OF_JWE:
        raise _diagnosis.encrypted(audience)
    if len(parts) != _PARTS_OF_JWS:
        raise _diagnosis.malformed(f"it has {len(parts)} parts between dots")
    if len(parts[0]) > MAX_HEADER:
        raise _diagnosis.malformed(f"its header is {len(parts[0])} characters long, more than {MAX_HEADER}")
    return parts[0], parts[1], parts[2]


def _octets(text: str, part: str) -> bytes:
    """Base64url without padding (RFC 7515 §2), in its one canonical spelling."""
    tail = len(text) % 4
    try:
        if tail and text[-1] not in _LAST[tail]:
            raise ValueError
        return a2b_base64(text.encode("ascii").translate(_BASE64URL) + b"=" * (-tail % 4), strict_mode=True)
    except (ValueError, KeyError):
        raise Unreadable(f"its {part} is not base64url without padding") from None


def _members(text: str, part: str) -> dict[str, object]:
    raw = _octets(text, part)
    try:
        value = _DECODER.decode(raw.decode("utf-8"))
    except Unreadable as reason:
        raise Unreadable(f"its {part} {reason}") from None
    except (ValueError, RecursionError):
        raise Unreadable(f"its {part} is not JSON") from None
    if not isinstance(value, dict):
        raise Unreadable(f"its {part} is not a JSON object")
    return value


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        # RFC 7515 §4: two readers might each believe another of the values.
        raise Unreadable("names a member twice")
    return members


def _no_constant(name: str) -> NoReturn:
    raise Unreadable(f"contains {name}, which is not JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant)

"""MD4 (RFC 1320), for hashes that are brought and for nothing else: OpenSSL 3 does not offer it any more.

It is broken as a digest; a password kept by it is safe only until the file is stolen, and is kept
otherwise from the first sign-in on.
"""

import struct
from collections.abc import Callable

BLOCK = 64
"""Bytes that are digested at a time."""

_MASK = 0xFFFFFFFF
_Words = tuple[int, int, int, int]
_Mix = Callable[[int, int, int], int]

_ROUNDS: tuple[tuple[_Mix, int, tuple[int, ...], tuple[int, ...]], ...] = (
    (lambda x, y, z: (x & y) | (~x & z), 0, tuple(range(16)), (3, 7, 11, 19)),
    (
        lambda x, y, z: (x & y) | (x & z) | (y & z),
        0x5A827999,
        tuple(column + 4 * row for column in range(4) for row in range(4)),
        (3, 5, 9, 13),
    ),
    (
        lambda x, y, z: x ^ y ^ z,
        0x6ED9EBA1,
        (0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15),
        (3, 9, 11, 15),
    ),
)


def md4(message: bytes) -> bytes:
    """The 16 bytes of the digest."""
    padding = b"\x80" + b"\x00" * ((55 - len(message)) % BLOCK)
    padded = message + padding + struct.pack("<Q", len(message) * 8)
    state: _Words = (0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476)
    for start in range(0, len(padded), BLOCK):
        mixed = _mixed(state, struct.unpack("<16I", padded[start : start + BLOCK]))
        state = _added(state, mixed)
    return struct.pack("<4I", *state)


def _mixed(words: _Words, block: tuple[int, ...]) -> _Words:
    a, b, c, d = words
    for mix, constant, order, shifts in _ROUNDS:
        for step, place in enumerate(order):
            turned = _rotated(a + mix(b, c, d) + block[place] + constant, shifts[step % 4])
            a, b, c, d = d, turned, b, c
    return a, b, c, d


def _rotated(word: int, by: int) -> int:
    word &= _MASK
    return (word << by | word >> (32 - by)) & _MASK


def _added(before: _Words, after: _Words) -> _Words:
    a, b, c, d = ((x + y) & _MASK for x, y in zip(before, after, strict=True))
    return a, b, c, d

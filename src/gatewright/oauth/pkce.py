"""Proof Key for Code Exchange (RFC 7636), S256 only."""

import hashlib
import hmac
import re

from gatewright.jose.encoding import b64url

_VERIFIER = re.compile(r"[A-Za-z0-9\-._~]{43,128}")
_CHALLENGE = re.compile(r"[A-Za-z0-9\-_]{43}")


def is_challenge(text: str) -> bool:
    """Whether ``text`` can be the S256 challenge of something (§4.2)."""
    return _CHALLENGE.fullmatch(text) is not None


def is_verifier(text: str) -> bool:
    """Whether ``text`` has the length and characters of a verifier (§4.1)."""
    return _VERIFIER.fullmatch(text) is not None


def proves(verifier: str, challenge: str) -> bool:
    """Whether the challenge was made from the verifier (§4.6)."""
    made = b64url(hashlib.sha256(verifier.encode()).digest())
    return hmac.compare_digest(made, challenge)

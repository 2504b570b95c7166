"""Hash and compare high-entropy secrets.

Bearer secrets carry 256 random bits, so one round of SHA-256 is a safe fingerprint;
passwords, which people choose, are hashed in ``users.passwords`` instead.
"""

import hashlib
import hmac


def fingerprint(secret: str) -> str:
    """SHA-256 of a bearer secret as 64 hex digits: what is stored instead of it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def matches(secret: str, stored_fingerprint: str) -> bool:
    """Whether ``secret`` is the one fingerprinted, compared in constant time."""
    return hmac.compare_digest(fingerprint(secret), stored_fingerprint)

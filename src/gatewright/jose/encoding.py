"""Base64url without padding (RFC 7515 §2), to and from bytes."""

from base64 import urlsafe_b64decode, urlsafe_b64encode


def b64url(data: bytes) -> str:
    """Encodes without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def unb64url(text: str) -> bytes:
    """Decodes text without padding; raises ``ValueError`` for anything else."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))

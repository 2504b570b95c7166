"""Secrets that must be read back are sealed with AES-256-GCM under the master key.

Every sealed text is bound to its place (tenant, kind, id), so that moving one row's
secret into another row makes it unreadable.
"""

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gatewright.jose.encoding import b64url, unb64url

_NONCE_BYTES = 12


class Unsealable(Exception):
    """A sealed text was made under another master key, belongs elsewhere, or was altered."""


class MasterKey:
    """32 random bytes from which every key of the installation's own use is derived.

    Raises ``ValueError`` when given another length.
    """

    def __init__(self, key: bytes) -> None:
        if len(key) != 32:
            raise ValueError(f"the master key has {len(key)} bytes, 32 are wanted")
        self._key = key
        self._aead = AESGCM(self.derive("seal"))
        self._mark = hashlib.sha256(self.derive("mark")).hexdigest()[:8]

    def derive(self, purpose: str) -> bytes:
        """A 32-byte key for one purpose (HKDF-Expand with one block, RFC 5869 §2.3)."""
        return hmac.digest(self._key, f"gatewright {purpose}".encode() + b"\x01", "sha256")

    def seal(self, secret: str, place: str) -> str:
        """Encrypts ``secret`` for one ``place``, as in ``main/client/abc``."""
        nonce = os.urandom(_NONCE_BYTES)
        return f"{self._mark}.{b64url(nonce + self._aead.encrypt(nonce, secret.encode(), place.encode()))}"

    def unseal(self, sealed: str, place: str) -> str:
        """Decrypts what was sealed for ``place``. Raises ``Unsealable``."""
        mark, _, body = sealed.partition(".")
        if mark != self._mark:
            raise Unsealable(f"sealed under another master key ({mark}); this installation uses {self._mark}")
        data = unb64url(body)
        try:
            return self._aead.decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], place.encode()).decode()
        except InvalidTag:
            raise Unsealable(f"the secret at {place} was altered or belongs elsewhere") from None

"""GROUND floor: keys and tokens.

Owns the master key and what it seals, the signing keys of a tenant, issuing and verifying of tokens.
Knows no users and no flows.
Foreign signatures are judged by ``gatewright_guard``, the only verifier in the house.
"""

from gatewright.jose.keys import KEY_ALGORITHMS, KeyRing, KeyStatus, PublicKey, SigningKey
from gatewright.jose.sealing import MasterKey, Unsealable
from gatewright.jose.signing import Signer, half_hash, is_sealed, sign_with_secret
from gatewright.jose.store import KeyStore

__all__ = [
    "KEY_ALGORITHMS",
    "KeyRing",
    "KeyStatus",
    "KeyStore",
    "MasterKey",
    "PublicKey",
    "Signer",
    "SigningKey",
    "Unsealable",
    "half_hash",
    "is_sealed",
    "sign_with_secret",
]

"""Guards an API with access tokens: verifies signature, issuer, audience, time and scope.

Owns verification, the cache of an issuer's keys, and the answers to bad tokens.
Imports nothing of the platform; needs one JOSE library and no web framework.
The adapters are ``gatewright_guard.asgi`` and ``gatewright_guard.fastapi``; ``gatewright_guard.testing``
mints tokens for tests.
"""

from gatewright_guard import errors
from gatewright_guard._guard import Guard
from gatewright_guard._keys import Pace, RemoteKeys
from gatewright_guard._keyset import Keys, PublicKey, StaticKeys, UnusableKey, VerificationKey
from gatewright_guard._reading import Unverified, read_unverified
from gatewright_guard._scopes import Requirement, all_of, any_of
from gatewright_guard._verify import Expectations, Verified, verify
from gatewright_guard.errors import Diagnosis, GuardError

__all__ = [
    "Diagnosis",
    "Expectations",
    "Guard",
    "GuardError",
    "Keys",
    "Pace",
    "PublicKey",
    "RemoteKeys",
    "Requirement",
    "StaticKeys",
    "UnusableKey",
    "Unverified",
    "VerificationKey",
    "Verified",
    "all_of",
    "any_of",
    "errors",
    "read_unverified",
    "verify",
]

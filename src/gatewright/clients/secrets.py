"""Client secrets: compared by fingerprint, kept sealed for when they serve as an HMAC key."""

from collections.abc import Iterable

import msgspec

from gatewright.kernel.secrets import matches


class ClientSecret(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One accepted secret: SHA-256 to compare with, and the secret itself sealed under the master key."""

    fingerprint: str
    sealed: str
    created_at: int = 0


def secret_matches(presented: str, accepted: Iterable[ClientSecret]) -> bool:
    """Whether ``presented`` is one of the accepted secrets, each compared in constant time."""
    return any(matches(presented, secret.fingerprint) for secret in accepted)

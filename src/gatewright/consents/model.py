"""What a consent is."""

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from gatewright.jose.encoding import b64url, unb64url
from gatewright.kernel.secrets import fingerprint

_MARK = 24
"""Characters that tell the consents of one user apart."""


class Consent(msgspec.Struct, frozen=True, kw_only=True):
    """Scopes a user allowed a client at one audience (``""`` for identity scopes alone)."""

    user_id: str
    client_id: str
    audience: str
    scopes: frozenset[str]
    granted_at: int

    @property
    def consent_id(self) -> str:
        """Its public name: it says whose it is, and stays the same however the scopes change."""
        mark = fingerprint(f"{self.client_id}\0{self.audience}")[:_MARK]
        return f"{b64url(self.user_id.encode())}.{mark}"

    def covers(self, scopes: Iterable[str]) -> bool:
        """Whether nothing more needs to be asked for ``scopes``."""
        return self.scopes.issuperset(scopes)


@dataclass(frozen=True, slots=True)
class Given:
    """Which consents are meant: those that fit everything that is said; ``audience`` ``None`` is any."""

    user_id: str = ""
    client_id: str = ""
    audience: str | None = None


def user_of(consent_id: str) -> str | None:
    """Whose consent has this name; ``None`` for what is no name of ours."""
    whose, _, mark = consent_id.partition(".")
    try:
        user_id = unb64url(whose)
        return user_id.decode() if len(mark) == _MARK and b64url(user_id) == whose else None
    except ValueError:
        return None

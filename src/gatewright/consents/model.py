"""What a consent is."""

from collections.abc import Iterable

import msgspec


class Consent(msgspec.Struct, frozen=True, kw_only=True):
    """Scopes a user allowed a client at one audience (``""`` for identity scopes alone)."""

    user_id: str
    client_id: str
    audience: str
    scopes: frozenset[str]
    granted_at: int

    def covers(self, scopes: Iterable[str]) -> bool:
        """Whether nothing more needs to be asked for ``scopes``."""
        return self.scopes.issuperset(scopes)

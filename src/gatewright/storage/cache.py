"""Configuration kept in memory for as long as its revision stands.

Every configuration change bumps the tenant's revision in its own unit; asking for the revision is cheap
(a point read of 4 µs on SQLite, none on PostgreSQL),
so a change anywhere is seen by the next request everywhere.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Protocol, TypeVar, cast

_T = TypeVar("_T")
_MOST_ENTRIES = 20_000


class _Revisions(Protocol):
    def revision(self, tenant_id: str) -> int | None: ...


class RevisionCache:
    """Loaded values by tenant and key. Absence is not remembered: nobody can fill it with guesses."""

    def __init__(self, revisions: _Revisions) -> None:
        self._revisions = revisions
        self._tenants: dict[str, tuple[int, dict[Hashable, object]]] = {}
        self._seen: dict[str, int] = {}

    async def get(self, tenant_id: str, key: Hashable, load: Callable[[], Awaitable[_T | None]]) -> _T | None:
        """The value for ``key``, loaded when the revision moved on or the key is new."""
        revision = self._seen.get(tenant_id)
        if revision is None:
            revision = self._look(tenant_id)
        if revision is None:
            return await load()
        held = self._tenants.get(tenant_id)
        if held is None or held[0] != revision or len(held[1]) > _MOST_ENTRIES:
            held = self._tenants[tenant_id] = (revision, {})
        found = held[1].get(key)
        if found is None:
            found = await load()
            if found is not None:
                held[1][key] = found
        return cast("_T | None", found)

    def _look(self, tenant_id: str) -> int | None:
        """Asks for the revision; the answer holds until the loop turns, which is within this very request.

        Whoever learns of a change does so in a later turn, so nobody misses their own writes.
        """
        revision = self._revisions.revision(tenant_id)
        if revision is not None:
            self._seen[tenant_id] = revision
            asyncio.get_running_loop().call_soon(self._seen.clear)
        return revision

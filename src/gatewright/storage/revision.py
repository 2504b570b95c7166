"""The number of a tenant's configuration, which tells caches when to forget.

Whoever changes configuration adds ``revision_bump`` to the same unit of work.
On PostgreSQL the bump also tells the other nodes, when and only when the unit commits.
"""

from typing import Any

from sqlalchemy import BigInteger, Insert, Text, Update, bindparam, column, func, select, table, update
from sqlalchemy.sql.dml import ReturningInsert, ReturningUpdate

from gatewright.kernel.units import Change
from gatewright.storage.statement import POSTGRESQL, Statement, dialect_insert

CHANNEL = "gatewright_revision"
"""PostgreSQL notifications on this channel carry the id of a tenant whose configuration changed."""

_REVISIONS = table("revisions", column("tenant_id", Text), column("revision", BigInteger))

REVISION = Statement(select(_REVISIONS.c.revision).where(_REVISIONS.c.tenant_id == bindparam("tenant_id")))


def _bump(dialect: str) -> Insert | ReturningInsert[Any]:
    insert = dialect_insert(dialect)(_REVISIONS).values(tenant_id=bindparam("tenant_id"), revision=1)
    bump: Insert = insert.on_conflict_do_update(
        index_elements=["tenant_id"], set_={"revision": _REVISIONS.c.revision + 1}
    )
    if dialect == POSTGRESQL:
        # In RETURNING, so that it runs wherever the insert runs, inside a larger statement too.
        return bump.returning(func.pg_notify(CHANNEL, _REVISIONS.c.tenant_id))
    return bump


REVISION_BUMP = Statement(_bump)


def _bump_from(dialect: str) -> Update | ReturningUpdate[Any]:
    bump = (
        update(_REVISIONS)
        .where(_REVISIONS.c.tenant_id == bindparam("tenant_id"), _REVISIONS.c.revision == bindparam("seen"))
        .values(revision=_REVISIONS.c.revision + 1)
    )
    return bump.returning(func.pg_notify(CHANNEL, _REVISIONS.c.tenant_id)) if dialect == POSTGRESQL else bump


_REVISION_BUMP_FROM = Statement(_bump_from)

BUMPS = (REVISION_BUMP, _REVISION_BUMP_FROM)
"""The statements that move a tenant's number."""


def revision_bump_from(tenant_id: str, seen: int) -> Change:
    """The same for a unit that was thought out while the revision was ``seen``; must match."""
    return _REVISION_BUMP_FROM.change(must_match=True, tenant_id=tenant_id, seen=seen)


def revision_bump(tenant_id: str) -> Change:
    """The change that belongs into every unit which changes the configuration of ``tenant_id``."""
    return REVISION_BUMP.change(tenant_id=tenant_id)

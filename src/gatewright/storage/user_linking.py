"""Identities that move from one user to another: two statements, and what does not move with them."""

from typing import Any

from sqlalchemy import Table, bindparam, update

from gatewright.kernel.units import Unit
from gatewright.storage import schema
from gatewright.storage.schema import identifiers, identities
from gatewright.storage.statement import Statement
from gatewright.storage.user_rows import deleted, inserted, updated
from gatewright.storage.user_traces import rows_of
from gatewright.users import User


def _move(table: Table) -> Statement:
    return Statement(
        update(table)
        .where(
            table.c.tenant_id == bindparam("tenant_id"),
            table.c.user_id == bindparam("old_user_id"),
            table.c.identity_id == bindparam("moved"),
        )
        .values(user_id=bindparam("new_user_id"))
    )


_MOVE_IDENTITY, _MOVE_IDENTIFIERS = _move(identities), _move(identifiers)
_LEFT_BEHIND = tuple(
    Statement(rows_of(table, lambda user_id: user_id == bindparam("user_id")))
    for table in (
        schema.user_roles,
        schema.organization_members,
        schema.organization_roles,
        schema.user_permissions,
        schema.consents,
        schema.sessions,
        schema.token_families,
        schema.tickets,
        schema.login_tickets,
    )
)
"""What belonged to the person as a user of their own."""


def linked(tenant_id: str, primary: User, secondary: User) -> Unit:
    """See ``UserStore.link``."""
    left_behind = (each.change(tenant_id=tenant_id, user_id=secondary.user_id) for each in _LEFT_BEHIND)
    return (
        updated(tenant_id, primary),
        deleted(tenant_id, secondary),
        *_moved(tenant_id, secondary.user_id, before=secondary, after=primary),
        *left_behind,
    )


def unlinked(tenant_id: str, primary: User, restored: User) -> Unit:
    """See ``UserStore.unlink``."""
    return (
        updated(tenant_id, primary),
        inserted(tenant_id, restored),
        *_moved(tenant_id, restored.user_id, before=primary, after=restored),
    )


def _moved(tenant_id: str, identity_id: str, *, before: User, after: User) -> Unit:
    values: dict[str, Any] = {
        "tenant_id": tenant_id,
        "old_user_id": before.user_id,
        "moved": identity_id,
        "new_user_id": after.user_id,
    }
    return (_MOVE_IDENTITY.change(must_match=True, **values), _MOVE_IDENTIFIERS.change(**values))

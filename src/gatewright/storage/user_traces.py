"""Everything that is kept of users, by table: whoever removes a user removes all of it."""

from collections.abc import Callable

from sqlalchemy import ColumnElement, Delete, Table, bindparam, delete, select

from gatewright.storage import schema
from gatewright.storage.schema import identities, passwords

BY_USER = (
    schema.identities,
    schema.identifiers,
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
"""Tables, besides ``users`` and ``passwords``, whose rows go with their user.

Codes and opaque tokens are of no use without the user, and expire in a day.
"""

Whose = Callable[[ColumnElement[str]], ColumnElement[bool]]
"""A condition on a column of user ids."""


def rows_of(table: Table, whose: Whose) -> Delete:
    """Removes the rows of ``table`` that belong to certain users of the tenant ``tenant_id``."""
    return delete(table).where(table.c.tenant_id == bindparam("tenant_id"), whose(table.c.user_id))


def passwords_of(whose: Whose) -> Delete:
    """Removes their passwords, those of linked identities included; comes before the identities go."""
    ids = select(identities.c.identity_id).where(
        identities.c.tenant_id == bindparam("tenant_id"), whose(identities.c.user_id)
    )
    return delete(passwords).where(
        passwords.c.tenant_id == bindparam("tenant_id"), passwords.c.identity_id.in_(ids)
    )

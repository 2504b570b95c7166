"""Tables of organizations, who belongs to them, and who is invited."""

from sqlalchemy import Index, UniqueConstraint

from gatewright.storage.columns import id_column as _id
from gatewright.storage.columns import table as _table
from gatewright.storage.columns import text_column as _text
from gatewright.storage.columns import time_column as _time

organizations = _table(
    "organizations",
    _id("tenant_id"),
    _id("organization_id"),
    _text("name"),
    _text("doc"),
    UniqueConstraint("tenant_id", "name"),
)

organization_members = _table(
    "organization_members",
    _id("tenant_id"),
    _id("organization_id"),
    _id("user_id"),
    Index("organization_members_by_user", "tenant_id", "user_id", "organization_id"),
)

organization_roles = _table(
    "organization_roles",
    _id("tenant_id"),
    _id("organization_id"),
    _id("user_id"),
    _id("role_id"),
    Index("organization_roles_by_role", "tenant_id", "role_id", "organization_id", "user_id"),
    Index("organization_roles_by_user", "tenant_id", "user_id"),
)
"""Roles that a member has in that organization, and nowhere else."""

invitations = _table(
    "invitations",
    _id("tenant_id"),
    _id("organization_id"),
    _id("invitation_id"),
    _text("ticket_hash"),
    _time("expires_at"),
    _text("doc"),
    UniqueConstraint("tenant_id", "ticket_hash"),
    Index("invitations_by_expiry", "expires_at"),
)

"""Organizations, their members and invitations."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def upgrade() -> None:
    """Makes their tables."""
    op.create_table(
        "organizations",
        _text("tenant_id"),
        _text("organization_id"),
        _text("name"),
        _text("doc"),
        sa.PrimaryKeyConstraint("tenant_id", "organization_id"),
        sa.UniqueConstraint("tenant_id", "name"),
        sqlite_with_rowid=False,
    )
    _members()
    op.create_table(
        "invitations",
        _text("tenant_id"),
        _text("organization_id"),
        _text("invitation_id"),
        _text("ticket_hash"),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        _text("doc"),
        sa.PrimaryKeyConstraint("tenant_id", "organization_id", "invitation_id"),
        sa.UniqueConstraint("tenant_id", "ticket_hash"),
        sqlite_with_rowid=False,
    )
    op.create_index("invitations_by_expiry", "invitations", ["expires_at"], unique=False)


def _members() -> None:
    op.create_table(
        "organization_members",
        _text("tenant_id"),
        _text("organization_id"),
        _text("user_id"),
        sa.PrimaryKeyConstraint("tenant_id", "organization_id", "user_id"),
        sqlite_with_rowid=False,
    )
    by_user = ["tenant_id", "user_id", "organization_id"]
    op.create_index("organization_members_by_user", "organization_members", by_user, unique=False)
    op.create_table(
        "organization_roles",
        _text("tenant_id"),
        _text("organization_id"),
        _text("user_id"),
        _text("role_id"),
        sa.PrimaryKeyConstraint("tenant_id", "organization_id", "user_id", "role_id"),
        sqlite_with_rowid=False,
    )
    by_role = ["tenant_id", "role_id", "organization_id", "user_id"]
    op.create_index("organization_roles_by_role", "organization_roles", by_role, unique=False)
    by_user = ["tenant_id", "user_id"]
    op.create_index("organization_roles_by_user", "organization_roles", by_user, unique=False)

"""Permissions that users have without a role."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "user_permissions",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("api", sa.Text(), nullable=False),
        sa.Column("permission", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "user_id", "api", "permission"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "user_permissions_by_api", "user_permissions", ["tenant_id", "api", "permission"], unique=False
    )

"""Fewer indexes on what every sign-in and refresh writes.

Families of refresh tokens are known by their grant. Tokens of before were derived in another way and cannot
be recognised any more, so their families go.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Drops the log's index by age and makes the table of families anew."""
    op.drop_index("logs_by_age", "logs")
    op.drop_table("token_families")
    op.create_table(
        "token_families",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("grant_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("sid", sa.Text(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("rotated_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("sweep_at", sa.BigInteger(), nullable=False),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "grant_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("token_families_by_sweep", "token_families", ["sweep_at"], unique=False)
    op.create_index("token_families_by_user", "token_families", ["tenant_id", "user_id"], unique=False)

"""Log streams, and how far they got."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Makes their tables."""
    op.create_table(
        "log_streams",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("stream_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "stream_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "log_progress",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("stream_id", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("free_at", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("failing_since", sa.BigInteger(), nullable=True),
        sa.Column("recent", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "stream_id"),
        sqlite_with_rowid=False,
    )

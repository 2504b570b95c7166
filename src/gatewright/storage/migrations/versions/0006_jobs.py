"""Jobs, and what goes into them and comes out."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Makes their tables."""
    op.create_table(
        "jobs",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "job_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("jobs_by_expiry", "jobs", ["expires_at"], unique=False)
    op.create_index("jobs_by_turn", "jobs", ["state", "lease_until"], unique=False)
    op.create_table(
        "job_parts",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "job_id", "kind", "number"),
        sqlite_with_rowid=False,
    )
    op.create_index("job_parts_by_expiry", "job_parts", ["expires_at"], unique=False)

"""Mailed codes and links that sign a person in."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Makes their table."""
    op.create_table(
        "one_time_codes",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("address_hash", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("guesses", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "address_hash"),
        sqlite_with_rowid=False,
    )
    op.create_index("one_time_codes_by_expiry", "one_time_codes", ["expires_at"], unique=False)

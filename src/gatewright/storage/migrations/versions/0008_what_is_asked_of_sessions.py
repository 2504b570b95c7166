"""Sessions, refresh tokens, blocks and the log, for whoever looks after users."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_RARELY = "user_id IS NOT NULL AND type NOT IN ('ssa', 'seacft', 'sertft')"
_BY_DAY = "type IN ('s', 'ss', 'pwd_leak')"


def upgrade() -> None:
    """Adds the columns of metadata, the table of blocks, and two indexes that requests seldom write."""
    for table in ("sessions", "token_families"):
        op.add_column(table, sa.Column("metadata", sa.Text(), nullable=True))
    op.create_table(
        "blocks",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("subject_hash", sa.Text(), nullable=False),
        sa.Column("connection", sa.Text(), nullable=False),
        sa.Column("ip", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "key"),
        sqlite_with_rowid=False,
    )
    op.create_index("blocks_by_expiry", "blocks", ["expires_at"], unique=False)
    op.create_index("blocks_by_subject", "blocks", ["tenant_id", "subject_hash"], unique=False)
    _partial("logs_by_user", ["tenant_id", "user_id", "log_id"], _RARELY)
    _partial("logs_by_day", ["tenant_id", "type", "at"], _BY_DAY)


def _partial(name: str, columns: list[str], where: str) -> None:
    op.create_index(
        name, "logs", columns, unique=False, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
    )

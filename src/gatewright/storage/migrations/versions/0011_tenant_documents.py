"""How a tenant's pages and mail look, and its mail server."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Makes the table of documents by kind and key."""
    op.create_table(
        "tenant_documents",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "kind", "key"),
        sqlite_with_rowid=False,
    )

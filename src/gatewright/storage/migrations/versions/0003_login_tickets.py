"""Tickets of embedded login.

A ticket is a proof on its way from the application's page to the authorization endpoint.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Makes the table of tickets."""
    op.create_table(
        "login_tickets",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("ticket_hash", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "ticket_hash"),
        sqlite_with_rowid=False,
    )
    op.create_index("login_tickets_by_expiry", "login_tickets", ["expires_at"], unique=False)
    op.create_index("login_tickets_by_user", "login_tickets", ["tenant_id", "user_id"], unique=False)

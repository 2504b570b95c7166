"""Users are found by more than their ids, and may have several identities.

Texts are folded as well as the database can: what it cannot is folded when the user is next changed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_FOLDED = ("email", "name", "username", "given_name", "family_name", "nickname")
_INDEXED = ("email", "name", "username", "created_at", "last_login", "logins_count")
_KEPT = "tenant_id, user_id, version, blocked, email, created_at, doc"


def upgrade() -> None:
    """Adds the columns and their indexes; every identity so far is its user's own."""
    op.drop_index("users_by_email", "users")
    if op.get_context().dialect.name == "sqlite":
        _on_sqlite()
    else:
        _on_postgresql()
    for name in _INDEXED:
        op.create_index(f"users_by_{name}", "users", ["tenant_id", name, "user_id"], unique=False)
    op.create_index(
        "identities_by_connection", "identities", ["tenant_id", "connection", "user_id"], unique=False
    )


def _on_sqlite() -> None:
    """Makes the tables anew: a column of an old one cannot become NOT NULL."""
    old = {name: f"{name}_0004" for name in ("users", "identities", "identifiers", "passwords")}
    op.drop_index("identities_by_user", "identities")
    op.drop_index("identifiers_by_user", "identifiers")
    for name, kept in old.items():
        op.rename_table(name, kept)
    _create_tables()
    folded = ", ".join(f"lower(coalesce(json_extract(doc, '$.{name}'), ''))" for name in _FOLDED[1:])
    op.execute(
        f"INSERT INTO users ({_KEPT}, {', '.join(_FOLDED[1:])}, last_login, logins_count) "  # noqa: S608 - no input
        f"SELECT {_KEPT}, {folded}, json_extract(doc, '$.last_login'), "
        f"coalesce(json_extract(doc, '$.logins_count'), 0) FROM {old['users']}"
    )
    for name, columns in (
        ("identities", "tenant_id, connection, subject, user_id"),
        ("identifiers", "tenant_id, connection, kind, value, user_id"),
    ):
        op.execute(
            f"INSERT INTO {name} ({columns}, identity_id) SELECT {columns}, user_id FROM {old[name]}"  # noqa: S608
        )
    op.execute(f"INSERT INTO passwords SELECT * FROM {old['passwords']}")  # noqa: S608
    for kept in old.values():
        op.drop_table(kept)
    op.create_index("identities_by_user", "identities", ["tenant_id", "user_id"], unique=False)
    op.create_index("identifiers_by_user", "identifiers", ["tenant_id", "user_id"], unique=False)


def _create_tables() -> None:
    op.create_table(
        "users",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("blocked", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in _FOLDED),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_login", sa.BigInteger(), nullable=True),
        sa.Column("logins_count", sa.Integer(), nullable=False),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "user_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "identities",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("connection", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("identity_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "connection", "subject"),
        sa.UniqueConstraint("tenant_id", "identity_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "identifiers",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("connection", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("identity_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "connection", "kind", "value"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "passwords",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("identity_id", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "identity_id"),
        sqlite_with_rowid=False,
    )


def _on_postgresql() -> None:
    op.alter_column("users", "email", type_=sa.Text(collation="C"))
    for name in _FOLDED[1:]:
        op.add_column("users", sa.Column(name, sa.Text(collation="C"), nullable=True))
    op.add_column("users", sa.Column("last_login", sa.BigInteger(), nullable=True))
    op.add_column("users", sa.Column("logins_count", sa.Integer(), nullable=True))
    # A document with a NUL is JSON that PostgreSQL does not take apart: that user is found when next changed.
    read = "(CASE WHEN strpos(doc, '\\u0000') > 0 THEN '{}' ELSE doc END)::json"
    folded = ", ".join(
        f"{name} = lower(normalize(coalesce({read} ->> '{name}', ''), NFKC))" for name in _FOLDED[1:]
    )
    op.execute(
        f"UPDATE users SET {folded}, last_login = ({read} ->> 'last_login')::bigint, "  # noqa: S608 - no input
        f"logins_count = coalesce(({read} ->> 'logins_count')::integer, 0)"
    )
    for name in (*_FOLDED[1:], "logins_count"):
        op.alter_column("users", name, nullable=False)
    for table in ("identities", "identifiers"):
        op.add_column(table, sa.Column("identity_id", sa.Text(), nullable=True))
        op.execute(f"UPDATE {table} SET identity_id = user_id")  # noqa: S608
        op.alter_column(table, "identity_id", nullable=False)
    op.create_unique_constraint(None, "identities", ["tenant_id", "identity_id"])
    op.alter_column("passwords", "user_id", new_column_name="identity_id")

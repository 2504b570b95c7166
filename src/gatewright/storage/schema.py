"""Every table, as SQLAlchemy Core: the one source for both dialects and for Alembic.

Columns exist for what is looked up or constrained; the rest of an entity is one JSON document in ``doc``.
Times are integer seconds UTC. Every table carries ``tenant_id`` in its primary key, except the two
that find the tenant (``tenants``, ``tenant_hosts``).
Hot tables are clustered by their key on SQLite (``WITHOUT ROWID``): one tree to write instead of two.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Text, UniqueConstraint

from gatewright.storage.columns import id_column as _id
from gatewright.storage.columns import metadata
from gatewright.storage.columns import searched_column as _searched
from gatewright.storage.columns import table as _table
from gatewright.storage.columns import text_column as _text
from gatewright.storage.columns import time_column as _time
from gatewright.storage.log_table import logs

__all__ = ["logs", "metadata"]

tenants = _table("tenants", _id("tenant_id"), _text("issuer"), _text("doc"), UniqueConstraint("issuer"))

tenant_hosts = _table("tenant_hosts", _id("host"), _text("tenant_id"))

revisions = _table("revisions", _id("tenant_id"), Column("revision", BigInteger, nullable=False))

signing_keys = _table("signing_keys", _id("tenant_id"), _id("kid"), _time("created_at"), _text("doc"))

clients = _table("clients", _id("tenant_id"), _id("client_id"), _text("name"), _text("doc"))

apis = _table(
    "apis",
    _id("tenant_id"),
    _id("api_id"),
    _text("identifier"),
    _text("name"),
    _text("doc"),
    UniqueConstraint("tenant_id", "identifier"),
)

client_grants = _table(
    "client_grants",
    _id("tenant_id"),
    _id("grant_id"),
    _text("client_id"),
    _text("audience"),
    _text("doc"),
    UniqueConstraint("tenant_id", "client_id", "audience"),
)

connections = _table(
    "connections",
    _id("tenant_id"),
    _id("connection_id"),
    _text("name"),
    _text("doc"),
    UniqueConstraint("tenant_id", "name"),
)

users = _table(
    "users",
    _id("tenant_id"),
    _id("user_id"),
    Column("version", Integer, nullable=False),
    Column("blocked", Boolean, nullable=False),
    _searched("email"),
    _searched("name"),
    _searched("username"),
    _searched("given_name"),
    _searched("family_name"),
    _searched("nickname"),
    _time("created_at"),
    _time("last_login", nullable=True),
    Column("logins_count", Integer, nullable=False),
    _text("doc"),
    *(
        Index(f"users_by_{name}", "tenant_id", name, "user_id")
        for name in ("email", "name", "username", "created_at", "last_login", "logins_count")
    ),
)

identities = _table(
    "identities",
    _id("tenant_id"),
    _id("connection"),
    _id("subject"),
    _text("user_id"),
    _text("identity_id"),
    UniqueConstraint("tenant_id", "identity_id"),
    Index("identities_by_user", "tenant_id", "user_id"),
    Index("identities_by_connection", "tenant_id", "connection", "user_id"),
)
"""``identity_id`` is the user id of the identity by itself; ``user_id`` is another where it was linked."""

identifiers = _table(
    "identifiers",
    _id("tenant_id"),
    _id("connection"),
    _id("kind"),
    _id("value"),
    _text("user_id"),
    _text("identity_id"),
    Index("identifiers_by_user", "tenant_id", "user_id"),
)

passwords = _table("passwords", _id("tenant_id"), _id("identity_id"), _text("hash"), _time("set_at"))
"""A password opens an identity, so that linking two people leaves each its own."""

roles = _table(
    "roles",
    _id("tenant_id"),
    _id("role_id"),
    _text("name"),
    _text("doc"),
    UniqueConstraint("tenant_id", "name"),
)

user_roles = _table(
    "user_roles",
    _id("tenant_id"),
    _id("user_id"),
    _id("role_id"),
    Index("user_roles_by_role", "tenant_id", "role_id", "user_id"),
)

organizations = _table(
    "organizations",
    _id("tenant_id"),
    _id("organization_id"),
    _text("name"),
    _text("doc"),
    UniqueConstraint("tenant_id", "name"),
)

organization_members = _table(
    "organization_members",
    _id("tenant_id"),
    _id("organization_id"),
    _id("user_id"),
    Index("organization_members_by_user", "tenant_id", "user_id", "organization_id"),
)

organization_roles = _table(
    "organization_roles",
    _id("tenant_id"),
    _id("organization_id"),
    _id("user_id"),
    _id("role_id"),
    Index("organization_roles_by_role", "tenant_id", "role_id", "organization_id", "user_id"),
    Index("organization_roles_by_user", "tenant_id", "user_id"),
)
"""Roles that a member has in that organization, and nowhere else."""

invitations = _table(
    "invitations",
    _id("tenant_id"),
    _id("organization_id"),
    _id("invitation_id"),
    _text("ticket_hash"),
    _time("expires_at"),
    _text("doc"),
    UniqueConstraint("tenant_id", "ticket_hash"),
    Index("invitations_by_expiry", "expires_at"),
)

user_permissions = _table(
    "user_permissions",
    _id("tenant_id"),
    _id("user_id"),
    _id("api"),
    _id("permission"),
    Index("user_permissions_by_api", "tenant_id", "api", "permission"),
)

consents = _table(
    "consents",
    _id("tenant_id"),
    _id("user_id"),
    _id("client_id"),
    _id("audience"),
    _text("scopes"),
    _time("granted_at"),
)

sessions = _table(
    "sessions",
    _id("tenant_id"),
    _id("session_hash"),
    _text("user_id"),
    _text("sid"),
    _time("expires_at"),
    _text("doc"),
    Column("metadata", Text, nullable=True),
    Index("sessions_by_user", "tenant_id", "user_id"),
    Index("sessions_by_sid", "tenant_id", "sid"),
    Index("sessions_by_expiry", "expires_at"),
)

login_transactions = _table(
    "login_transactions",
    _id("tenant_id"),
    _id("transaction_hash"),
    Column("version", Integer, nullable=False),
    _time("expires_at"),
    _text("doc"),
    Index("login_transactions_by_expiry", "expires_at"),
)

codes = _table(
    "codes",
    _id("tenant_id"),
    _id("code_hash"),
    _text("user_id"),
    _time("used_at", nullable=True),
    _time("expires_at"),
    _text("doc"),
    Index("codes_by_expiry", "expires_at"),
)

token_families = _table(
    "token_families",
    _id("tenant_id"),
    _id("grant_id"),
    _text("user_id"),
    _text("client_id"),
    _text("sid"),
    Column("generation", Integer, nullable=False),
    _time("rotated_at"),
    _time("revoked_at", nullable=True),
    _time("expires_at"),
    _time("sweep_at"),
    _text("doc"),
    Column("metadata", Text, nullable=True),
    Index("token_families_by_user", "tenant_id", "user_id"),
    Index("token_families_by_sweep", "sweep_at"),
)

access_tokens = _table(
    "access_tokens",
    _id("tenant_id"),
    _id("token_hash"),
    _text("grant_id"),
    _text("user_id"),
    _time("expires_at"),
    _text("doc"),
    Index("access_tokens_by_expiry", "expires_at"),
)

revoked_grants = _table(
    "revoked_grants",
    _id("tenant_id"),
    _id("grant_id"),
    _time("expires_at"),
    Index("revoked_grants_by_expiry", "expires_at"),
)

tickets = _table(
    "tickets",
    _id("tenant_id"),
    _id("ticket_hash"),
    _text("user_id"),
    _text("kind"),
    _time("used_at", nullable=True),
    _time("expires_at"),
    _text("doc"),
    Index("tickets_by_user", "tenant_id", "user_id", "kind"),
    Index("tickets_by_expiry", "expires_at"),
)

login_tickets = _table(
    "login_tickets",
    _id("tenant_id"),
    _id("ticket_hash"),
    _text("user_id"),
    _time("expires_at"),
    _text("doc"),
    Index("login_tickets_by_user", "tenant_id", "user_id"),
    Index("login_tickets_by_expiry", "expires_at"),
)

one_time_codes = _table(
    "one_time_codes",
    _id("tenant_id"),
    _id("address_hash"),
    _text("code_hash"),
    _text("client_id"),
    Column("guesses", Integer, nullable=False),
    _time("expires_at"),
    Index("one_time_codes_by_expiry", "expires_at"),
)

jobs = _table(
    "jobs",
    _id("tenant_id"),
    _id("job_id"),
    _text("state"),
    _text("owner"),
    _time("lease_until"),
    _time("created_at"),
    _time("expires_at"),
    _text("doc"),
    Index("jobs_by_turn", "state", "lease_until"),
    Index("jobs_by_expiry", "expires_at"),
)

job_parts = _table(
    "job_parts",
    _id("tenant_id"),
    _id("job_id"),
    _id("kind"),
    Column("number", Integer, primary_key=True),
    _time("expires_at"),
    _text("content"),
    Index("job_parts_by_expiry", "expires_at"),
)

tenant_documents = _table("tenant_documents", _id("tenant_id"), _id("kind"), _id("key"), _text("doc"))

log_streams = _table(
    "log_streams", _id("tenant_id"), _id("stream_id"), _text("name"), _text("status"), _text("doc")
)

log_progress = _table(
    "log_progress",
    _id("tenant_id"),
    _id("stream_id"),
    _text("owner"),
    _time("free_at"),
    _text("position"),
    Column("tries", Integer, nullable=False),
    _time("failing_since", nullable=True),
    _text("recent"),
)

attempts = _table(
    "attempts",
    _id("tenant_id"),
    _id("key"),
    Column("count", Integer, nullable=False),
    _time("expires_at"),
    Index("attempts_by_expiry", "expires_at"),
)

blocks = _table(
    "blocks",
    _id("tenant_id"),
    _id("key"),
    _text("subject_hash"),
    _text("connection"),
    _text("ip"),
    _time("expires_at"),
    Index("blocks_by_subject", "tenant_id", "subject_hash"),
    Index("blocks_by_expiry", "expires_at"),
)
"""Which counters in ``attempts`` are past their limit, for whoever asks whom that shuts out."""

outbox = _table(
    "outbox",
    _id("tenant_id"),
    _id("message_id"),
    _text("state"),
    Column("tries", Integer, nullable=False),
    _time("next_try_at"),
    _time("expires_at"),
    _text("sealed"),
    Index("outbox_by_turn", "state", "next_try_at"),
    Index("outbox_by_expiry", "expires_at"),
)

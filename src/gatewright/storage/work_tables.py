"""Tables of what waits to be done (jobs, mail), and of attempts that are counted: all of it passes."""

from sqlalchemy import Column, Index, Integer

from gatewright.storage.columns import id_column, table, text_column, time_column

jobs = table(
    "jobs",
    id_column("tenant_id"),
    id_column("job_id"),
    text_column("state"),
    text_column("owner"),
    time_column("lease_until"),
    time_column("created_at"),
    time_column("expires_at"),
    text_column("doc"),
    Index("jobs_by_turn", "state", "lease_until"),
    Index("jobs_by_expiry", "expires_at"),
)

job_parts = table(
    "job_parts",
    id_column("tenant_id"),
    id_column("job_id"),
    id_column("kind"),
    Column("number", Integer, primary_key=True),
    time_column("expires_at"),
    text_column("content"),
    Index("job_parts_by_expiry", "expires_at"),
)

log_progress = table(
    "log_progress",
    id_column("tenant_id"),
    id_column("stream_id"),
    text_column("owner"),
    time_column("free_at"),
    text_column("position"),
    Column("tries", Integer, nullable=False),
    time_column("failing_since", nullable=True),
    text_column("recent"),
)

attempts = table(
    "attempts",
    id_column("tenant_id"),
    id_column("key"),
    Column("count", Integer, nullable=False),
    time_column("expires_at"),
    Index("attempts_by_expiry", "expires_at"),
)

blocks = table(
    "blocks",
    id_column("tenant_id"),
    id_column("key"),
    text_column("subject_hash"),
    text_column("connection"),
    text_column("ip"),
    time_column("expires_at"),
    Index("blocks_by_subject", "tenant_id", "subject_hash"),
    Index("blocks_by_expiry", "expires_at"),
)
"""Which counters in ``attempts`` are past their limit, for whoever asks whom that shuts out."""

outbox = table(
    "outbox",
    id_column("tenant_id"),
    id_column("message_id"),
    text_column("state"),
    Column("tries", Integer, nullable=False),
    time_column("next_try_at"),
    time_column("expires_at"),
    text_column("sealed"),
    Index("outbox_by_turn", "state", "next_try_at"),
    Index("outbox_by_expiry", "expires_at"),
)

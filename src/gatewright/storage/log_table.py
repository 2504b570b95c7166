"""The table of the audit log, which nearly every request writes: its indexes are of rare rows alone."""

from sqlalchemy import Column, Text

from gatewright.storage.columns import id_column, partial_index, table, text_column, time_column

LOGGED_OFTEN = ("ssa", "seacft", "sertft")
"""Entries that every visit to an application leaves: an index of them would cost each visit a tenth more."""

LOGGED_RARELY = f"type NOT IN {LOGGED_OFTEN}"
"""The other entries of the log."""

LOGGED_BY_DAY = "type IN ('s', 'ss', 'pwd_leak')"
"""Entries of the log that are counted day by day."""


logs = table(
    "logs",
    id_column("tenant_id"),
    id_column("log_id"),
    text_column("type"),
    time_column("at"),
    Column("user_id", Text, nullable=True),
    Column("client_id", Text, nullable=True),
    text_column("doc"),
    partial_index(
        "logs_by_user", "tenant_id", "user_id", "log_id", where=f"user_id IS NOT NULL AND {LOGGED_RARELY}"
    ),
    partial_index("logs_by_day", "tenant_id", "type", "at", where=LOGGED_BY_DAY),
)

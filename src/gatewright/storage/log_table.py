"""The table of the audit log, which nearly every request writes: its indexes are of rare rows alone."""

from sqlalchemy import Column, Text

from gatewright.storage.columns import id_column, partial_index, table, text_column, time_column

LOGGED_RARELY = "type NOT IN ('ssa', 'seacft', 'sertft')"
"""Entries of the log besides those that every visit to an application leaves."""

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

"""An entry of the audit log as the wire shows it, wherever that is."""

from typing import Any

import msgspec

from gatewright.audit.model import LogEntry
from gatewright.kernel.clock import moment


class ShownLog(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of the audit log as the wire shows it."""

    log_id: str
    id: str = msgspec.field(name="_id")
    date: str
    type: str
    description: str = ""
    connection: str | None = None
    client_id: str | None = None
    client_name: str | None = None
    ip: str = ""
    hostname: str = ""
    user_agent: str = ""
    user_id: str | None = None
    user_name: str | None = None
    audience: str | None = None
    scope: str | None = None
    details: dict[str, Any] = {}


_SHARED = tuple(
    name for name in ShownLog.__struct_fields__ if name in LogEntry.__struct_fields__ and name != "log_id"
)


def shown_log(entry: LogEntry) -> dict[str, object]:
    """The entry as the wire shows it, without what is not set."""
    told = {name: getattr(entry, name) for name in _SHARED}
    shown = ShownLog(log_id=entry.log_id, id=entry.log_id, date=moment(entry.at), **told)
    plain: dict[str, object] = msgspec.to_builtins(shown)
    return {name: value for name, value in plain.items() if value is not None and value != ""}

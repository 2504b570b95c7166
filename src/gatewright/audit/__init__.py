"""NOUN floor: the audit log.

Hears every event and records it in the unit of the change it tells of; nobody calls it.
"""

from gatewright.audit.model import DayCount, LogEntry
from gatewright.audit.recorder import AuditRecorder
from gatewright.audit.shown import ShownLog, shown_log
from gatewright.audit.store import SETTLING, LogStore

__all__ = ["SETTLING", "AuditRecorder", "DayCount", "LogEntry", "LogStore", "ShownLog", "shown_log"]

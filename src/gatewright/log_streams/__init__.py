"""NOUN floor: where a tenant sends its audit log, and how far that got.

Owns what a stream is, its sealed secrets, and which entries it wants.
Does not own the log (``audit``) nor the sending (``streaming``).
"""

from gatewright.log_streams.categories import CATEGORIES, Category, category_of
from gatewright.log_streams.model import (
    MASK,
    HttpHeader,
    HttpSink,
    LogFilter,
    LogStream,
    Progress,
    SinkSecrets,
    StreamSettings,
)
from gatewright.log_streams.service import LogStreams
from gatewright.log_streams.store import LogStreamStore, ProgressStore

__all__ = [
    "CATEGORIES",
    "MASK",
    "Category",
    "HttpHeader",
    "HttpSink",
    "LogFilter",
    "LogStream",
    "LogStreamStore",
    "LogStreams",
    "Progress",
    "ProgressStore",
    "SinkSecrets",
    "StreamSettings",
    "category_of",
]

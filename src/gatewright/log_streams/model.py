"""What a log stream is; field names and formats are the wire's."""

from dataclasses import dataclass, field
from typing import Literal

import msgspec

from gatewright.log_streams.categories import Category, category_of

MASK = "_VALUE_NOT_SHOWN_"
"""Stands for a secret that is held and not shown."""

Status = Literal["active", "paused", "suspended"]
ContentFormat = Literal["JSONLINES", "JSONARRAY", "JSONOBJECT"]


class LogFilter(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A category of entries that is wanted."""

    type: Literal["category"] = "category"
    name: Category


class HttpHeader(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A header that goes along with each request."""

    header: str
    value: str


class HttpSink(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where entries are posted, and how they are written down.

    ``JSONLINES`` is one entry a line, ``JSONARRAY`` a list of entries, ``JSONOBJECT`` an object that has the
    list as its ``logs``.
    """

    http_endpoint: str = msgspec.field(name="httpEndpoint")
    http_content_type: str = msgspec.field(name="httpContentType", default="application/json")
    http_content_format: ContentFormat = msgspec.field(name="httpContentFormat", default="JSONLINES")


class SinkSecrets(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What of a sink is sealed: the ``Authorization`` header, and the other headers."""

    authorization: str = ""
    headers: tuple[HttpHeader, ...] = ()

    def header(self, name: str) -> str | None:
        """The value of a header, whose name is the same in large and small letters."""
        found = (each.value for each in self.headers if each.header.lower() == name.lower())
        return next(found, None)


NO_SECRETS = SinkSecrets()


class StreamSettings(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an administrator chooses. Without ``filters`` every entry is wanted.

    A stream that is ``paused``, or ``suspended`` after failing for a week, goes on where it was once it is
    ``active`` again, as far back as the log is kept.
    ``isPriority`` is kept and given back; no stream waits for another.
    """

    name: str
    type: Literal["http"] = "http"
    status: Status = "active"
    is_priority: bool = msgspec.field(name="isPriority", default=False)
    filters: tuple[LogFilter, ...] = ()


class LogStream(StreamSettings, frozen=True, kw_only=True, omit_defaults=True):
    """A stream. Its secrets are sealed; of them the names of the headers are readable.

    ``begins_at``, seconds UTC, is the first moment whose entries it tells.
    """

    stream_id: str
    sink: HttpSink
    begins_at: int
    has_authorization: bool = False
    header_names: tuple[str, ...] = ()
    sealed: str = ""

    def wants(self, code: str) -> bool:
        """Whether an entry with this code goes out."""
        return not self.filters or category_of(code) in {each.name for each in self.filters}


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a stream got.

    ``position``: everything up to this log id was delivered, or was not wanted.
    ``recent``: how many entries that were, by their second, for the last of them; whoever finds more in a
    second knows that one came late.
    ``tries`` failed since the last success, the first of them at ``failing_since``.
    """

    position: str
    recent: dict[int, int] = field(default_factory=dict)
    tries: int = 0
    failing_since: int | None = None

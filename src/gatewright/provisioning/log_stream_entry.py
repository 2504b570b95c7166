"""What a tenant file, or a body of the management API, says of a log stream."""

import msgspec

from gatewright.log_streams import HttpHeader, HttpSink, StreamSettings

AUTHORIZATION, HEADERS = "sink.httpAuthorization", "sink.httpCustomHeaders"
"""The two as ``Entry.inner`` calls them: not in it, they were not written, and stay as they are."""


class HttpSinkEntry(HttpSink, frozen=True, kw_only=True):
    """A sink with its secrets.

    ``httpAuthorization`` is the whole value of that header; values of ``httpCustomHeaders`` are as secret.
    Left out, or ``_VALUE_NOT_SHOWN_``, they stay as they are while ``httpEndpoint`` does; another endpoint
    wants them again.
    """

    http_authorization: str = msgspec.field(name="httpAuthorization", default="")
    http_custom_headers: tuple[HttpHeader, ...] = msgspec.field(name="httpCustomHeaders", default=())


class LogStreamEntry(StreamSettings, frozen=True, kw_only=True):
    """One of ``logStreams``.

    ``startFrom`` (RFC 3339) counts when the stream is made: it tells what is in the log since then, and what
    is written from now on where it is left out.
    """

    sink: HttpSinkEntry
    start_from: str = msgspec.field(name="startFrom", default="")

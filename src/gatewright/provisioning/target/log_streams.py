"""Log streams as they shall be."""

import msgspec

from gatewright.jose import Unsealable
from gatewright.kernel import ids
from gatewright.kernel.clock import seconds_of
from gatewright.kernel.errors import Conflict
from gatewright.log_streams import (
    MASK,
    HttpHeader,
    HttpSink,
    LogStream,
    LogStreams,
    SinkSecrets,
    StreamSettings,
)
from gatewright.provisioning.log_stream_entry import AUTHORIZATION, HEADERS, LogStreamEntry
from gatewright.provisioning.reading import Entry
from gatewright.provisioning.state import TenantState
from gatewright.provisioning.target.wish import Wish, merged, settings_of


def target_log_streams(state: TenantState, wish: Wish, streams: LogStreams) -> tuple[LogStream, ...]:
    """Log streams, matched by name."""
    known = {stream.name: stream for stream in state.log_streams}
    entries = wish.document.log_streams
    made = {e.value.name: log_stream_of(e, known.get(e.value.name), wish, streams) for e in entries or ()}
    return merged(known, made, wish, is_written=entries is not None)


def log_stream_of(
    entry: Entry[LogStreamEntry], current: LogStream | None, wish: Wish, streams: LogStreams
) -> LogStream:
    """The stream that a checked entry describes; ``current`` is the one that it changes.

    Raises ``Conflict`` where a part of secrets stays that were sealed under another master key.
    """
    written, begins_at = entry.value, seconds_of(entry.value.start_from)
    stream = LogStream(
        **settings_of(StreamSettings, written),
        stream_id=current.stream_id if current else ids.log_stream_id(),
        sink=HttpSink(**settings_of(HttpSink, written.sink)),
        begins_at=current.begins_at if current else wish.now if begins_at is None else begins_at,
    )
    return _with_secrets(stream, entry, current, wish.tenant_id, streams)


def _with_secrets(
    stream: LogStream,
    entry: Entry[LogStreamEntry],
    current: LogStream | None,
    tenant_id: str,
    streams: LogStreams,
) -> LogStream:
    if current is not None and {AUTHORIZATION, HEADERS}.isdisjoint(entry.inner):
        return msgspec.structs.replace(
            stream,
            has_authorization=current.has_authorization,
            header_names=current.header_names,
            sealed=current.sealed,
        )
    held = _held(current, tenant_id, streams)
    secrets = _secrets(entry, held)
    is_as_it_was = current is not None and secrets == held
    return msgspec.structs.replace(
        stream,
        has_authorization=bool(secrets.authorization),
        header_names=tuple(each.header for each in secrets.headers),
        sealed=current.sealed
        if current and is_as_it_was
        else streams.sealed(tenant_id, stream.stream_id, secrets),
    )


def _secrets(entry: Entry[LogStreamEntry], held: SinkSecrets) -> SinkSecrets:
    """What is written, and what is held where nothing is written, or the mask."""
    sink = entry.value.sink
    keeps = AUTHORIZATION not in entry.inner or sink.http_authorization == MASK
    headers = sink.http_custom_headers if HEADERS in entry.inner else held.headers
    return SinkSecrets(
        authorization=held.authorization if keeps else sink.http_authorization,
        headers=tuple(_header(each, held) for each in headers),
    )


def _header(written: HttpHeader, held: SinkSecrets) -> HttpHeader:
    if written.value != MASK:
        return written
    return msgspec.structs.replace(written, value=held.header(written.header) or "")


def _held(current: LogStream | None, tenant_id: str, streams: LogStreams) -> SinkSecrets:
    try:
        return streams.secrets(tenant_id, current) if current else SinkSecrets()
    except Unsealable:
        words = "were sealed under another master key; wanted: that key, or the stream made anew"
        raise Conflict(f"the secrets of log stream {current.name if current else ''} {words}") from None

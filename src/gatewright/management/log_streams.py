"""``/log-streams``: where the audit log is sent."""

from collections.abc import Iterable
from dataclasses import replace

import msgspec
from msgspec import UNSET, UnsetType

from gatewright.log_streams import HttpHeader, HttpSink, LogStream, LogStreams, StreamSettings
from gatewright.management.bodies import Body, Sent, entry_of, merged
from gatewright.management.drafts import Draft
from gatewright.management.errors import Exists, Inexistent, NotSupported, Refusal
from gatewright.management.resource import Answer, Call, Operation, Shown, shown_as
from gatewright.provisioning.checks.log_streams import MOST_STREAMS
from gatewright.provisioning.editing import Editing
from gatewright.provisioning.entries import log_stream_entry, masked_secrets
from gatewright.provisioning.log_stream_entry import LogStreamEntry
from gatewright.provisioning.state import TenantState
from gatewright.provisioning.target.log_streams import log_stream_of

_ELSEWHERE = frozenset({"eventbridge", "eventgrid", "datadog", "splunk", "sumo", "mixpanel", "segment"})
_FIXED = dict.fromkeys(("type", "startFrom"), "cannot be changed; wanted: no such field")
_LACKS = "types other than http; pii_config; isPriority has no effect, since no stream waits for another"
_BY_KEY = frozenset({"sink"})


class TooManyStreams(Refusal):
    """The tenant has as many log streams as one may have."""

    status = 409
    code = "log_stream_limit"


class ShownSink(HttpSink, frozen=True, kw_only=True, omit_defaults=False):
    """A sink as the wire shows it: ``_VALUE_NOT_SHOWN_`` stands for each secret."""

    http_authorization: str | UnsetType = msgspec.field(name="httpAuthorization", default=UNSET)
    http_custom_headers: tuple[HttpHeader, ...] | UnsetType = msgspec.field(
        name="httpCustomHeaders", default=UNSET
    )


class ShownStream(StreamSettings, frozen=True, kw_only=True, omit_defaults=False):
    """A log stream as the wire shows it."""

    id: str
    sink: ShownSink


class LogStreamResource:
    """See ``resource.Resource``."""

    def __init__(self, editing: Editing, streams: LogStreams) -> None:
        self._editing = editing
        self._streams = streams

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its endpoints."""
        one = "/log-streams/{id}"
        return (
            Operation(
                method="GET",
                path="/log-streams",
                scopes=("read:log_streams",),
                summary="List log streams.",
                run=self._list,
                shows=ShownStream,
                plural="log_streams",
                lacks=_LACKS,
            ),
            Operation(
                method="POST",
                path="/log-streams",
                scopes=("create:log_streams",),
                summary="Create a log stream.",
                run=self._create,
                status=201,
                body=Body(LogStreamEntry),
                shows=ShownStream,
                lacks=_LACKS,
            ),
            Operation(
                method="GET",
                path=one,
                scopes=("read:log_streams",),
                summary="Read a log stream.",
                run=self._read,
                shows=ShownStream,
                lacks=_LACKS,
            ),
            Operation(
                method="PATCH",
                path=one,
                scopes=("update:log_streams",),
                summary="Update a log stream; one that failed is tried again at once.",
                run=self._update,
                body=Body(LogStreamEntry, partial=True, fixed=_FIXED),
                shows=ShownStream,
                lacks=_LACKS,
            ),
            Operation(
                method="DELETE",
                path=one,
                scopes=("delete:log_streams",),
                summary="Delete a log stream.",
                run=self._delete,
                status=204,
            ),
        )

    async def _list(self, call: Call) -> Answer:
        return Answer([_shown(each) for each in await self._streams.all(call.tenant_id)])

    async def _read(self, call: Call) -> Answer:
        return call.one(_shown(_in(await self._streams.all(call.tenant_id), call.id())))

    async def _create(self, call: Call) -> Answer:
        sent = await call.body()
        if sent.get("type") in _ELSEWHERE:
            raise NotSupported(f"Log streams of type {sent['type']} are not there yet; there is: http.")

        def edit(state: TenantState) -> TenantState:
            made = self._decided(Draft(call.tenant, state, call.now), sent, None)
            if len(state.log_streams) >= MOST_STREAMS:
                raise TooManyStreams(f"There are {MOST_STREAMS} log streams already, the most there may be.")
            return replace(state, log_streams=(*state.log_streams, made))

        state = await self._editing.change(call.tenant_id, edit, call.tell("Create a log stream"))
        return call.one(_shown(next(each for each in state.log_streams if each.name == sent["name"])))

    async def _update(self, call: Call) -> Answer:
        sent, stream_id = await call.body(), call.id()

        def edit(state: TenantState) -> TenantState:
            current = _changeable(call, state, stream_id)
            values = merged(log_stream_entry(current, masked_secrets(current)), sent, by_key=_BY_KEY)
            changed = self._decided(Draft(call.tenant, state, call.now), _explicit(values), current)
            streams = (changed if each is current else each for each in state.log_streams)
            return replace(state, log_streams=tuple(streams))

        state = await self._editing.change(call.tenant_id, edit, call.tell("Update a log stream"))
        return call.one(_shown(_in(state.log_streams, stream_id)))

    async def _delete(self, call: Call) -> Answer:
        stream_id = call.id()

        def edit(state: TenantState) -> TenantState:
            gone = _changeable(call, state, stream_id)
            return replace(state, log_streams=tuple(each for each in state.log_streams if each is not gone))

        await self._editing.change(call.tenant_id, edit, call.tell("Delete a log stream"))
        return Answer()

    def _decided(self, draft: Draft, values: Sent, current: LogStream | None) -> LogStream:
        """The stream as it shall be, checked. Raises ``InvalidFile``, or ``Exists`` for a taken name."""
        entry = entry_of(LogStreamEntry, {name: value for name, value in values.items() if value is not None})
        name = entry.value.name
        # The check finds by name what the entry is about, and here it may be about to get another.
        about = (msgspec.structs.replace(current, name=name),) if current else ()
        replace(draft, state=replace(draft.state, log_streams=about)).check("log_streams", entry)
        if any(each.name == name for each in draft.state.log_streams if each is not current):
            raise Exists("log_stream", "A log stream with this name exists already.")
        return log_stream_of(entry, current, draft.wish(), self._streams)


def _explicit(values: Sent) -> Sent:
    """The values of an update, where a secret that ``null`` took away is none, and not one that stays."""
    sink = values.get("sink")
    if not isinstance(sink, dict):
        return values
    return {**values, "sink": {"httpAuthorization": "", "httpCustomHeaders": [], **sink}}


def _in(streams: Iterable[LogStream], stream_id: str) -> LogStream:
    for stream in streams:
        if stream.stream_id == stream_id:
            return stream
    raise Inexistent("log_stream")


def _changeable(call: Call, state: TenantState, stream_id: str) -> LogStream:
    """The stream, if it is in the state that the caller knows."""
    current = _in(state.log_streams, stream_id)
    call.check_unchanged(_shown(current))
    return current


def _shown(stream: LogStream) -> Shown:
    settings = {name: getattr(stream, name) for name in StreamSettings.__struct_fields__}
    sink = {name: getattr(stream.sink, name) for name in stream.sink.__struct_fields__}
    masked = masked_secrets(stream)
    return shown_as(
        ShownStream(
            **settings,
            id=stream.stream_id,
            sink=ShownSink(
                **sink,
                http_authorization=masked.authorization or UNSET,
                http_custom_headers=masked.headers or UNSET,
            ),
        )
    )

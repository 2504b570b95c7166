"""Entries as the request that takes them away."""

from collections.abc import Sequence

import orjson

from gatewright.audit import LogEntry, shown_log
from gatewright.log_streams import LogStream, SinkSecrets
from gatewright.outbound import OutboundRequest


def request_of(stream: LogStream, secrets: SinkSecrets, entries: Sequence[LogEntry]) -> OutboundRequest:
    """The request that brings ``entries``, in their order, each as ``{log_id, data}``."""
    told = [{"log_id": entry.log_id, "data": shown_log(entry)} for entry in entries]
    headers = {each.header: each.value for each in secrets.headers}
    if secrets.authorization:
        headers["Authorization"] = secrets.authorization
    headers["Content-Type"] = stream.sink.http_content_type
    return OutboundRequest("POST", stream.sink.http_endpoint, headers, _content(stream, told))


def _content(stream: LogStream, told: Sequence[object]) -> bytes:
    match stream.sink.http_content_format:
        case "JSONLINES":
            return b"".join(orjson.dumps(each, option=orjson.OPT_APPEND_NEWLINE) for each in told)
        case "JSONARRAY":
            return orjson.dumps(told)
        case "JSONOBJECT":
            return orjson.dumps({"logs": told})

"""What may be said of log streams."""

import re
from collections.abc import Iterable, Iterator, Sequence

from gatewright.kernel.clock import seconds_of
from gatewright.kernel.urls import is_loopback, parse_absolute
from gatewright.log_streams import MASK, HttpHeader, LogStream
from gatewright.provisioning.checks.values import check_name
from gatewright.provisioning.log_stream_entry import AUTHORIZATION, HEADERS, LogStreamEntry
from gatewright.provisioning.problems import Problem, inside, shown
from gatewright.provisioning.reading import Entry

MOST_STREAMS = 10
"""In a tenant: each is a request of its own for every batch of entries."""

MOST_HEADERS = 20
LONGEST_URL = 2_000
LONGEST_SECRET = 4_096

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}")
_MEDIA_TYPE = re.compile(r"[!#$&^_.+0-9A-Za-z-]{1,100}/[!#$&^_.+0-9A-Za-z-]{1,100}(?:; ?[\x21-\x7e]{1,100})?")
_VISIBLE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")
_NOT_THEIRS = frozenset(
    """
    accept-encoding authorization connection content-encoding content-length content-type cookie expect host
    keep-alive te trailer transfer-encoding upgrade
    """.split()  # noqa: SIM905 - a list of this length is easier to read so
)
_AGAIN = "is kept for another httpEndpoint; wanted: the secret again, or none"
_NOTHING_HELD = "is what stands for a secret that is held, and none is; wanted: the secret"


def check_log_streams(
    entries: Sequence[Entry[LogStreamEntry]], there: Iterable[LogStream]
) -> Iterator[Problem]:
    """The section ``logStreams``; ``there`` are the streams that the entries may be about, by name."""
    if len(entries) > MOST_STREAMS:
        yield Problem("logStreams", f"{len(entries)} log streams; wanted: at most {MOST_STREAMS}")
    known = {stream.name: stream for stream in there}
    for entry in entries:
        yield from _check(entry, known.get(entry.value.name))


def _check(entry: Entry[LogStreamEntry], current: LogStream | None) -> Iterator[Problem]:
    stream, sink = entry.value, inside(entry.path, "sink")
    yield from check_name(inside(entry.path, "name"), stream.name)
    if stream.start_from and seconds_of(stream.start_from) is None:
        wanted = "a moment like 2026-11-21T09:30:00.000Z"
        yield Problem(inside(entry.path, "startFrom"), f"read {shown(stream.start_from)}; wanted: {wanted}")
    yield from _check_endpoint(inside(sink, "httpEndpoint"), stream.sink.http_endpoint)
    if not _MEDIA_TYPE.fullmatch(stream.sink.http_content_type):
        read = shown(stream.sink.http_content_type)
        yield Problem(inside(sink, "httpContentType"), f"read {read}; wanted: one like application/json")
    authorization = stream.sink.http_authorization
    if authorization:
        yield from _check_secret(inside(sink, "httpAuthorization"), authorization)
    yield from _check_headers(inside(sink, "httpCustomHeaders"), stream.sink.http_custom_headers)
    yield from _check_kept(entry, current)


def _check_endpoint(path: str, url: str) -> Iterator[Problem]:
    parts = parse_absolute(url)
    is_good = parts is not None and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(url)))
    if not is_good or len(url) > LONGEST_URL:
        wanted = "an address that begins with https://, without user name and #fragment"
        yield Problem(path, f"read {shown(url)}; wanted: {wanted}")


def _check_headers(path: str, headers: tuple[HttpHeader, ...]) -> Iterator[Problem]:
    if len(headers) > MOST_HEADERS:
        yield Problem(path, f"{len(headers)} headers; wanted: at most {MOST_HEADERS}")
    seen: set[str] = set()
    for place, each in enumerate(headers):
        here, name = f"{path}[{place}]", each.header.lower()
        if not _HEADER_NAME.fullmatch(name):
            yield Problem(inside(here, "header"), f"read {shown(each.header)}; wanted: the name of a header")
        elif name in _NOT_THEIRS or name.startswith("proxy-"):
            yield Problem(inside(here, "header"), f"{shown(each.header)} is set by the server")
        elif name in seen:
            yield Problem(inside(here, "header"), f"{shown(each.header)} stands here twice")
        seen.add(name)
        yield from _check_secret(inside(here, "value"), each.value)


def _check_secret(path: str, value: str) -> Iterator[Problem]:
    if len(value) > LONGEST_SECRET or not _VISIBLE.fullmatch(value):
        wanted = f"1 to {LONGEST_SECRET} visible ASCII characters and spaces between them"
        yield Problem(path, f"read a value that is not shown; wanted: {wanted}")


def _check_kept(entry: Entry[LogStreamEntry], current: LogStream | None) -> Iterator[Problem]:
    """A secret is for the endpoint that it was given for: elsewhere it would be told to somebody else."""
    is_same = current is not None and current.sink.http_endpoint == entry.value.sink.http_endpoint
    for path, is_held in _kept(entry, current):
        if not is_held:
            yield Problem(path, _NOTHING_HELD)
        elif not is_same:
            yield Problem(path, _AGAIN)


def _kept(entry: Entry[LogStreamEntry], current: LogStream | None) -> Iterator[tuple[str, bool]]:
    """The secrets that are to stay as they are: where they stand, and whether there is one."""
    sink, path = entry.value.sink, inside(entry.path, "sink")
    has_authorization = current is not None and current.has_authorization
    names = {name.lower() for name in current.header_names} if current else set()
    is_silent = AUTHORIZATION not in entry.inner
    if sink.http_authorization == MASK or (is_silent and has_authorization):
        yield inside(path, "httpAuthorization"), has_authorization
    headers = inside(path, "httpCustomHeaders")
    if HEADERS not in entry.inner and names:
        yield headers, True
    for place, each in enumerate(sink.http_custom_headers):
        if each.value == MASK:
            yield f"{headers}[{place}].value", each.header.lower() in names

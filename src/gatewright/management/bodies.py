"""Bodies of calls: JSON objects, read as strictly as tenant files."""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec
import orjson
from starlette.requests import Request

from gatewright.management.errors import InvalidBody, NoJson
from gatewright.provisioning import InvalidFile, Problem
from gatewright.provisioning.problems import inside
from gatewright.provisioning.reading import Entry, Reader, unknown

LARGEST_BODY = 1_048_576
LARGEST_NUMBER = 2**53
"""Past it readers of JSON disagree (RFC 8259 §6)."""
MOST_ITEMS = 50

T = TypeVar("T", bound=msgspec.Struct)
Sent = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Body:
    """What a call may send: fields of ``kind``. ``partial``: all of them may be left out, as in an update.

    ``fixed`` are those fields of ``kind`` that cannot be sent, each with the reason.
    ``several``: a list of such objects is sent, ``MOST_ITEMS`` at most.
    """

    kind: type[msgspec.Struct]
    partial: bool = False
    several: bool = False
    fixed: Mapping[str, str] = field(default_factory=dict)


async def sent_object(request: Request, body: Body) -> Sent:
    """The object that was sent, its members known by name; their values are not looked at yet.

    Raises ``InvalidBody``, or ``NoJson`` for another content type.
    """
    found = await _json(request)
    if not isinstance(found, dict):
        raise InvalidBody("The body is not a JSON object.")
    check(_unknown(found, body, ""))
    return found


async def sent_objects(request: Request, body: Body) -> list[Sent]:
    """The list of objects that was sent. Raises as ``sent_object`` does."""
    found = await _json(request)
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise InvalidBody("The body is not a JSON list of objects.")
    if not 1 <= len(found) <= MOST_ITEMS:
        raise InvalidBody(f"The body lists {len(found)} objects; wanted: 1 to {MOST_ITEMS}.")
    check(problem for place, each in enumerate(found) for problem in _unknown(each, body, f"[{place}]"))
    return found


def _unknown(sent: Sent, body: Body, path: str) -> list[Problem]:
    fields = {each.encode_name: each for each in msgspec.structs.fields(body.kind)}
    allowed = {name: each for name, each in fields.items() if name not in body.fixed}
    return [
        Problem(inside(path, name), body.fixed.get(name) or unknown(name, allowed))
        for name in sent
        if name not in allowed
    ]


def _kind(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def _json(request: Request) -> object:
    kind = _kind(request)
    if kind != "application/json":
        raise NoJson(f"The content type is {kind[:100] or 'missing'!r}; wanted: application/json.")
    return _read(await _content(request))


async def sent_text(request: Request, body: Body, name: str) -> str:
    """A text that was sent as ``text/html``, as JSON, or as the member ``name`` of an object.

    Raises as ``sent_object`` does.
    """
    if _kind(request) == "text/html":
        try:
            found: object = (await _content(request)).decode()
        except UnicodeDecodeError:
            raise InvalidBody("The body is not UTF-8.") from None
    else:
        found = await _json(request)
    if isinstance(found, dict):
        check(_unknown(found, body, ""))
        found = getattr(entry_of(body.kind, found).value, name)
    if not isinstance(found, str) or "\0" in found:
        raise InvalidBody(f"The body is no text, and no JSON object with {name}.")
    return found


def merged(held: Mapping[str, Any], sent: Sent, *, by_key: frozenset[str] = frozenset()) -> Sent:
    """What is held with what was sent laid over it; ``null`` brings a field back to its default.

    Of the fields ``by_key``, which are mappings, the members are laid over each other, and ``null``
    removes one; every other field is replaced whole.
    """
    result = dict(held)
    for name, value in sent.items():
        if value is None:
            result.pop(name, None)
        elif name in by_key and isinstance(value, dict) and isinstance(result.get(name), dict):
            result[name] = {k: v for k, v in (result[name] | value).items() if v is not None}
        else:
            result[name] = value
    return result


def entry_of(kind: type[T], values: Mapping[str, Any], path: str = "") -> Entry[T]:
    """The struct that ``values`` describe. Raises ``InvalidFile`` with all that is wrong in their shape."""
    reader = Reader()
    entry = reader.entry(kind, dict(values), path)
    check(reader.problems)
    assert entry is not None, "whatever cannot be read is a problem"
    return entry


def present(sent: Sent) -> Sent:
    """What was sent without what is ``null``: whatever is made new has its defaults."""
    return {name: value for name, value in sent.items() if value is not None}


def check(problems: Iterable[Problem]) -> None:
    """Raises ``InvalidFile`` when there are any."""
    found = tuple(problems)
    if found:
        raise InvalidFile(found)


async def _content(request: Request) -> bytes:
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > LARGEST_BODY:
            raise InvalidBody(f"The body has more than {LARGEST_BODY} bytes.")
        chunks.append(chunk)
    return b"".join(chunks)


def _read(content: bytes) -> object:
    try:
        found = orjson.loads(content)
        json.loads(content, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise InvalidBody("The body is not JSON in UTF-8.") from None
    if not _can_be_kept(found):
        raise InvalidBody("The body has a character or a number that cannot be kept.")
    return found


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Of two members with one name one reader takes the first, another the last (RFC 8259 §4)."""
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise InvalidBody(f"{twice[:60]!r} stands in the body twice.")
    return made


def _can_be_kept(value: object) -> bool:
    if isinstance(value, str):
        return "\0" not in value
    if isinstance(value, dict):
        return all("\0" not in name and _can_be_kept(inner) for name, inner in value.items())
    if isinstance(value, list):
        return all(map(_can_be_kept, value))
    if isinstance(value, (int, float)):
        return math.isfinite(value) and abs(value) <= LARGEST_NUMBER
    return True

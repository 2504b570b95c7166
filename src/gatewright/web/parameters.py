"""Parameters of protocol requests, parsed once and strictly.

Own parser on purpose: a size cap, strict UTF-8, and a repeated parameter is noticed (RFC 6749 §3.1, §3.2),
which general form parsers forgive.
NUL is refused because a database may not be able to hold it.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

import orjson
from starlette.requests import Request

from gatewright.kernel.errors import Invalid
from gatewright.kernel.texts import N_, Phrase

LARGEST_BODY = 65_536
LARGEST_QUERY = 16_384
MOST_PARAMETERS = 100

_FORM = "application/x-www-form-urlencoded"
_LONG_QUERY = N_("the query has %(seen)s bytes, at most %(most)s are read")
_NO_TYPE = N_("the content type is missing, %(wanted)s is expected")
_OTHER_TYPE = N_("the content type is '%(seen)s', %(wanted)s is expected")
_LONG_BODY = N_("the body has more than %(most)s bytes")
_MANY = N_("there are more than %(most)s parameters")
_NOT_UTF8 = N_("the parameters are not UTF-8")
_NUL = N_("a parameter has a NUL character")


class NotText(Invalid):
    """The member ``name`` of a JSON body is no string."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name!r} is not a string")
        self.name = name


class Parameters(Mapping[str, str]):
    """Named values; empty ones count as absent (RFC 6749 §3.1).

    ``repeated`` names what came more than once.
    """

    __slots__ = ("_values", "repeated")

    def __init__(self, values: Mapping[str, str], repeated: frozenset[str] = frozenset()) -> None:
        self._values = values
        self.repeated = repeated

    def __getitem__(self, name: str) -> str:
        return self._values[name]

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def get(self, name: str, default: Any = None) -> Any:
        """The value, or ``default``."""
        return self._values.get(name, default)


def from_query(request: Request) -> Parameters:
    """The query's parameters. Raises ``Invalid`` for what is too long or not UTF-8."""
    raw = request.scope["query_string"]
    if len(raw) > LARGEST_QUERY:
        raise Invalid(Phrase(_LONG_QUERY, seen=len(raw), most=LARGEST_QUERY))
    return _parsed(raw)


async def from_form(request: Request) -> Parameters:
    """The parameters of a form body. Raises ``Invalid`` for another content type, or a malformed body."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _FORM:
        raise Invalid(
            Phrase(_OTHER_TYPE, seen=kind[:100], wanted=_FORM) if kind else Phrase(_NO_TYPE, wanted=_FORM)
        )
    return _parsed(await body_of(request))


async def from_body(request: Request) -> Parameters:
    """The parameters of a form or JSON body, whichever it says it is. Raises ``Invalid``."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == _FORM:
        return _parsed(await body_of(request))
    if kind == "application/json":
        return _from_json(await body_of(request))
    raise Invalid(f"the content type is {kind or 'missing'!r}, {_FORM} or application/json is expected")


async def from_body_with(request: Request, member: str) -> tuple[Parameters, Parameters]:
    """The parameters of such a body, and those inside its ``member``, an object of texts that may be absent.

    A form has it as ``member[name]=value``. Raises ``Invalid``.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        return _from_json_with(await body_of(request), member)
    form, inside = await from_body(request), re.compile(rf"{member}\[([^\[\]]+)\]")
    inner = {found[1]: form[name] for name in form if (found := inside.fullmatch(name))}
    return form, Parameters(inner)


async def body_of(request: Request) -> bytes:
    """The whole body. Raises ``Invalid`` as soon as it is longer than we read."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > LARGEST_BODY:
            raise Invalid(Phrase(_LONG_BODY, most=LARGEST_BODY))
        chunks.append(chunk)
    return b"".join(chunks)


def _parsed(raw: bytes) -> Parameters:
    try:
        pieces = raw.decode("utf-8").split("&")
        if len(pieces) > MOST_PARAMETERS:
            raise Invalid(Phrase(_MANY, most=MOST_PARAMETERS))
        pairs = [(_plain(name), _plain(value)) for name, _, value in (p.partition("=") for p in pieces)]
    except UnicodeDecodeError:
        raise Invalid(Phrase(_NOT_UTF8)) from None
    return _collected(pairs)


def _plain(text: str) -> str:
    """Undoes form encoding (WHATWG URL §5.1); most names and values have nothing to undo."""
    if "+" in text:
        text = text.replace("+", " ")
    return unquote(text, errors="strict") if "%" in text else text


def _from_json(raw: bytes) -> Parameters:
    _check_texts(_json_object(raw), "the body")
    # Read once more as pairs: a mapping does not tell which members came twice (RFC 8259 §4).
    return _collected(json.loads(raw, object_pairs_hook=list))


def _from_json_with(raw: bytes, member: str) -> tuple[Parameters, Parameters]:
    found = _json_object(raw)
    _check_texts(found.pop(member, None) or {}, member)
    _check_texts(found, "the body")
    pairs = json.loads(raw, object_pairs_hook=list)
    inner = [value or () for name, value in pairs if name == member]
    if len(inner) > 1:
        raise Invalid(f"{member!r} was sent more than once")
    return _collected(pair for pair in pairs if pair[0] != member), _collected(*inner or ((),))


def _json_object(raw: bytes) -> dict[str, object]:
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise Invalid("the body is not JSON") from None
    if not isinstance(found, dict):
        raise Invalid("the body is not a JSON object")
    return found


def _check_texts(found: object, what: str) -> None:
    if not isinstance(found, dict) or len(found) > MOST_PARAMETERS:
        raise Invalid(f"{what} is not a JSON object of at most {MOST_PARAMETERS} members")
    for name, value in found.items():
        if value is not None and not isinstance(value, str):
            raise NotText(name[:60])


def _collected(pairs: Iterable[tuple[str, str | None]]) -> Parameters:
    """The first value of each name; the names that came more than once. Raises ``Invalid`` for NUL."""
    values: dict[str, str] = {}
    repeated: set[str] = set()
    seen: set[str] = set()
    for name, value in pairs:
        if "\0" in name or "\0" in (value or ""):
            raise Invalid(Phrase(_NUL))
        if name in seen:
            repeated.add(name)
        seen.add(name)
        if value:
            values.setdefault(name, value)
    return Parameters(values, frozenset(repeated & values.keys()))

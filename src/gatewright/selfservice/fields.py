"""What an application's own form sends, parsed once: a form, or JSON with ``user_metadata`` as an object."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson
from starlette.requests import Request

from gatewright.kernel.errors import Invalid
from gatewright.selfservice.errors import MalformedRequest
from gatewright.web.parameters import MOST_PARAMETERS, Parameters, body_of, from_form

METADATA = "user_metadata"
LONGEST = 1_024
"""Characters of a field, as on our own pages."""

_FORM, _JSON = "application/x-www-form-urlencoded", "application/json"
_IN_FORM = re.compile(rf"{METADATA}\[([^\[\]]+)\]")
_READ = frozenset(
    {
        *("client_id", "connection", "email", "username", "password"),
        *("name", "given_name", "family_name", "nickname", "picture", "phone_number"),
    }
)


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields that this room reads, empty ones left out; everything else that was sent is ignored."""

    values: Mapping[str, str] = field(repr=False)
    metadata: Mapping[str, object]

    def get(self, name: str) -> str:
        """A field without surrounding space, or nothing. A password is taken as it is."""
        value = self.values.get(name, "")
        return value if name == "password" else value.strip()

    def wanted(self, name: str) -> str:
        """A field that must be there. Raises ``MalformedRequest``."""
        value = self.get(name)
        if not value:
            raise MalformedRequest(f"missing {name} parameter")
        return value


async def read_fields(request: Request) -> Fields:
    """The fields of a body. Raises ``Invalid`` for one that is malformed, or a field that came twice."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == _JSON:
        found = _of_json(await body_of(request))
    elif kind == _FORM:
        found = _of_form(await from_form(request))
    else:
        raise Invalid(f"the content type is {kind[:100] or 'missing'}, {_FORM} or {_JSON} is expected")
    for name, value in found.values.items():
        if "\0" in value or len(value) > LONGEST:
            raise Invalid(f"{name} has a NUL character or more than {LONGEST} characters")
    return found


def _of_form(form: Parameters) -> Fields:
    if form.repeated:
        raise Invalid("a field was sent more than once")
    metadata = {match[1]: form[name] for name in form if (match := _IN_FORM.fullmatch(name))}
    return Fields({name: form[name] for name in _READ if name in form}, metadata)


def _of_json(raw: bytes) -> Fields:
    members = _members(raw)
    values: dict[str, str] = {}
    for name in _READ:
        value = members.get(name)
        if not isinstance(value, str | None):
            raise Invalid(f"{name} is not a string")
        if value:
            values[name] = value
    metadata = members.get(METADATA) or {}
    if not isinstance(metadata, dict):
        raise Invalid(f"{METADATA} is not an object")
    return Fields(values, metadata)


def _members(raw: bytes) -> dict[str, object]:
    """The members of a JSON object, each of which came once (RFC 8259 §4)."""
    try:
        found = orjson.loads(raw)
        # Read once more as pairs: a mapping does not tell which members came twice.
        pairs = json.loads(raw, object_pairs_hook=list) if isinstance(found, dict) else []
    except (ValueError, RecursionError):
        raise Invalid("the body is not JSON that we read") from None
    if not isinstance(found, dict) or len(pairs) > MOST_PARAMETERS:
        raise Invalid(f"the body is not a JSON object of at most {MOST_PARAMETERS} members")
    if len(pairs) > len(found):
        raise Invalid("a member was sent more than once")
    return found

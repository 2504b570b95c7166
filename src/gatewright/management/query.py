"""The query of a call: known parameters only, each once but for lists, read as what they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl

from starlette.requests import Request

from gatewright.management.errors import InvalidQuery
from gatewright.provisioning import shown

Kind = Literal["text", "number", "flag", "list"]

LARGEST_QUERY = 16_384
MOST_PARAMETERS = 200


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter that an endpoint reads. A ``list`` may be repeated, and separated by commas."""

    name: str
    meaning: str
    kind: Kind = "text"


PAGES = (
    Parameter("page", "Which page, counted from 0.", "number"),
    Parameter("per_page", "How many on a page: 50, and at most 100.", "number"),
    Parameter("include_totals", "Whether the answer tells how many there are at all.", "flag"),
)
CHECKPOINTS = (
    Parameter("from", "`next` of the page before."),
    Parameter("take", "How many on a page: 50, and at most 100.", "number"),
)
TOTALS_IN_VAIN = Parameter(
    "include_totals", "Accepted, and of no meaning where pages begin at a checkpoint.", "flag"
)
FIELDS = (
    Parameter("fields", "Names of fields, separated by commas.", "list"),
    Parameter("include_fields", "Whether `fields` are those wanted (`true`) or those left out.", "flag"),
)


class Query:
    """The parameters of one request. Raises ``InvalidQuery`` for what is unknown, repeated or ill-formed."""

    def __init__(self, values: Mapping[str, tuple[str, ...]]) -> None:
        self._values = values

    @classmethod
    def of(cls, request: Request, known: tuple[Parameter, ...]) -> "Query":
        """The query of ``request``, of which ``known`` are read."""
        raw: bytes = request.scope["query_string"]
        if len(raw) > LARGEST_QUERY:
            raise InvalidQuery(f"The query has {len(raw)} bytes; at most {LARGEST_QUERY} are read.")
        values: dict[str, tuple[str, ...]] = {}
        for name, value in _pairs(raw):
            values[name] = (*values.get(name, ()), value)
        kinds = {parameter.name: parameter.kind for parameter in known}
        for name, given in values.items():
            if name not in kinds:
                wanted = ", ".join(kinds) or "none"
                raise InvalidQuery(f"No parameter {shown(name)} here; known: {wanted}.")
            if len(given) > 1 and kinds[name] != "list":
                raise InvalidQuery(f"{name} was sent {len(given)} times.")
        query = cls(values)
        query._check(kinds)
        return query

    def _check(self, kinds: Mapping[str, Kind]) -> None:
        """Reads what somebody may not ask for, so that it is refused when it means nothing."""
        for name in self._values:
            if kinds[name] == "flag":
                self.flag(name)
            elif kinds[name] == "number":
                self.number(name, 0)

    def text(self, name: str) -> str:
        """The value; "" when there is none."""
        return self._values.get(name, ("",))[0]

    def has(self, name: str) -> bool:
        """Whether it was sent at all."""
        return name in self._values

    def number(self, name: str, default: int, *, lowest: int = 0, highest: int = 10**9) -> int:
        """A whole number in a range."""
        if not self.has(name):
            return default
        text = self.text(name)
        value = int(text) if text.isascii() and text.isdigit() and len(text) < 12 else -1
        if not lowest <= value <= highest:
            raise InvalidQuery(f"{name}: read {shown(text)}; wanted: {lowest} to {highest}.")
        return value

    def flag(self, name: str) -> bool | None:
        """``true`` or ``false``; ``None`` when it was not sent."""
        if not self.has(name):
            return None
        text = self.text(name)
        if text not in ("true", "false"):
            raise InvalidQuery(f"{name}: read {shown(text)}; wanted: true or false.")
        return text == "true"

    def items(self, name: str) -> tuple[str, ...]:
        """The members of a list, each once."""
        given = (piece.strip() for value in self._values.get(name, ()) for piece in value.split(","))
        return tuple(dict.fromkeys(filter(None, given)))


def _pairs(raw: bytes) -> list[tuple[str, str]]:
    try:
        pairs = parse_qsl(
            raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS
        )
    except ValueError:
        raise InvalidQuery(
            f"The query is not form-encoded UTF-8 of at most {MOST_PARAMETERS} parameters."
        ) from None
    if any("\0" in text for pair in pairs for text in pair):
        raise InvalidQuery("The query has a NUL character.")
    return pairs

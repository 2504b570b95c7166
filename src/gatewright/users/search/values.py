"""What is written after a field's name → the condition, its values in the types of the field.

Every function raises ``Invalid`` for a value that the field cannot have.
"""

from gatewright.kernel.errors import Invalid
from gatewright.users.identifiers import folded, normalised
from gatewright.users.search.dates import span_of
from gatewright.users.search.fields import Field
from gatewright.users.search.query import Bound, Equals, Exists, Matches, Pattern, Query, Range, Value, Wild

MOST_STARS = 3
"""Each further one multiplies the work of a comparison."""

_LARGEST = 2**63 - 1
_BOOLEANS = {"true": True, "false": False}
_WANTED = {
    "number": "a whole number",
    "date": "a date, as 2026-03-01 or 2026-03-01T10:00:00Z",
    "boolean": "true or false",
}


def equal_to(field: Field, text: str) -> Query:
    """The field has the value written as ``text``; a date is the whole time that it names."""
    if field.kind == "date":
        first, last = _span(field, text)
        return Range(field, Bound(first), Bound(last))
    if field.kind == "number":
        return Equals(field, _number(field, text))
    if field.kind == "boolean":
        if text.lower() not in _BOOLEANS:
            raise _wrong(field, text)
        return Equals(field, _BOOLEANS[text.lower()])
    _refuse_whole(field)
    return Equals(field, normalised(text) if field.kind == "folded" else text)


def matching(field: Field, pattern: Pattern) -> Query:
    """The field fits ``pattern``; a lone star means that it has any value."""
    if pattern == (Wild.MANY,):
        return Exists(field)
    if field.kind in _WANTED:
        raise Invalid(f"{field.name} has no text for a wildcard; wanted: {_WANTED[field.kind]}")
    _refuse_whole(field)
    if pattern.count(Wild.MANY) > MOST_STARS:
        raise Invalid(f"wanted: at most {MOST_STARS} stars in one value")
    if field.kind == "folded":
        pattern = tuple(folded(piece) if isinstance(piece, str) else piece for piece in pattern)
    return Matches(field, pattern)


def between(field: Field, low: tuple[str, bool] | None, high: tuple[str, bool] | None) -> Query:
    """The field lies between the ends; each is a text and whether it belongs to the range."""
    if low is None and high is None:
        return Exists(field)
    if field.kind in ("boolean", "identity"):
        raise Invalid(f"{field.name} has no order, so no range")
    _refuse_whole(field)
    if field.kind == "metadata":
        return Range(field, *_alike(low, high))
    bounds = (_bound(field, low, is_low=True), _bound(field, high, is_low=False))
    return Range(field, *bounds)


def _bound(field: Field, end: tuple[str, bool] | None, *, is_low: bool) -> Bound | None:
    if end is None:
        return None
    text, inclusive = end
    value: Value
    if field.kind == "date":
        first, last = _span(field, text)
        value = first if is_low == inclusive else last
    elif field.kind == "number":
        value = _number(field, text)
    else:
        value = normalised(text) if field.kind == "folded" else text
    return Bound(value, inclusive)


def _alike(low: tuple[str, bool] | None, high: tuple[str, bool] | None) -> tuple[Bound | None, Bound | None]:
    """Both ends as numbers if they can be, else both as texts: metadata has no types of ours."""
    numbers = [_plain_number(end[0]) for end in (low, high) if end]
    are_numbers = bool(numbers) and None not in numbers

    def made(end: tuple[str, bool] | None) -> Bound | None:
        if end is None:
            return None
        number = _plain_number(end[0])
        return Bound(number if are_numbers and number is not None else end[0], end[1])

    return made(low), made(high)


def _plain_number(text: str) -> float | None:
    try:
        number = float(text) if text.isascii() and "_" not in text else None
    except ValueError:
        return None
    return number if number is not None and abs(number) < float("inf") else None


def _span(field: Field, text: str) -> tuple[int, int]:
    span = span_of(text)
    if span is None:
        raise _wrong(field, text)
    return span


def _number(field: Field, text: str) -> int:
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 19 and int(digits) <= _LARGEST):
        raise _wrong(field, text)
    return int(text)


def _refuse_whole(field: Field) -> None:
    if field.kind == "metadata" and len(field.path) == 1:
        raise Invalid(f"wanted: a key after {field.name}, as {field.name}.plan")


def _wrong(field: Field, text: str) -> Invalid:
    return Invalid(f"{field.name}: read {text[:60]!r}; wanted: {_WANTED[field.kind]}")

"""In which order users are told: ``created_at:-1`` is the newest first."""

from dataclasses import dataclass

from gatewright.kernel.errors import Invalid
from gatewright.users.search.fields import FIELDS, Field

_DIRECTIONS = {"1": False, "-1": True}
_NO_ORDER = ("identity", "metadata", "boolean")


@dataclass(frozen=True, slots=True)
class Order:
    """A field and a direction; users who are alike in it follow each other by their ids."""

    field: Field
    descending: bool = False


def order_of(text: str) -> Order | None:
    """The order that ``text`` asks for; "" asks for none. Raises ``Invalid``."""
    if not text:
        return None
    name, _, direction = text.rpartition(":")
    field = FIELDS.get(name)
    if field is None or field.kind in _NO_ORDER or direction not in _DIRECTIONS:
        wanted = "a field and a direction, as created_at:-1 (newest first) or name:1"
        raise Invalid(f"read {text[:60]!r}; wanted: {wanted}", path="sort")
    return Order(field, _DIRECTIONS[direction])

"""What storage must be able to find."""

from dataclasses import dataclass
from typing import Protocol

from gatewright.users.model import User
from gatewright.users.search.order import Order
from gatewright.users.search.query import Query

MOST_FOUND = 1_000
"""Users that a search can tell of, all its pages together."""


@dataclass(frozen=True, slots=True)
class Search:
    """One page of what a query finds; without an order, in the one that costs least."""

    query: Query
    order: Order | None = None
    offset: int = 0
    limit: int = 50


class UserIndex(Protocol):
    """Users by what is known of them."""

    async def find(self, tenant_id: str, search: Search) -> list[User]:
        """The users of one page, as they are now."""
        ...

    async def count(self, tenant_id: str, query: Query) -> int:
        """How many the query finds; nobody counts further than ``MOST_FOUND``."""
        ...

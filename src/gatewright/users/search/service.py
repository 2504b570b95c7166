"""What one may do with searches."""

from dataclasses import dataclass

from gatewright.kernel.errors import Invalid
from gatewright.users.identifiers import normalised
from gatewright.users.model import User
from gatewright.users.search.fields import FIELDS
from gatewright.users.search.order import order_of
from gatewright.users.search.parser import parse
from gatewright.users.search.query import EVERYBODY, Equals, Query, both
from gatewright.users.search.store import MOST_FOUND, Search, UserIndex

LARGEST_PAGE = 100


@dataclass(frozen=True, slots=True)
class Found:
    """A page of users. ``start`` is the place of the first; ``total`` is ``None`` where nobody asked.

    ``total`` counts as far as pages go: ``MOST_FOUND`` stands for that many or more.
    """

    users: tuple[User, ...]
    start: int
    limit: int
    total: int | None = None


class UserSearch:
    """Finds users."""

    def __init__(self, index: UserIndex) -> None:
        self._index = index

    async def page(
        self,
        tenant_id: str,
        *,
        q: str = "",
        connection: str = "",
        sort: str = "",
        page: int = 0,
        per_page: int = 50,
        with_total: bool = False,
    ) -> Found:
        """One page of the users whom ``q`` and ``connection`` find; ``page`` counts from 0.

        Raises ``Invalid`` for a query, an order or a page that cannot be read or reached.
        """
        if page < 0 or not 1 <= per_page <= LARGEST_PAGE:
            wanted = f"page from 0, per_page from 1 to {LARGEST_PAGE}"
            raise Invalid(f"read page {page}, per_page {per_page}; wanted: {wanted}", path="page")
        start = page * per_page
        if start + per_page > MOST_FOUND:
            raise Invalid(f"wanted: one of the first {MOST_FOUND} users; narrow the search", path="page")
        query = both(parse(q), _of_connection(connection))
        search = Search(query, order_of(sort), offset=start, limit=per_page)
        users = await self._index.find(tenant_id, search)
        total = await self._total(tenant_id, search, len(users)) if with_total else None
        return Found(tuple(users), start, per_page, total)

    async def by_email(self, tenant_id: str, email: str) -> tuple[User, ...]:
        """Everybody with that address, in whatever connection, upper and lower case alike."""
        query = Equals(FIELDS["email"], normalised(email))
        if not query.value:
            return ()
        return tuple(await self._index.find(tenant_id, Search(query, limit=LARGEST_PAGE)))

    async def _total(self, tenant_id: str, search: Search, told: int) -> int:
        """Counted only where the page does not tell by itself."""
        if told < search.limit and (told or not search.offset):
            return search.offset + told
        return await self._index.count(tenant_id, search.query)


def _of_connection(name: str) -> Query:
    return Equals(FIELDS["identities.connection"], name) if name else EVERYBODY

"""``/users``: finding and reading users."""

from gatewright.kernel.errors import Invalid
from gatewright.management.errors import InvalidQuery
from gatewright.management.paging import offset_of
from gatewright.management.people import check_oneself, user_of
from gatewright.management.query import FIELDS, PAGES, Parameter
from gatewright.management.resource import Answer, Call, Operation
from gatewright.management.user_shape import ShownUser, user_shown
from gatewright.users import UserStore
from gatewright.users.search import Found, UserSearch

_READ = "read:users"
_SEARCH = (
    Parameter("q", "Whom to find, in the syntax of Lucene: `email:jane*`."),
    Parameter("sort", "A field and a direction: `created_at:-1` for the newest first."),
    Parameter("connection", "The name of a connection in which they have an identity."),
    Parameter("search_engine", "`v3`, which is the only one."),
    Parameter("primary_order", "Accepted, for one user stands in one place anyway.", "flag"),
)
_PAST_SEARCH = "tokens of identity providers, and totals beyond 1000"


class UserResource:
    """See ``resource.Resource``."""

    def __init__(self, users: UserStore, search: UserSearch) -> None:
        self._users = users
        self._search = search

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its endpoints."""
        return (
            Operation(
                method="GET",
                path="/users",
                scopes=(_READ,),
                summary="List or search users.",
                run=self._list,
                query=(*PAGES, *FIELDS, *_SEARCH),
                shows=ShownUser,
                plural="users",
                lacks=_PAST_SEARCH,
            ),
            Operation(
                method="GET",
                path="/users-by-email",
                scopes=(_READ,),
                summary="List the users who have an e-mail address, in whatever connection.",
                run=self._by_email,
                query=(*FIELDS, Parameter("email", "The address; upper and lower case are alike.")),
                shows=ShownUser,
                bare_list=True,
            ),
            Operation(
                method="GET",
                path="/users/{id}",
                scopes=(_READ, "read:current_user"),
                summary="Read a user; with `read:current_user`, oneself.",
                run=self._read,
                query=FIELDS,
                shows=ShownUser,
                lacks="tokens of identity providers",
            ),
        )

    async def _list(self, call: Call) -> Answer:
        if call.query.text("search_engine") not in ("", "v3"):
            raise InvalidQuery("search_engine: wanted: v3.")
        paging, found = offset_of(call.query), await self._found(call)
        users = [call.selected(user_shown(user)) for user in found.users]
        return Answer(paging.answer("users", users, found.total or 0, length=len(users)))

    async def _found(self, call: Call) -> Found:
        """The page asked for. Raises ``InvalidQuery``, with the place in ``q`` that cannot be read."""
        paging = offset_of(call.query)
        try:
            return await self._search.page(
                call.tenant_id,
                q=call.query.text("q"),
                connection=call.query.text("connection"),
                sort=call.query.text("sort"),
                page=paging.page,
                per_page=paging.per_page,
                with_total=paging.include_totals,
            )
        except Invalid as error:
            raise InvalidQuery(error.message) from None

    async def _by_email(self, call: Call) -> Answer:
        email = call.query.text("email")
        if not email:
            raise InvalidQuery("email: missing; wanted: an e-mail address.")
        found = await self._search.by_email(call.tenant_id, email)
        return Answer([call.selected(user_shown(user)) for user in found])

    async def _read(self, call: Call) -> Answer:
        check_oneself(call, _READ)
        return call.one(user_shown(await user_of(call, self._users)))

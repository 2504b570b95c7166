"""``/refresh-tokens`` and ``/users/{user_id}/refresh-tokens``: which there are; ``revoking`` ends many."""

import msgspec

from gatewright.clients import Clients
from gatewright.kernel.events import Bus
from gatewright.kernel.units import Unmatched
from gatewright.management.bodies import Body, entry_of
from gatewright.management.errors import Contended, Inexistent, InvalidQuery
from gatewright.management.notes import note_of
from gatewright.management.paging import checkpoint_of
from gatewright.management.people import access_changed, user_of
from gatewright.management.query import CHECKPOINTS, FIELDS, TOTALS_IN_VAIN, Parameter
from gatewright.management.refresh_token_shape import ShownRefreshToken, shown_refresh_token
from gatewright.management.resource import Answer, Call, Operation, Shown
from gatewright.oauth.model import NotedFamily, Whose
from gatewright.oauth.store import FamilyIndex
from gatewright.users import UserStore

_READ = ("read:refresh_tokens",)
_LACKS = "where a token was last exchanged, and network numbers (asn)"
_TRIES = 10


class RefreshTokenEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What of a refresh token can be changed."""

    refresh_token_metadata: dict[str, str] | None = None


class RefreshTokenResource:
    """See ``resource.Resource``."""

    def __init__(self, index: FamilyIndex, clients: Clients, users: UserStore, bus: Bus) -> None:
        self._index = index
        self._clients = clients
        self._users = users
        self._bus = bus

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its endpoints."""
        whose = (
            Parameter("user_id", "Whose tokens; it must be said."),
            Parameter("client_id", "For which application."),
        )
        return (
            Operation(
                method="GET",
                path="/refresh-tokens",
                scopes=_READ,
                summary="List refresh tokens of a user.",
                run=self._list,
                query=(*whose, *CHECKPOINTS, TOTALS_IN_VAIN, *FIELDS),
                shows=ShownRefreshToken,
                plural="refresh_tokens",
                lacks=_LACKS,
            ),
            Operation(
                method="GET",
                path="/refresh-tokens/{id}",
                scopes=_READ,
                summary="Read a refresh token; the token itself is shown nowhere.",
                run=self._read,
                shows=ShownRefreshToken,
                lacks=_LACKS,
            ),
            Operation(
                method="PATCH",
                path="/refresh-tokens/{id}",
                scopes=("update:refresh_tokens",),
                summary="Replace the metadata of a refresh token.",
                run=self._update,
                body=Body(RefreshTokenEntry, partial=True),
                shows=ShownRefreshToken,
                lacks=_LACKS,
            ),
            Operation(
                method="GET",
                path="/users/{user_id}/refresh-tokens",
                scopes=_READ,
                summary="List a user's refresh tokens.",
                run=self._list_of_user,
                query=(*CHECKPOINTS, TOTALS_IN_VAIN),
                shows=ShownRefreshToken,
                plural="tokens",
                lacks=_LACKS,
            ),
        )

    async def _list(self, call: Call) -> Answer:
        user_id = call.query.text("user_id")
        if not user_id:
            raise InvalidQuery("user_id: missing; wanted: the id of a user.")
        whose = Whose(user_id=user_id, client_id=call.query.text("client_id"))
        return await self._page(call, whose, "refresh_tokens")

    async def _list_of_user(self, call: Call) -> Answer:
        user = await user_of(call, self._users, "user_id")
        return await self._page(call, Whose(user_id=user.user_id), "tokens")

    async def _page(self, call: Call, whose: Whose, plural: str) -> Answer:
        page = checkpoint_of(call.query)
        found = await self._index.alive(
            call.tenant_id, whose, now=call.now, after=page.after, limit=page.take + 1
        )
        shown = [call.selected(await self._shown(call, each)) for each in found[: page.take]]
        following = found[page.take - 1].family.grant.grant_id if len(found) > page.take else ""
        return Answer(page.answer(plural, shown, following))

    async def _read(self, call: Call) -> Answer:
        return call.one(await self._shown(call, await family_of(call, self._index, call.id())))

    async def _update(self, call: Call) -> Answer:
        sent = await call.body()
        if "refresh_token_metadata" not in sent:
            return await self._read(call)
        metadata = entry_of(RefreshTokenEntry, sent).value.refresh_token_metadata
        note = note_of("refresh_token_metadata", metadata, call.now)
        for _ in range(_TRIES):
            noted = await family_of(call, self._index, call.id())
            call.check_unchanged(await self._shown(call, noted))
            grant, names = noted.family.grant, sorted(metadata or ())
            event = access_changed(
                call, grant.user_id, "Update a refresh token", refresh_token=grant.grant_id, metadata=names
            )
            try:
                await self._bus.commit((self._index.note(call.tenant_id, noted, note),), event)
            except Unmatched:  # it was revoked, or somebody else was quicker: look again
                continue
            return call.one(await self._shown(call, NotedFamily(noted.family, note)))
        raise Contended("The refresh token is being changed by others; try again.")

    async def _shown(self, call: Call, noted: NotedFamily) -> Shown:
        client = await self._clients.get(call.tenant_id, noted.family.grant.client_id)
        return shown_refresh_token(call.tenant, noted, client)


async def family_of(
    call: Call, index: FamilyIndex, grant_id: str, kind: str = "refresh_token"
) -> NotedFamily:
    """The family of the grant, if its token can still be refreshed. Raises ``Inexistent`` of ``kind``."""
    noted = await index.noted(call.tenant_id, grant_id)
    if noted is None or not noted.family.is_alive(call.now):
        raise Inexistent(kind)
    return noted

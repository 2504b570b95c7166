"""``/grants``: what users allowed applications, and taking it back."""

import msgspec

from gatewright.consents import Consent, ConsentStore, Given
from gatewright.consents import user_of as user_named_in
from gatewright.kernel.events import Bus
from gatewright.kernel.units import Unit
from gatewright.management.errors import Inexistent, InvalidQuery
from gatewright.management.paging import MOST_COUNTED, offset_of
from gatewright.management.people import access_changed
from gatewright.management.query import PAGES, Parameter
from gatewright.management.resource import Answer, Call, Operation, Shown, shown_as
from gatewright.oauth.model import Whose
from gatewright.oauth.store import FamilyIndex

_MOST_OF_ONE = 10_000
"""Consents of one user that are looked through; nobody has so many applications."""

_USER = Parameter("user_id", "Whose consents.")
_FILTERS = (
    _USER,
    Parameter("client_id", "To which application."),
    Parameter("audience", "For which API; the address of userinfo where none was named."),
)


class ShownUserGrant(msgspec.Struct, frozen=True, kw_only=True):
    """A consent as the wire shows it; one without an API is shown with the address of userinfo."""

    id: str
    client_id: str = msgspec.field(name="clientID")
    user_id: str
    audience: str
    scope: tuple[str, ...]


class GrantResource:
    """See ``resource.Resource``."""

    def __init__(self, consents: ConsentStore, index: FamilyIndex, bus: Bus) -> None:
        self._consents = consents
        self._index = index
        self._bus = bus

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its endpoints."""
        return (
            Operation(
                method="GET",
                path="/grants",
                scopes=("read:grants",),
                summary="List what users allowed applications.",
                run=self._list,
                query=(*PAGES, *_FILTERS),
                shows=ShownUserGrant,
                plural="grants",
                lacks=f"organization_id, and totals beyond {MOST_COUNTED}",
            ),
            Operation(
                method="DELETE",
                path="/grants",
                scopes=("delete:grants",),
                summary="Take back all that a user allowed, refresh tokens included.",
                run=self._delete_of_user,
                status=204,
                query=(_USER,),
            ),
            Operation(
                method="DELETE",
                path="/grants/{id}",
                scopes=("delete:grants",),
                summary="Take back what a user allowed an application, refresh tokens included.",
                run=self._delete,
                status=204,
            ),
        )

    async def _list(self, call: Call) -> Answer:
        paging, given = offset_of(call.query), _given(call)
        found = await self._consents.find(call.tenant_id, given, skip=paging.start, limit=paging.per_page)
        total = (
            await self._consents.count(call.tenant_id, given, most=MOST_COUNTED)
            if paging.include_totals
            else 0
        )
        return Answer(paging.answer("grants", [_shown(call, each) for each in found], total))

    async def _delete(self, call: Call) -> Answer:
        user_id, consent_id = user_named_in(call.id()), call.id()
        for consent in await self._of(call, user_id) if user_id else ():
            if consent.consent_id == consent_id:
                await self._withdraw(call, consent.user_id, "Delete a grant", [consent])
                return Answer()
        raise Inexistent("grant")

    async def _delete_of_user(self, call: Call) -> Answer:
        user_id = call.query.text("user_id")
        if not user_id:
            raise InvalidQuery("user_id: missing; wanted: the id of a user.")
        await self._withdraw(call, user_id, "Delete all grants of a user", await self._of(call, user_id))
        return Answer()

    async def _of(self, call: Call, user_id: str) -> list[Consent]:
        return await self._consents.find(call.tenant_id, Given(user_id=user_id), limit=_MOST_OF_ONE)

    async def _withdraw(self, call: Call, user_id: str, description: str, consents: list[Consent]) -> None:
        """The consents go, and what was got by them."""
        unit: Unit = ()
        for each in consents:
            place = (user_id, each.client_id, each.audience)
            whose = Whose(user_id=user_id, client_id=each.client_id, audience=each.audience)
            unit += (self._consents.withdraw(call.tenant_id, *place),)
            unit += self._index.revoke(call.tenant_id, whose, at=call.now)
        told = [{"client_id": each.client_id, "audience": each.audience} for each in consents]
        await self._bus.commit(unit, access_changed(call, user_id, description, grants=told))


def _given(call: Call) -> Given:
    audience = call.query.text("audience") if call.query.has("audience") else None
    return Given(
        user_id=call.query.text("user_id"),
        client_id=call.query.text("client_id"),
        audience="" if audience == call.tenant.userinfo_audience else audience,
    )


def _shown(call: Call, consent: Consent) -> Shown:
    return shown_as(
        ShownUserGrant(
            id=consent.consent_id,
            client_id=consent.client_id,
            user_id=consent.user_id,
            audience=consent.audience or call.tenant.userinfo_audience,
            scope=tuple(sorted(consent.scopes)),
        )
    )

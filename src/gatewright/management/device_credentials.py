"""``/device-credentials``: refresh tokens by the devices that hold them."""

from typing import Literal

import msgspec

from gatewright.clients import Clients
from gatewright.kernel.events import Bus
from gatewright.management.errors import Inexistent, InvalidQuery
from gatewright.management.paging import MOST_COUNTED, Offset, listed, offset_of
from gatewright.management.query import FIELDS, PAGES, Parameter
from gatewright.management.refresh_tokens import family_of
from gatewright.management.resource import Answer, Call, Operation, Shown, moment, shown_as
from gatewright.management.revoking import revoke
from gatewright.oauth.families import rotates
from gatewright.oauth.model import NotedFamily, Whose
from gatewright.oauth.store import AuthorizationStore, FamilyIndex

_DELETE = "delete:device_credentials"
_TYPES = ("public_key", "refresh_token", "rotating_refresh_token")
_MOST_OF_ONE = 1_000
_FILTERS = (
    Parameter("user_id", "Whose devices."),
    Parameter("client_id", "With which application."),
    Parameter("type", f"One of {', '.join(_TYPES)}; needs `user_id`."),
)


class ShownDevice(msgspec.Struct, frozen=True, kw_only=True):
    """A device as the wire shows it: named as the application called it, or by its user agent."""

    id: str
    device_name: str = ""
    type: Literal["refresh_token", "rotating_refresh_token"]
    user_id: str
    client_id: str
    last_used: str


class DeviceCredentialResource:
    """See ``resource.Resource``."""

    def __init__(self, index: FamilyIndex, store: AuthorizationStore, clients: Clients, bus: Bus) -> None:
        self._index = index
        self._store = store
        self._clients = clients
        self._bus = bus

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its endpoints."""
        return (
            Operation(
                method="GET",
                path="/device-credentials",
                scopes=("read:device_credentials",),
                summary="List devices that hold a refresh token.",
                run=self._list,
                query=(*PAGES, *FIELDS, *_FILTERS),
                shows=ShownDevice,
                plural="device_credentials",
                lacks=f"public keys, device_id, type without user_id, and totals beyond {MOST_COUNTED}",
            ),
            Operation(
                method="DELETE",
                path="/device-credentials/{id}",
                scopes=(_DELETE, "delete:current_user_device_credentials"),
                summary="Revoke the refresh token of a device; of the second scope, one's own.",
                run=self._delete,
                status=204,
            ),
        )

    async def _list(self, call: Call) -> Answer:
        paging, kind = offset_of(call.query), call.query.text("type")
        whose = Whose(user_id=call.query.text("user_id"), client_id=call.query.text("client_id"))
        if kind:
            return await self._of_type(call, paging, whose, kind)
        found = await self._index.alive(
            call.tenant_id, whose, now=call.now, skip=paging.start, limit=paging.per_page
        )
        total = (
            await self._index.count(call.tenant_id, whose, now=call.now, most=MOST_COUNTED)
            if paging.include_totals
            else 0
        )
        page = [call.selected(await self._shown(call, each)) for each in found]
        return Answer(paging.answer("device_credentials", page, total))

    async def _of_type(self, call: Call, paging: Offset, whose: Whose, kind: str) -> Answer:
        """Which type it is hangs on the client, so one user's are looked through here."""
        if kind not in _TYPES:
            raise InvalidQuery(f"type: wanted: {', '.join(_TYPES)}.")
        if not whose.user_id:
            raise InvalidQuery("type: wanted: user_id beside it.")
        found = await self._index.alive(call.tenant_id, whose, now=call.now, limit=_MOST_OF_ONE)
        shown = [each for each in [await self._shown(call, each) for each in found] if each["type"] == kind]
        body = listed(
            paging, "device_credentials", shown, key=lambda each: str(each["id"]), show=call.selected
        )
        return Answer(body)

    async def _delete(self, call: Call) -> Answer:
        family = (await family_of(call, self._index, call.id(), "device_credential")).family
        user_id, caller = family.grant.user_id, call.caller
        is_theirs = caller.user is not None and caller.user.user_id == user_id
        if not is_theirs and not caller.may(_DELETE):
            raise Inexistent("device_credential")
        return await revoke(call, self._store, self._bus, user_id, [family])

    async def _shown(self, call: Call, noted: NotedFamily) -> Shown:
        family, grant = noted.family, noted.family.grant
        client = await self._clients.get(call.tenant_id, grant.client_id)
        is_rotating = client is not None and rotates(client, grant)
        shown = ShownDevice(
            id=grant.grant_id,
            device_name=grant.device or family.user_agent,
            type="rotating_refresh_token" if is_rotating else "refresh_token",
            user_id=grant.user_id,
            client_id=grant.client_id,
            last_used=moment(family.rotated_at),
        )
        return shown_as(shown)

"""``/resource-servers``: APIs and their scopes."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from gatewright.apis import Api, Apis, ApiSettings
from gatewright.jose import Unsealable
from gatewright.kernel import ids
from gatewright.management.bodies import Body, Sent, entry_of, merged
from gatewright.management.drafts import Draft
from gatewright.management.errors import Exists, Inexistent, NotSupported
from gatewright.management.paging import listed, offset_of
from gatewright.management.query import PAGES, Parameter
from gatewright.management.resource import Answer, Call, Operation, Shown, shown_as
from gatewright.provisioning.editing import Editing
from gatewright.provisioning.entries import api_entry
from gatewright.provisioning.entry_kinds import ApiEntry
from gatewright.provisioning.state import TenantState
from gatewright.provisioning.target.apis import api_of

_FIXED = {"identifier": "cannot be changed; wanted: no such field"}
_FIELDS = (Parameter("include_fields", "Accepted, for all fields are always there.", "flag"),)
_IDENTIFIERS = Parameter("identifiers", "Identifiers of those wanted.", "list")


class ShownApi(ApiSettings, frozen=True, kw_only=True, omit_defaults=False):
    """An API as the wire shows it. ``signing_secret`` is what an HS256 API shares with us."""

    id: str
    is_system: bool = False
    signing_secret: str | None = None


class ResourceServerResource:
    """See ``resource.Resource``. One is found by its id, and by its identifier too."""

    def __init__(self, editing: Editing, apis: Apis) -> None:
        self._editing = editing
        self._apis = apis

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its endpoints."""
        every, one = "/resource-servers", "/resource-servers/{id}"
        return (
            Operation(
                method="GET",
                path=every,
                scopes=("read:resource_servers",),
                summary="List APIs.",
                run=self._list,
                query=(*PAGES, *_FIELDS, _IDENTIFIERS),
                shows=ShownApi,
                plural="resource_servers",
            ),
            Operation(
                method="POST",
                path=every,
                scopes=("create:resource_servers",),
                summary="Create an API.",
                run=self._create,
                status=201,
                body=Body(ApiEntry),
                shows=ShownApi,
            ),
            Operation(
                method="GET",
                path=one,
                scopes=("read:resource_servers",),
                summary="Read an API.",
                run=self._read,
                query=_FIELDS,
                shows=ShownApi,
            ),
            Operation(
                method="PATCH",
                path=one,
                scopes=("update:resource_servers",),
                summary="Update an API.",
                run=self._update,
                body=Body(ApiEntry, partial=True, fixed=_FIXED),
                shows=ShownApi,
            ),
            Operation(
                method="DELETE",
                path=one,
                scopes=("delete:resource_servers",),
                summary="Delete an API, and the grants and permissions that name it.",
                run=self._delete,
                status=204,
            ),
        )

    async def _list(self, call: Call) -> Answer:
        wanted = call.query.items("identifiers")
        found = [
            api for api in await self._apis.all(call.tenant_id) if not wanted or api.identifier in wanted
        ]
        shown = {api.api_id: self._shown(call, api) for api in found}
        body = listed(
            offset_of(call.query),
            "resource_servers",
            found,
            key=lambda api: api.api_id,
            show=lambda api: shown[api.api_id],
        )
        return Answer(body, secrets_of=_with_secrets(shown.values()))

    async def _read(self, call: Call) -> Answer:
        return self._answer(call, _in(await self._apis.all(call.tenant_id), call.id()))

    async def _create(self, call: Call) -> Answer:
        sent, api_id = await call.body(), ids.hexadecimal()

        def edit(state: TenantState) -> TenantState:
            if any(api.identifier == sent.get("identifier") for api in state.apis if not api.is_system):
                raise Exists("resource_server", "An API with this identifier exists already.")
            made = self._decided(Draft(call.tenant, state, call.now), sent, api_id, None)
            return replace(state, apis=(*state.apis, made))

        state = await self._editing.change(call.tenant_id, edit, call.tell("Create an API"))
        return self._answer(call, _in(state.apis, api_id))

    async def _update(self, call: Call) -> Answer:
        sent, wanted = await call.body(), call.id()

        def edit(state: TenantState) -> TenantState:
            current = self._changeable(call, state, wanted)
            values = merged(api_entry(current), sent)
            made = self._decided(Draft(call.tenant, state, call.now), values, current.api_id, current)
            return replace(state, apis=tuple(made if api is current else api for api in state.apis))

        state = await self._editing.change(call.tenant_id, edit, call.tell("Update an API"))
        return self._answer(call, _in(state.apis, wanted))

    async def _delete(self, call: Call) -> Answer:
        wanted = call.id()

        def edit(state: TenantState) -> TenantState:
            gone = self._changeable(call, state, wanted)
            return replace(state, apis=tuple(api for api in state.apis if api is not gone))

        await self._editing.change(call.tenant_id, edit, call.tell("Delete an API"))
        return Answer()

    def _decided(self, draft: Draft, values: Sent, api_id: str, current: Api | None) -> Api:
        """The API as it shall be, checked; an HS256 API that brings no secret gets one."""
        wanted: dict[str, Any] = {name: value for name, value in values.items() if value is not None}
        has_secret = "signing_secret" in wanted or (current is not None and current.sealed_secret)
        if wanted.get("signing_alg") == "HS256" and not has_secret:
            wanted["signing_secret"] = ids.client_secret()
        entry = entry_of(ApiEntry, wanted)
        draft.check("apis", entry)
        return api_of(entry, current, draft.wish(), self._apis, api_id=api_id)

    def _changeable(self, call: Call, state: TenantState, wanted: str) -> Api:
        current = _in(state.apis, wanted)
        if current.is_system:
            raise NotSupported("The management API belongs to the system and cannot be changed.")
        call.check_unchanged(self._shown(call, current))
        return current

    def _answer(self, call: Call, api: Api) -> Answer:
        shown = self._shown(call, api)
        return call.one(shown, secrets_of=_with_secrets([shown]))

    def _shown(self, call: Call, api: Api) -> Shown:
        settings = {name: getattr(api, name) for name in ApiSettings.__struct_fields__}
        is_readable = api.sealed_secret and call.caller.may("read:resource_servers")
        return shown_as(
            ShownApi(
                **settings,
                id=api.api_id,
                is_system=api.is_system,
                signing_secret=self._secret(call.tenant_id, api) if is_readable else None,
            )
        )

    def _secret(self, tenant_id: str, api: Api) -> str | None:
        try:
            return self._apis.secret(tenant_id, api)
        except Unsealable:  # sealed under a master key that is gone; whoever sets another can go on
            return None


def _in(apis: Iterable[Api], wanted: str) -> Api:
    """The API with this id or identifier."""
    for api in apis:
        if wanted in (api.api_id, api.identifier):
            return api
    raise Inexistent("resource_server")


def _with_secrets(shown: Iterable[Shown]) -> tuple[str, ...]:
    return tuple(str(each["identifier"]) for each in shown if "signing_secret" in each)

"""``/client-grants``: which client may ask for which scopes of an API for itself."""

from collections.abc import Iterable
from dataclasses import replace

from gatewright.apis import Apis, ClientGrant, is_about_oneself
from gatewright.management.bodies import Body, Sent, entry_of, merged
from gatewright.management.drafts import Draft
from gatewright.management.errors import Exists, Inexistent, NotSupported
from gatewright.management.paging import listed, paging_of
from gatewright.management.people import check_giving
from gatewright.management.query import CHECKPOINTS, PAGES, Parameter, Query
from gatewright.management.resource import Answer, Call, Operation, Shown, shown_as
from gatewright.provisioning import DEVELOPMENT_CLIENT
from gatewright.provisioning.editing import Editing
from gatewright.provisioning.entry_kinds import GrantEntry
from gatewright.provisioning.state import TenantState
from gatewright.provisioning.target.apis import grant_of
from gatewright.roles import Permission

_FIXED = dict.fromkeys(("client_id", "audience"), "cannot be changed; wanted: no such field")
_FILTERS = (
    Parameter("audience", "The identifier of an API."),
    Parameter("client_id", "The id of a client."),
    Parameter("allow_any_organization", "Whether it is good for every organization.", "flag"),
    Parameter("subject_type", "Who acts: `client`, or `user`, of which there are none."),
)
_KINDS = "subject_type other than client, allow_all_scopes and authorization_details_types"


class ShownGrant(GrantEntry, frozen=True, kw_only=True):
    """A client grant as the wire shows it."""

    id: str


class ClientGrantResource:
    """See ``resource.Resource``."""

    def __init__(self, editing: Editing, apis: Apis) -> None:
        self._editing = editing
        self._apis = apis

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its endpoints."""
        one = "/client-grants/{id}"
        return (
            Operation(
                method="GET",
                path="/client-grants",
                scopes=("read:client_grants",),
                summary="List client grants.",
                run=self._list,
                query=(*PAGES, *CHECKPOINTS, *_FILTERS),
                shows=ShownGrant,
                plural="client_grants",
                lacks="the filter default_for",
            ),
            Operation(
                method="POST",
                path="/client-grants",
                scopes=("create:client_grants",),
                summary="Let a client ask for scopes of an API.",
                run=self._create,
                status=201,
                body=Body(GrantEntry),
                shows=ShownGrant,
                lacks=_KINDS,
            ),
            Operation(
                method="GET",
                path=one,
                scopes=("read:client_grants",),
                summary="Read a client grant.",
                run=self._read,
                shows=ShownGrant,
            ),
            Operation(
                method="PATCH",
                path=one,
                scopes=("update:client_grants",),
                summary="Change the scopes of a client grant.",
                run=self._update,
                body=Body(GrantEntry, partial=True, fixed=_FIXED),
                shows=ShownGrant,
                lacks=_KINDS,
            ),
            Operation(
                method="DELETE",
                path=one,
                scopes=("delete:client_grants",),
                summary="Delete a client grant; tokens given by it may do nothing here from then on.",
                run=self._delete,
                status=204,
            ),
        )

    async def _list(self, call: Call) -> Answer:
        found = _filtered(call.query, await self._apis.grants(call.tenant_id))
        body = listed(
            paging_of(call.query), "client_grants", found, key=lambda each: each.grant_id, show=grant_shown
        )
        return Answer(body)

    async def _read(self, call: Call) -> Answer:
        return call.one(grant_shown(grant_in(await self._apis.grants(call.tenant_id), call.id())))

    async def _create(self, call: Call) -> Answer:
        sent = await call.body()
        pair = sent.get("client_id"), sent.get("audience")

        def edit(state: TenantState) -> TenantState:
            _refuse_system(sent.get("client_id"))
            if any((grant.client_id, grant.audience) == pair for grant in state.grants):
                raise Exists("client_grant", "The client has a grant for this API already.")
            made = _decided(Draft(call.tenant, state, call.now), sent, None)
            _check_given(call, made.audience, made.scope)
            return replace(state, grants=(*state.grants, made))

        state = await self._editing.change(call.tenant_id, edit, call.tell("Create a client grant"))
        made = next(grant for grant in state.grants if (grant.client_id, grant.audience) == pair)
        return call.one(grant_shown(made))

    async def _update(self, call: Call) -> Answer:
        sent, grant_id = await call.body(), call.id()

        def edit(state: TenantState) -> TenantState:
            current = _changeable(call, state, grant_id)
            kept = ("client_id", "audience", "organization_usage", "allow_any_organization")
            values = merged({name: getattr(current, name) for name in kept}, sent)
            values.setdefault("scope", list(current.scope))
            made = _decided(Draft(call.tenant, state, call.now), values, current)
            _check_given(call, made.audience, (each for each in made.scope if each not in current.scope))
            return replace(state, grants=tuple(made if each is current else each for each in state.grants))

        state = await self._editing.change(call.tenant_id, edit, call.tell("Update a client grant"))
        return call.one(grant_shown(grant_in(state.grants, grant_id)))

    async def _delete(self, call: Call) -> Answer:
        grant_id = call.id()

        def edit(state: TenantState) -> TenantState:
            gone = _changeable(call, state, grant_id)
            return replace(state, grants=tuple(each for each in state.grants if each is not gone))

        await self._editing.change(call.tenant_id, edit, call.tell("Delete a client grant"))
        return Answer()


def _decided(draft: Draft, values: Sent, current: ClientGrant | None) -> ClientGrant:
    """The grant as it shall be, checked. Raises ``InvalidFile``."""
    entry = entry_of(GrantEntry, {name: value for name, value in values.items() if value is not None})
    draft.check("grants", entry)
    return grant_of(entry.value, entry.value.client_id, current)


def _check_given(call: Call, audience: str, scopes: Iterable[str]) -> None:
    """Raises ``InsufficientScope`` for scopes of the management API that the caller has not."""
    given = (each for each in scopes if not is_about_oneself(each))
    check_giving(
        call, (Permission(permission_name=each, resource_server_identifier=audience) for each in given)
    )


def _filtered(query: Query, grants: Iterable[ClientGrant]) -> Iterable[ClientGrant]:
    audience, client_id = query.text("audience"), query.text("client_id")
    for_any = query.flag("allow_any_organization")
    if query.text("subject_type") not in ("", "client"):
        return
    for grant in grants:
        if for_any is not None and grant.allow_any_organization != for_any:
            continue
        if audience in ("", grant.audience) and client_id in ("", grant.client_id):
            yield grant


def _changeable(call: Call, state: TenantState, grant_id: str) -> ClientGrant:
    """The grant, if it may be changed and is in the state that the caller knows."""
    current = grant_in(state.grants, grant_id)
    _refuse_system(current.client_id)
    call.check_unchanged(grant_shown(current))
    return current


def _refuse_system(client_id: object) -> None:
    if client_id == DEVELOPMENT_CLIENT:
        raise NotSupported("Grants of this client belong to the development server and cannot be changed.")


def grant_in(grants: Iterable[ClientGrant], grant_id: str) -> ClientGrant:
    """The grant with this id. Raises ``Inexistent``."""
    for grant in grants:
        if grant.grant_id == grant_id:
            return grant
    raise Inexistent("client_grant")


def grant_shown(grant: ClientGrant) -> Shown:
    """The grant as the wire shows it."""
    return shown_as(
        ShownGrant(
            id=grant.grant_id,
            client_id=grant.client_id,
            audience=grant.audience,
            scope=grant.scope,
            organization_usage=grant.organization_usage,
            allow_any_organization=grant.allow_any_organization,
        )
    )

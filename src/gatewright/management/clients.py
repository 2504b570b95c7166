"""``/clients``: applications and their secrets."""

from collections.abc import Iterable
from dataclasses import replace

import msgspec

from gatewright.clients import Client, Clients, ClientSettings
from gatewright.kernel import ids
from gatewright.management.bodies import Body, Sent, entry_of, merged
from gatewright.management.drafts import BY_ID, Draft
from gatewright.management.errors import Inexistent, InsufficientScope, NotSupported
from gatewright.management.paging import listed, offset_of
from gatewright.management.query import FIELDS, PAGES, Parameter, Query
from gatewright.management.resource import Answer, Call, Operation, Shown, moment, shown_as
from gatewright.provisioning import DEVELOPMENT_CLIENT
from gatewright.provisioning.editing import Editing
from gatewright.provisioning.entries import client_entry
from gatewright.provisioning.entry_kinds import ClientEntry
from gatewright.provisioning.state import TenantState
from gatewright.provisioning.target.clients import client_of

READ = ("read:clients", "read:client_keys", "read:client_credentials", "read:client_summary")
READ_SECRETS = ("read:client_keys", "read:client_credentials")
UPDATE = ("update:clients", "update:client_keys", "update:client_credentials")
SUMMARY = ("client_id", "name", "description", "app_type")
_METHODS = "client_authentication_methods"
KEYS = frozenset({"client_secret", "encryption_key", _METHODS})
"""Fields that are read and written by scopes of their own."""

_BY_KEY = frozenset({"client_metadata", "jwt_configuration", "refresh_token", "addons"})
_FIXED_AT_FIRST = {
    "client_id": "is chosen by the server; wanted: no such field",
    "client_secret": "is chosen by the server; wanted: no such field",
}
_FIXED = {"client_id": "cannot be changed; wanted: no such field"}
_FILTERS = (
    Parameter("is_global", "Whether only the client of the whole tenant is wanted, which is none.", "flag"),
    Parameter("is_first_party", "Whether first-party clients are wanted, or third-party ones.", "flag"),
    Parameter("app_type", "Types of application, separated by commas.", "list"),
    Parameter("external_client_id", "The address of a client's own metadata, by which none registers here."),
)


class ShownClient(ClientSettings, frozen=True, kw_only=True, omit_defaults=False):
    """A client as the wire shows it. ``client_secret`` is its newest."""

    client_id: str
    tenant: str
    is_global: bool = msgspec.field(name="global", default=False)
    client_secret: str | None = None
    created_at: str
    updated_at: str


class ClientResource:
    """See ``resource.Resource``."""

    def __init__(self, editing: Editing, clients: Clients) -> None:
        self._editing = editing
        self._clients = clients

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its endpoints."""
        one, lacks = (
            "/clients/{id}",
            "mutual TLS (tls_client_auth, self_signed_tls_client_auth) and signing_keys",
        )
        return (
            Operation(
                method="GET",
                path="/clients",
                scopes=READ,
                summary="List clients.",
                run=self._list,
                query=(*PAGES, *FIELDS, *_FILTERS),
                shows=ShownClient,
                plural="clients",
                lacks="the filter q",
            ),
            Operation(
                method="POST",
                path="/clients",
                scopes=("create:clients",),
                summary="Create a client.",
                run=self._create,
                status=201,
                body=Body(ClientEntry, fixed=_FIXED_AT_FIRST),
                shows=ShownClient,
                lacks=lacks,
            ),
            Operation(
                method="GET",
                path=one,
                scopes=READ,
                summary="Read a client.",
                run=self._read,
                query=FIELDS,
                shows=ShownClient,
                lacks=lacks,
            ),
            Operation(
                method="PATCH",
                path=one,
                scopes=UPDATE,
                summary="Update a client.",
                run=self._update,
                body=Body(ClientEntry, partial=True, fixed=_FIXED),
                shows=ShownClient,
                lacks=lacks,
            ),
            Operation(
                method="DELETE",
                path=one,
                scopes=("delete:clients",),
                summary="Delete a client.",
                run=self._delete,
                status=204,
            ),
            Operation(
                method="POST",
                path="/clients/{id}/rotate-secret",
                scopes=("update:client_keys",),
                summary="Give a client another secret.",
                run=self._rotate,
                shows=ShownClient,
            ),
        )

    async def _list(self, call: Call) -> Answer:
        found = [*_filtered(call.query, await self._clients.all(call.tenant_id))]
        told: list[str] = []

        def show(client: Client) -> Shown:
            shown = call.selected(self._shown(call, client))
            if "client_secret" in shown:
                told.append(client.client_id)
            return shown

        body = listed(offset_of(call.query), "clients", found, key=lambda each: each.client_id, show=show)
        return Answer(body, secrets_of=tuple(told))

    async def _read(self, call: Call) -> Answer:
        client = await self._clients.get(call.tenant_id, call.id())
        if client is None:
            raise Inexistent("client")
        return self._answer(call, client)

    async def _create(self, call: Call) -> Answer:
        sent, client_id = await call.body(), ids.client_id()

        def edit(state: TenantState) -> TenantState:
            made = self._decided(Draft(call.tenant, state, call.now), sent, client_id, None)
            return replace(state, clients=(*state.clients, made))

        state = await self._editing.change(call.tenant_id, edit, call.tell("Create a client"))
        return call.one(self._whole(call, client_in(state, client_id)))

    async def _update(self, call: Call) -> Answer:
        sent, client_id = await call.body(), call.id()
        _check_keys(call, sent)

        def edit(state: TenantState) -> TenantState:
            current = self._changeable(call, state, client_id)
            held = client_entry(current, BY_ID)
            if sent.get(_METHODS):
                held.pop("token_endpoint_auth_method", None)
            values = merged(held, sent, by_key=_BY_KEY)
            made = self._decided(Draft(call.tenant, state, call.now), values, client_id, current)
            return with_client(state, made)

        state = await self._editing.change(call.tenant_id, edit, call.tell("Update a client"))
        return self._answer(call, client_in(state, client_id))

    async def _delete(self, call: Call) -> Answer:
        client_id = call.id()

        def edit(state: TenantState) -> TenantState:
            gone = self._changeable(call, state, client_id)
            return replace(state, clients=tuple(each for each in state.clients if each is not gone))

        await self._editing.change(call.tenant_id, edit, call.tell("Delete a client"))
        return Answer()

    async def _rotate(self, call: Call) -> Answer:
        client_id, secret = call.id(), ids.client_secret()

        def edit(state: TenantState) -> TenantState:
            current = self._changeable(call, state, client_id)
            kept = self._clients.sealed(call.tenant_id, client_id, secret, call.now)
            return with_client(state, msgspec.structs.replace(current, secrets=(kept,), updated_at=call.now))

        state = await self._editing.change(call.tenant_id, edit, call.tell("Rotate a client secret"))
        return call.one(self._whole(call, client_in(state, client_id)))

    def _decided(self, draft: Draft, values: Sent, client_id: str, current: Client | None) -> Client:
        """The client as it shall be, checked. Raises ``InvalidFile``."""
        wanted = {name: value for name, value in values.items() if value is not None}
        entry = entry_of(ClientEntry, wanted | {"client_id": client_id})
        draft.check("clients", entry)
        return client_of(entry, client_id, {}, current, draft.wish(), self._clients)

    def _changeable(self, call: Call, state: TenantState, client_id: str) -> Client:
        """The client, if it may be changed and is in the state that the caller knows."""
        current = changeable(state, client_id)
        call.check_unchanged(self._shown(call, current))
        return current

    def _answer(self, call: Call, client: Client) -> Answer:
        shown = self._shown(call, client)
        told = (client.client_id,) if "client_secret" in call.selected(shown) else ()
        return call.one(shown, secrets_of=told)

    def _shown(self, call: Call, client: Client) -> Shown:
        """What of the client the caller's scopes let them see."""
        shown = self._whole(call, client)
        if client.client_id == DEVELOPMENT_CLIENT or not call.caller.may(*READ_SECRETS):
            shown = {name: value for name, value in shown.items() if name not in KEYS}
        if call.caller.may("read:clients", "read:client_keys", *UPDATE):
            return shown
        return {name: value for name, value in shown.items() if name in SUMMARY or name in KEYS}

    def _whole(self, call: Call, client: Client) -> Shown:
        settings = {name: getattr(client, name) for name in ClientSettings.__struct_fields__}
        shown = shown_as(
            ShownClient(
                **settings,
                client_id=client.client_id,
                tenant=call.tenant_id,
                client_secret=self._clients.secret(call.tenant_id, client),
                created_at=moment(client.created_at),
                updated_at=moment(client.updated_at),
            )
        )
        return _with_methods(shown, client) if client.proves_itself_by_key else shown


def _with_methods(shown: Shown, client: Client) -> Shown:
    """How it proves itself, by the ids of its keys, instead of by a secret."""
    keys = [{"id": each.credential_id} for each in client.credentials if each.enabled]
    rest = {name: value for name, value in shown.items() if name != "token_endpoint_auth_method"}
    return rest | {_METHODS: {"private_key_jwt": {"credentials": keys}}}


def _filtered(query: Query, clients: Iterable[Client]) -> Iterable[Client]:
    is_first_party, types = query.flag("is_first_party"), query.items("app_type")
    if query.flag("is_global") or query.has("external_client_id"):
        return
    for client in clients:
        if types and client.app_type not in types:
            continue
        if is_first_party is None or client.is_first_party == is_first_party:
            yield client


def _check_keys(call: Call, sent: Sent) -> None:
    """Secrets are written by one scope, and everything else by another."""
    if sent.keys() & (KEYS - {_METHODS}) and not call.caller.may("update:client_keys"):
        raise InsufficientScope("Insufficient scope; expected for secrets: update:client_keys")
    if _METHODS in sent and not call.caller.may("update:client_credentials"):
        raise InsufficientScope(f"Insufficient scope; expected for {_METHODS}: update:client_credentials")
    if sent.keys() - KEYS and not call.caller.may("update:clients"):
        raise InsufficientScope("Insufficient scope; expected: update:clients")


def client_in(state: TenantState, client_id: str) -> Client:
    """The client with this id. Raises ``Inexistent``."""
    for client in state.clients:
        if client.client_id == client_id:
            return client
    raise Inexistent("client")


def changeable(state: TenantState, client_id: str) -> Client:
    """The client with this id. Raises ``Inexistent``, or ``NotSupported`` for the system's own."""
    current = client_in(state, client_id)
    if client_id == DEVELOPMENT_CLIENT:
        raise NotSupported("This client belongs to the development server and cannot be changed.")
    return current


def with_client(state: TenantState, changed: Client) -> TenantState:
    """The state with ``changed`` in the place of the client with its id."""
    clients = (changed if each.client_id == changed.client_id else each for each in state.clients)
    return replace(state, clients=tuple(clients))

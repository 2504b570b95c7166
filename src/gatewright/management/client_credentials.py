"""``/clients/{client_id}/credentials``: the public keys by which a client can prove itself."""

from collections.abc import Iterable
from typing import Any

import msgspec

from gatewright.clients import Client, ClientCredential, Clients, CredentialSettings
from gatewright.jose.public_keys import public_key_of
from gatewright.management.bodies import Body, Sent, check, entry_of
from gatewright.management.clients import changeable, client_in, with_client
from gatewright.management.errors import Exists, Inexistent
from gatewright.management.resource import Answer, Call, Operation, Shown, moment, shown_as
from gatewright.provisioning import Problem
from gatewright.provisioning.checks.credentials import MOST_KEPT, check_credential, check_expiry
from gatewright.provisioning.editing import Editing
from gatewright.provisioning.state import TenantState
from gatewright.provisioning.target.credentials import credential_of, seconds_of

_FIXED = {"id": "is chosen by the server; wanted: no such field"}
_LACKS = "credential types for mutual TLS: cert_subject_dn and x509_cert"


class ShownCredential(msgspec.Struct, frozen=True, kw_only=True):
    """A key as the wire shows it; the key itself is not repeated."""

    id: str
    kid: str
    alg: str
    credential_type: str = "public_key"
    name: str = ""
    thumbprint_sha256: str = ""
    created_at: str
    updated_at: str
    expires_at: str = ""


class CredentialExpiry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What of a key can be changed."""

    expires_at: str = ""


class ClientCredentialResource:
    """See ``resource.Resource``."""

    def __init__(self, editing: Editing, clients: Clients) -> None:
        self._editing = editing
        self._clients = clients

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its endpoints."""
        several = "/clients/{client_id}/credentials"
        one = f"{several}/{{credential_id}}"
        return (
            Operation(
                method="GET",
                path=several,
                scopes=("read:client_credentials",),
                summary="List the keys that are kept of a client.",
                run=self._list,
                shows=ShownCredential,
                bare_list=True,
            ),
            Operation(
                method="POST",
                path=several,
                scopes=("create:client_credentials",),
                summary="Keep a key of a client; it counts once client_authentication_methods names it.",
                run=self._create,
                status=201,
                body=Body(CredentialSettings, fixed=_FIXED),
                shows=ShownCredential,
                lacks=_LACKS,
            ),
            Operation(
                method="GET",
                path=one,
                scopes=("read:client_credentials",),
                summary="Read what is kept of a key.",
                run=self._read,
                shows=ShownCredential,
            ),
            Operation(
                method="PATCH",
                path=one,
                scopes=("update:client_credentials",),
                summary="Say when a key ends, or that it never does.",
                run=self._update,
                body=Body(CredentialExpiry, partial=True),
                shows=ShownCredential,
            ),
            Operation(
                method="DELETE",
                path=one,
                scopes=("delete:client_credentials",),
                summary="Delete a key that client_authentication_methods does not name.",
                run=self._delete,
                status=204,
            ),
        )

    async def _client(self, call: Call) -> Client:
        client = await self._clients.get(call.tenant_id, call.id("client_id"))
        if client is None:
            raise Inexistent("client")
        return client

    async def _list(self, call: Call) -> Answer:
        return Answer([_shown(each) for each in (await self._client(call)).credentials])

    async def _read(self, call: Call) -> Answer:
        return call.one(_shown(_in((await self._client(call)).credentials, call.id("credential_id"))))

    async def _create(self, call: Call) -> Answer:
        sent, client_id = await call.body(), call.id("client_id")
        made: list[ClientCredential] = []

        def edit(state: TenantState) -> TenantState:
            client = changeable(state, client_id)
            made[:] = [_decided(sent, client, call.now)]
            return _with(state, client, (*client.credentials, *made), call.now)

        await self._editing.change(call.tenant_id, edit, call.tell("Create a client credential"))
        return call.one(_shown(made[0]))

    async def _update(self, call: Call) -> Answer:
        sent, client_id = await call.body(), call.id("client_id")
        credential_id = call.id("credential_id")

        def edit(state: TenantState) -> TenantState:
            client = changeable(state, client_id)
            current = _in(client.credentials, credential_id)
            call.check_unchanged(_shown(current))
            changed = _with_expiry(current, sent, call.now)
            kept = tuple(changed if each is current else each for each in client.credentials)
            return _with(state, client, kept, call.now)

        state = await self._editing.change(call.tenant_id, edit, call.tell("Update a client credential"))
        return call.one(_shown(_in(client_in(state, client_id).credentials, credential_id)))

    async def _delete(self, call: Call) -> Answer:
        client_id, credential_id = call.id("client_id"), call.id("credential_id")

        def edit(state: TenantState) -> TenantState:
            client = changeable(state, client_id)
            gone = _in(client.credentials, credential_id)
            call.check_unchanged(_shown(gone))
            if gone.enabled:
                raise Exists("credential", "client_authentication_methods of the client names this key.")
            kept = tuple(each for each in client.credentials if each is not gone)
            return _with(state, client, kept, call.now)

        await self._editing.change(call.tenant_id, edit, call.tell("Delete a client credential"))
        return Answer()


def _decided(sent: Sent, client: Client, now: int) -> ClientCredential:
    """The key as it shall be kept, checked. Raises ``InvalidFile``, ``Exists`` for a taken ``kid``."""
    written = entry_of(CredentialSettings, _without_null(sent)).value
    if not written.pem:
        check([Problem("pem", "missing; wanted: an RSA public key or certificate in PEM")])
    check(check_credential("", written, client))
    if len(client.credentials) >= MOST_KEPT:
        check([Problem("", f"{MOST_KEPT} keys of the client are kept; wanted: delete one first")])
    kid = written.kid or public_key_of(written.pem).thumbprint
    if any(each.kid == kid for each in client.credentials):
        raise Exists("credential", "A key with this kid is kept already.")
    return credential_of(written, None, now)


def _with_expiry(current: ClientCredential, sent: Sent, now: int) -> ClientCredential:
    if "expires_at" not in sent:
        return current
    text = entry_of(CredentialExpiry, _without_null(sent)).value.expires_at
    check(check_expiry("expires_at", text))
    return msgspec.structs.replace(current, expires_at=seconds_of(text) if text else None, updated_at=now)


def _without_null(sent: Sent) -> dict[str, Any]:
    return {name: value for name, value in sent.items() if value is not None}


def _in(credentials: Iterable[ClientCredential], credential_id: str) -> ClientCredential:
    for each in credentials:
        if each.credential_id == credential_id:
            return each
    raise Inexistent("credential")


def _with(
    state: TenantState, client: Client, credentials: tuple[ClientCredential, ...], now: int
) -> TenantState:
    changed = msgspec.structs.replace(client, credentials=credentials, updated_at=now)
    return with_client(state, changed)


def _shown(credential: ClientCredential) -> Shown:
    ends = credential.expires_at
    return shown_as(
        ShownCredential(
            id=credential.credential_id,
            kid=credential.kid,
            alg=credential.alg,
            name=credential.name,
            thumbprint_sha256=public_key_of(credential.pem).thumbprint,
            created_at=moment(credential.created_at),
            updated_at=moment(credential.updated_at),
            expires_at=moment(ends) if ends is not None else "",
        )
    )

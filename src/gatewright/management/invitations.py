"""``/organizations/{id}/invitations``: addresses that may become members."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import msgspec

from gatewright.clients import Client, Clients
from gatewright.kernel.errors import Invalid
from gatewright.kernel.events import Bus
from gatewright.kernel.units import Unit, Unmatched
from gatewright.management.bodies import Body, check, entry_of
from gatewright.management.errors import Contended, Inexistent, InvalidQuery
from gatewright.management.organizations import organization_of_path
from gatewright.management.paging import listed, offset_of
from gatewright.management.query import FIELDS, PAGES, Parameter, Query
from gatewright.management.resource import Answer, Call, Operation, Shown, moment, shown_as
from gatewright.messages import Letters, Outbox
from gatewright.organizations import (
    Invitation,
    InvitationStore,
    Invitee,
    Inviter,
    Organization,
    OrganizationStore,
    new_invitation,
)
from gatewright.organizations.invitation import LIFETIME, LONGEST_LIFETIME
from gatewright.provisioning import Problem, shown
from gatewright.provisioning.checks.values import check_name, check_range
from gatewright.roles import Roles
from gatewright.tenants import Tenant
from gatewright.users import email_identifier, metadata

MOST_ROLES = 50
_SORT = Parameter("sort", "`created_at:1` for the oldest first, or `created_at:-1`.")
_SECRET = "invitation_url and ticket_id, which the answer to the creation alone has: their hash is kept"


class NewInvitation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is sent to invite somebody. ``ttl_sec`` of 0 is a week."""

    inviter: Inviter
    invitee: Invitee
    client_id: str
    connection_id: str = ""
    app_metadata: dict[str, Any] = {}
    user_metadata: dict[str, Any] = {}
    ttl_sec: int = 0
    roles: tuple[str, ...] = ()
    send_invitation_email: bool = True


class ShownInvitation(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation as the wire shows it."""

    id: str
    organization_id: str
    inviter: Inviter
    invitee: Invitee
    client_id: str
    created_at: str
    expires_at: str
    connection_id: str = ""
    app_metadata: dict[str, Any] | None = None
    user_metadata: dict[str, Any] | None = None
    roles: tuple[str, ...] | None = None
    invitation_url: str = ""
    ticket_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inviting:
    """What is needed to invite somebody."""

    organizations: OrganizationStore
    invitations: InvitationStore
    clients: Clients
    roles: Roles
    letters: Letters
    outbox: Outbox
    bus: Bus


class InvitationResource:
    """See ``resource.Resource``."""

    def __init__(self, needs: Inviting) -> None:
        self._needs = needs

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its endpoints."""
        path = "/organizations/{id}/invitations"
        one = f"{path}/{{invitation_id}}"
        return (
            Operation(
                method="GET",
                path=path,
                scopes=("read:organization_invitations",),
                summary="List the invitations that stand.",
                run=self._list,
                query=(*PAGES, *FIELDS, _SORT),
                shows=ShownInvitation,
                plural="invitations",
                lacks=_SECRET,
            ),
            Operation(
                method="POST",
                path=path,
                scopes=("create:organization_invitations",),
                summary="Invite somebody, by mail unless that is not wanted.",
                run=self._create,
                status=201,
                body=Body(NewInvitation),
                shows=ShownInvitation,
            ),
            Operation(
                method="GET",
                path=one,
                scopes=("read:organization_invitations",),
                summary="Read an invitation.",
                run=self._read,
                query=FIELDS,
                shows=ShownInvitation,
                lacks=_SECRET,
            ),
            Operation(
                method="DELETE",
                path=one,
                scopes=("delete:organization_invitations",),
                summary="Take an invitation back: its link is good for nothing from then on.",
                run=self._delete,
                status=204,
            ),
        )

    async def _list(self, call: Call) -> Answer:
        paging = offset_of(call.query)
        found = _sorted(call.query, await self._standing(call))
        body = listed(
            paging,
            "invitations",
            found,
            key=lambda each: each.invitation_id,
            show=lambda each: call.selected(_shown(each)),
        )
        if isinstance(body, dict):
            del body["total"]  # this list of the wire tells none
        return Answer(body)

    async def _read(self, call: Call) -> Answer:
        return call.one(_shown(await self._one(call)))

    async def _create(self, call: Call) -> Answer:
        sent = await call.body()
        organization = await organization_of_path(call, self._needs.organizations)
        wanted = entry_of(NewInvitation, sent).value
        client = await self._needs.clients.get(call.tenant_id, wanted.client_id)
        known = {role.role_id for role in await self._needs.roles.all(call.tenant_id)}
        home = _home(call.tenant, client)
        check(_problems(wanted, organization, client, home, known))
        secret, made = _made(wanted, organization, call.now)
        url = _link(home, organization, secret)
        unit = self._needs.invitations.insert(call.tenant_id, made)
        if wanted.send_invitation_email:
            unit += await self._mail(call, organization, made, client, url)
        await self._commit(call, unit, "Create an invitation", made)
        self._needs.outbox.nudge()
        return call.one({**_shown(made), "invitation_url": url, "ticket_id": secret})

    async def _delete(self, call: Call) -> Answer:
        gone = await self._one(call)
        unit = (self._needs.invitations.spend(call.tenant_id, gone),)
        await self._commit(call, unit, "Delete an invitation", gone)
        return Answer()

    async def _mail(
        self,
        call: Call,
        organization: Organization,
        invitation: Invitation,
        client: Client | None,
        url: str,
    ) -> Unit:
        locales = call.tenant.settings.enabled_locales
        message = await self._needs.letters.write(
            "invitation",
            tenant=call.tenant,
            locale=locales[0] if locales else "en",
            to=invitation.invitee.email,
            link=url,
            client={"name": client.name, "clientID": client.client_id} if client else None,
            inviter=invitation.inviter.name,
            organization=organization.called,
            expires_in=invitation.expires_at - invitation.created_at,
        )
        return (self._needs.outbox.put(call.tenant_id, message),)

    async def _commit(self, call: Call, unit: Unit, description: str, invitation: Invitation) -> None:
        details = {
            "organization": invitation.organization_id,
            "invitation": invitation.invitation_id,
            "email": invitation.invitee.email,
            "roles": list(invitation.roles),
        }
        try:
            await self._needs.bus.commit(unit, call.event(description, details))
        except Unmatched:
            raise Contended("The organization or the invitation is gone meanwhile.") from None

    async def _standing(self, call: Call) -> list[Invitation]:
        organization = await organization_of_path(call, self._needs.organizations)
        return await self._needs.invitations.of_organization(
            call.tenant_id, organization.organization_id, now=call.now
        )

    async def _one(self, call: Call) -> Invitation:
        """The invitation of the path. Raises ``Inexistent``."""
        wanted = call.id("invitation_id")
        for each in await self._standing(call):
            if each.invitation_id == wanted:
                return each
        raise Inexistent("invitation")


def _made(wanted: NewInvitation, organization: Organization, now: int) -> tuple[str, Invitation]:
    return new_invitation(
        organization.organization_id,
        now=now,
        lifetime=wanted.ttl_sec or LIFETIME,
        inviter=wanted.inviter,
        invitee=Invitee(email=wanted.invitee.email.strip()),
        client_id=wanted.client_id,
        connection_id=wanted.connection_id,
        roles=tuple(dict.fromkeys(wanted.roles)),
        app_metadata=wanted.app_metadata,
        user_metadata=wanted.user_metadata,
    )


def _home(tenant: Tenant, client: Client | None) -> str:
    """Where the link of an invitation leads: to the application, which sends the browser on to us."""
    return (client.initiate_login_uri if client else "") or tenant.settings.default_redirection_uri


def _link(home: str, organization: Organization, secret: str) -> str:
    parts = urlsplit(home)
    query = urlencode(
        {
            "invitation": secret,
            "organization": organization.organization_id,
            "organization_name": organization.name,
        }
    )
    return urlunsplit(parts._replace(query=f"{parts.query}&{query}" if parts.query else query))


def _problems(
    wanted: NewInvitation, organization: Organization, client: Client | None, home: str, roles: set[str]
) -> Iterator[Problem]:
    yield from check_name("inviter.name", wanted.inviter.name)
    yield from _problem_of("invitee.email", lambda: email_identifier(wanted.invitee.email.strip()))
    yield from _of_client(wanted, client, home)
    if wanted.connection_id and organization.enabled(wanted.connection_id) is None:
        message = f"{shown(wanted.connection_id)} is not enabled for the organization"
        yield Problem("connection_id", f"{message}; wanted: a connection that is")
    yield from check_range("ttl_sec", wanted.ttl_sec, 0, LONGEST_LIFETIME, "seconds")
    yield from check_range("roles", len(wanted.roles), 0, MOST_ROLES, "roles")
    for place, role_id in enumerate(wanted.roles):
        if role_id not in roles:
            yield Problem(f"roles[{place}]", f"no role {shown(role_id)}")
    for name in ("app_metadata", "user_metadata"):
        held = getattr(wanted, name)
        yield from _problem_of(name, partial(metadata.check, name, held))


def _of_client(wanted: NewInvitation, client: Client | None, home: str) -> Iterator[Problem]:
    if client is None:
        yield Problem("client_id", f"no client {shown(wanted.client_id)}")
        return
    if client.organization_usage not in ("allow", "require"):
        message = "the client is not for organizations; wanted: organization_usage allow or require"
        yield Problem("client_id", message)
    if urlsplit(home).scheme not in ("http", "https"):
        message = "nowhere for the link to lead; wanted: initiate_login_uri of the client"
        yield Problem("client_id", f"{message}, or default_redirection_uri of the tenant")


def _problem_of(path: str, looked_at: Callable[[], object]) -> Iterator[Problem]:
    try:
        looked_at()
    except Invalid as error:
        yield Problem(path, str(error).removeprefix(f"{error.path}: "))


def _sorted(query: Query, invitations: list[Invitation]) -> list[Invitation]:
    """The newest last, or as ``sort`` wants it. Raises ``InvalidQuery``."""
    asked = query.text("sort") or "created_at:1"
    if asked not in ("created_at:1", "created_at:-1"):
        raise InvalidQuery(f"sort: read {shown(asked)}; wanted: created_at with :1 or :-1.")
    found = sorted(invitations, key=lambda each: (each.created_at, each.invitation_id))
    return found if asked.endswith(":1") and not asked.endswith("-1") else found[::-1]


def _shown(invitation: Invitation) -> Shown:
    return shown_as(
        ShownInvitation(
            id=invitation.invitation_id,
            organization_id=invitation.organization_id,
            inviter=invitation.inviter,
            invitee=invitation.invitee,
            client_id=invitation.client_id,
            connection_id=invitation.connection_id,
            created_at=moment(invitation.created_at),
            expires_at=moment(invitation.expires_at),
            app_metadata=invitation.app_metadata or None,
            user_metadata=invitation.user_metadata or None,
            roles=invitation.roles or None,
        )
    )

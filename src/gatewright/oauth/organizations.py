"""For which organization a request is, and whether its person belongs there.

A session is a person's, whatever they signed in for; the organization is said by each request and kept in
its grant, so that nobody carries one organization's tokens into another.
"""

from dataclasses import dataclass, replace
from typing import Literal

import msgspec

from gatewright.clients import Client
from gatewright.connections import Connection, Connections
from gatewright.kernel.clock import Clock
from gatewright.kernel.events import Bus, Event
from gatewright.kernel.secrets import fingerprint
from gatewright.kernel.units import Unit, Unmatched
from gatewright.login import OrganizationAsked
from gatewright.login.organizations import as_asked
from gatewright.login.transactions import Found
from gatewright.oauth.errors import AccessDenied, InvalidRequest, InvitationRefused
from gatewright.oauth.events import InvitationAccepted, MemberAdded
from gatewright.oauth.requests import AuthorizationRequest
from gatewright.organizations import Invitation, InvitationStore, MemberStore, Organization, Organizations
from gatewright.protection import TICKET_PER_IP, AttemptLimiter
from gatewright.protection.limiter import network_of
from gatewright.roles import Roles
from gatewright.tenants import Tenant
from gatewright.users import User, UserStore, email_identifier, metadata
from gatewright.users.identifiers import normalised
from gatewright.web.context import Context

_TRIES = 10
_HASH = "invitation_hash"
_INVITATION = frozenset({"invitation", _HASH})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a request says of organizations.

    ``facts`` are those of ``organization`` for the pages. ``prompt`` is when a person is asked for one,
    where the request names none and the client needs one.
    ``connection`` is the only one that the invitation takes, ``is_newcomer`` whether the invited has no
    account yet.
    """

    organization: Organization | None = None
    facts: OrganizationAsked | None = None
    invitation: Invitation | None = None
    connection: str = ""
    is_newcomer: bool = False
    prompt: Literal["", "before", "after"] = ""

    @property
    def organization_id(self) -> str:
        """The organization that the request is for, "" for none."""
        return self.organization.organization_id if self.organization else ""

    @property
    def invited(self) -> str:
        """The address that the invitation went to."""
        return self.invitation.invitee.email if self.invitation else ""


NOBODY = Wanted()
"""What most requests say of organizations: nothing."""


class OrganizationRules:
    """Answers for which organization a request is, and who may come in for it."""

    def __init__(
        self,
        *,
        organizations: Organizations,
        members: MemberStore,
        invitations: InvitationStore,
        connections: Connections,
        roles: Roles,
        users: UserStore,
        limiter: AttemptLimiter,
        bus: Bus,
        clock: Clock,
    ) -> None:
        self._organizations = organizations
        self._members = members
        self._invitations = invitations
        self._connections = connections
        self._roles = roles
        self._users = users
        self._limiter = limiter
        self._bus = bus
        self._clock = clock

    async def wanted(
        self, context: Context, client: Client, asked: AuthorizationRequest, returned: Found | None
    ) -> Wanted:
        """The organization that the request, or the person who ``returned`` from login, names.

        Raises ``InvalidRequest`` for one that there is not, or that the client's ``organization_usage`` is
        against, and ``InvitationRefused`` for an invitation that does not stand.
        """
        tenant, named = context.tenant, asked.get("organization") or _chosen(returned)
        invitation_hash = _invitation_hash(asked, returned)
        if not named:
            if invitation_hash:
                raise InvalidRequest("invitation goes with organization: send both as they came.")
            return _without(client, asked)
        if asked.legacy:
            raise InvalidRequest("parameter organization is not allowed in the legacy pipeline")
        organization = await self.named(tenant, client, named)
        wanted = Wanted(organization, await as_asked(organization, self._connections, tenant.tenant_id))
        if not invitation_hash:
            return wanted
        return await self._invited(context, client, wanted, invitation_hash)

    async def named(self, tenant: Tenant, client: Client, text: str) -> Organization:
        """The organization that the client names, by id, or by name where the tenant allows it.

        Raises ``InvalidRequest``.
        """
        if client.organization_usage not in ("allow", "require"):
            raise InvalidRequest("parameter organization is not allowed for this client")
        return await self.found(tenant, text)

    async def found(self, tenant: Tenant, text: str) -> Organization:
        """The same, whatever the client's settings say."""
        by_name = tenant.settings.allow_organization_name_in_authentication_api is True
        organization = await self._organizations.meant(tenant.tenant_id, text, by_name=by_name)
        if organization is None:
            kind = "id or name" if by_name else "id"
            raise InvalidRequest(f"parameter organization is invalid: no organization has this {kind}")
        return organization

    async def own(self, tenant: Tenant, user: User, connection: str) -> Wanted:
        """The only organization of the person who came through ``connection``, or that they must choose.

        Raises ``AccessDenied`` for somebody who belongs to none.
        """
        found = await self._connections.by_name(tenant.tenant_id, connection)
        own = [
            each
            for each in await self._organizations.of_user(tenant.tenant_id, user.user_id)
            if found is not None and each.enabled(found.connection_id)
        ]
        if not own:
            raise AccessDenied(f"user {user.user_id} is not part of any organization")
        if len(own) > 1:
            return Wanted(prompt="after")
        return Wanted(own[0], await as_asked(own[0], self._connections, tenant.tenant_id))

    async def admit(
        self, context: Context, client: Client, wanted: Wanted, user: User, connection: str
    ) -> None:
        """Lets the person come in for the organization, who becomes a member where that is offered.

        Raises ``AccessDenied`` when they do not belong there, and ``InvitationRefused``.
        """
        organization, tenant_id = wanted.organization, context.tenant.tenant_id
        assert organization is not None, "whoever asks names one"
        if wanted.invitation is not None:
            await self._accept(context, client, organization, wanted.invitation, user)
            return
        if await self._organizations.has_member(tenant_id, organization.organization_id, user.user_id):
            return
        found = await self._connections.by_name(tenant_id, connection)
        enabled = organization.enabled(found.connection_id) if found else None
        if enabled is None or not enabled.assign_membership_on_login:
            raise AccessDenied(
                f"user {user.user_id} is not part of the {organization.organization_id} organization"
            )
        await self._join(context, client, organization, user)

    async def _invited(self, context: Context, client: Client, wanted: Wanted, ticket_hash: str) -> Wanted:
        """Those that are none are counted by address. Raises ``InvitationRefused`` and ``TooMany``."""
        tenant, subject = context.tenant, network_of(context.origin.ip)
        self._limiter.refuse_if_blocked(tenant.tenant_id, TICKET_PER_IP, subject)
        found = await self._invitations.by_ticket(tenant.tenant_id, ticket_hash, now=self._clock.now())
        if found is None:
            await self._limiter.failed(tenant.tenant_id, TICKET_PER_IP, subject, context.origin)
        place = wanted.organization_id, client.client_id
        if found is None or (found.organization_id, found.client_id) != place:
            raise InvitationRefused("invitation not found or already used")
        names = await self._connections.names(tenant.tenant_id)
        return replace(
            wanted,
            invitation=found,
            connection=names.get(found.connection_id, ""),
            is_newcomer=await self._is_newcomer(tenant, wanted, found.invitee.email),
        )

    async def _is_newcomer(self, tenant: Tenant, wanted: Wanted, email: str) -> bool:
        """Whether nobody among the organization's connections has the address."""
        identifier = email_identifier(email)
        for connection in wanted.facts.connections if wanted.facts else ():
            if await self._users.credentials(tenant.tenant_id, connection, identifier):
                return False
        return True

    async def _accept(
        self, context: Context, client: Client, organization: Organization, invitation: Invitation, user: User
    ) -> None:
        """Membership, roles and metadata for the address invited; the invitation is spent in that unit."""
        tenant_id = context.tenant.tenant_id
        if normalised(user.email) != normalised(invitation.invitee.email):
            raise InvitationRefused("invitation is for another e-mail address than that of the user")
        known = {role.role_id for role in await self._roles.all(tenant_id)}
        roles = tuple(role for role in invitation.roles if role in known)
        event = self._told(InvitationAccepted, context, client, organization, user, roles=list(roles))
        for _ in range(_TRIES):
            newest = await self._users.get(tenant_id, user.user_id)
            if newest is None:
                break
            unit: Unit = (
                self._invitations.spend(tenant_id, invitation),
                *self._members.add(tenant_id, organization.organization_id, user.user_id),
                self._users.update(tenant_id, _with_metadata(newest, invitation)),
            )
            for role in roles:
                unit += self._members.give_role(tenant_id, organization.organization_id, user.user_id, role)
            try:
                await self._bus.commit(unit, event)
            except Unmatched as unmatched:
                if unmatched.position < 2:  # spent by somebody else, or the organization is gone
                    break
                continue
            return
        raise InvitationRefused("invitation not found or already used")

    async def _join(self, context: Context, client: Client, organization: Organization, user: User) -> None:
        tenant_id = context.tenant.tenant_id
        added = self._members.add(tenant_id, organization.organization_id, user.user_id)
        try:
            await self._bus.commit(added, self._told(MemberAdded, context, client, organization, user))
        except Unmatched:
            raise AccessDenied("The organization is gone.") from None

    def _told(
        self,
        kind: type[Event],
        context: Context,
        client: Client,
        organization: Organization,
        user: User,
        **details: object,
    ) -> Event:
        return kind(
            tenant_id=context.tenant.tenant_id,
            at=self._clock.now(),
            origin=context.origin,
            client_id=client.client_id,
            client_name=client.name,
            user_id=user.user_id,
            user_name=user.display_name,
            details={"organization": organization.organization_id, "name": organization.name, **details},
        )


def organization_claims(tenant: Tenant, organization: Organization | None) -> dict[str, object]:
    """What tokens for an organization say of it (the wire §3.2)."""
    if organization is None:
        return {}
    tells_name = tenant.settings.allow_organization_name_in_authentication_api is True
    named = {"org_name": organization.name} if tells_name else {}
    return {"org_id": organization.organization_id, **named}


def for_connection(organization: Organization | None, connection: Connection) -> None:
    """Raises ``InvalidRequest`` when the organization's people do not come in through the connection."""
    if organization is not None and organization.enabled(connection.connection_id) is None:
        raise InvalidRequest("The connection is not enabled for the organization.")


def settled(asked: AuthorizationRequest, wanted: Wanted, *, is_accepted: bool) -> AuthorizationRequest:
    """The request with its organization by id, and its invitation by hash until that is accepted."""
    if wanted.organization is None:
        return asked
    others = {name: value for name, value in asked.parameters.items() if name not in _INVITATION}
    stands = wanted.invitation is not None and not is_accepted
    parked = {_HASH: wanted.invitation.ticket_hash} if wanted.invitation and stands else {}
    return replace(
        asked, parameters={**others, **parked, "organization": wanted.organization.organization_id}
    )


def _invitation_hash(asked: AuthorizationRequest, returned: Found | None) -> str:
    """The hash of the invitation's secret: from the mail, or as it waited while the person signed in.

    Nobody but our own transaction may say the hash: it is no secret of anybody's.
    """
    if returned is not None:
        return asked.get(_HASH)
    if asked.get(_HASH):
        raise InvitationRefused("the invitation must be opened again: follow the link in the mail once more")
    secret = asked.get("invitation")
    return fingerprint(secret) if secret else ""


def _chosen(returned: Found | None) -> str:
    """The organization that a person named or chose on our pages."""
    organization = returned.transaction.asked.organization if returned else None
    return organization.organization_id if organization else ""


def _without(client: Client, asked: AuthorizationRequest) -> Wanted:
    """What a request that names none wants. Raises ``InvalidRequest`` when the client needs one."""
    if client.organization_usage != "require":
        return NOBODY
    if client.organization_require_behavior == "pre_login_prompt":
        return Wanted(prompt="before")
    if client.organization_require_behavior == "post_login_prompt":
        return Wanted(prompt="after")
    raise InvalidRequest("parameter organization is required for this client")


def _with_metadata(user: User, invitation: Invitation) -> User:
    return msgspec.structs.replace(
        user,
        app_metadata=metadata.merged(user.app_metadata, invitation.app_metadata),
        user_metadata=metadata.merged(user.user_metadata, invitation.user_metadata),
    )

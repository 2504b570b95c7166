"""``/oauth/ro``: a person signs in within the application, which gets tokens of the legacy pipeline at once.

The application sees the password, so RFC 9700 §2.4 advises against it: a client has it only by listing it.
No session begins, and nobody can be asked for anything.
"""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from gatewright.clients import Client, Clients
from gatewright.consents import ConsentStore
from gatewright.kernel import ids
from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import GatewrightError
from gatewright.kernel.events import Event
from gatewright.kernel.units import Unmatched
from gatewright.login.password_proof import proof_holds
from gatewright.oauth.authorization import Authorization, TokenSet
from gatewright.oauth.errors import (
    AccessDenied,
    ClientNotServed,
    EndpointDisabled,
    InvalidGrant,
    Unauthorized,
)
from gatewright.oauth.events import (
    PasswordExchanged,
    PasswordExchangeFailed,
    SignedInByIdToken,
    SignInByIdTokenFailed,
)
from gatewright.oauth.families import Families, obtainable_in_legacy
from gatewright.oauth.issuing import Issuing
from gatewright.oauth.legacy.calling import calling_client, check_listed, parse_texts
from gatewright.oauth.legacy.refusals import Refusals
from gatewright.oauth.legacy.resource_owner_request import (
    ResourceOwnerRequest,
    SentIdToken,
    grant_type_of,
    listed_as,
    read_resource_owner,
)
from gatewright.oauth.legacy.sign_in_proofs import Proved, SignInProofs
from gatewright.oauth.model import Grant
from gatewright.oauth.policy import WHOLE_PROFILE, is_trusted
from gatewright.oauth.responses import json_answer
from gatewright.oauth.vocabulary import JWT_BEARER
from gatewright.users import Users
from gatewright.web.context import Context, context_of
from gatewright.web.parameters import Parameters

_DISABLED = "The endpoint is off: flags.allow_legacy_ro_grant_types"
_TOKENS_AT_ONCE = frozenset({"token"})
_RACES = 10


class ResourceOwnerEndpoint:
    """Answers ``POST /oauth/ro`` (the wire §2.17)."""

    def __init__(
        self,
        *,
        clients: Clients,
        proofs: SignInProofs,
        users: Users,
        consents: ConsentStore,
        families: Families,
        issuing: Issuing,
        refusals: Refusals,
        clock: Clock,
    ) -> None:
        self._clients = clients
        self._proofs = proofs
        self._users = users
        self._consents = consents
        self._families = families
        self._issuing = issuing
        self._refusals = refusals
        self._clock = clock

    async def __call__(self, request: Request) -> Response:
        """Tokens for whoever signs in, or a refusal that is on record."""
        context = context_of(request)
        form, client = Parameters({}), None
        try:
            if not context.tenant.settings.flags.allow_legacy_ro_grant_types:
                raise EndpointDisabled(_DISABLED)
            form = await parse_texts(request)
            client = await calling_client(self._clients, context, request, form, refused=ClientNotServed)
            if client.organization_usage == "require":
                raise ClientNotServed(
                    "The client's people sign in for an organization, and none can be named here."
                )
            check_listed(client, listed_as(grant_type_of(form)), refused=ClientNotServed)
            tokens = await self._issued(context, client, read_resource_owner(form))
            return json_answer(_in_words_of_the_wire(tokens))
        except GatewrightError as error:
            details = {"detail": error.detail[:200]} if error.detail else {}
            return await self._refusals.answer(context, _failed(form), client, form, error, details=details)

    async def _issued(self, context: Context, client: Client, asked: ResourceOwnerRequest) -> TokenSet:
        """Issues; a proof that lost a race with another change of the user must hold of them still."""
        proved = await self._proofs.prove(context, client, asked.by)
        for _ in range(_RACES):
            authorization = await self._authorization(context, client, asked, proved)
            try:
                return await self._issuing.issue(context.tenant, client, authorization)
            except Unmatched:
                proved = await self._still_proved(context, client, asked, proved)
        raise InvalidGrant("The account is being used by other requests at the same time.")

    async def _still_proved(
        self, context: Context, client: Client, asked: ResourceOwnerRequest, proved: Proved
    ) -> Proved:
        if proved.changes:  # perhaps it was spent by somebody else: asked anew, it tells
            return await self._proofs.prove(context, client, asked.by)
        newest = await self._users.get(context.tenant.tenant_id, proved.user.user_id)
        if newest is None or newest.blocked:
            raise Unauthorized("user is blocked")
        if not proof_holds(proved.user, newest):
            raise proved.outdated
        return replace(proved, user=newest)

    async def _authorization(
        self, context: Context, client: Client, asked: ResourceOwnerRequest, proved: Proved
    ) -> Authorization:
        tenant_id, user = context.tenant.tenant_id, proved.user
        grant = self._grant(client, asked, proved)
        await self._check_consent(tenant_id, client, grant)
        refresh_token, family = self._families.begin(tenant_id, client, grant, None, origin=context.origin)
        signed_in = self._users.signed_in(tenant_id, user, ip=context.origin.ip)
        return Authorization(
            subject=user.user_id,
            scopes=grant.scopes,
            api=None,
            grant=grant,
            user=user,
            refresh_token=refresh_token,
            changes=(signed_in, *proved.changes, *family),
            event=self._told(context, client, asked, grant, proved),
        )

    def _grant(self, client: Client, asked: ResourceOwnerRequest, proved: Proved) -> Grant:
        return Grant(
            grant_id=ids.grant_id(self._clock.now()),
            client_id=client.client_id,
            user_id=proved.user.user_id,
            scopes=obtainable_in_legacy(asked.scopes, client, _TOKENS_AT_ONCE, asked.device),
            connection=proved.connection,
            authenticated_at=proved.authenticated_at,
            amr=proved.amr,
            tells_auth_time=client.default_max_age is not None,
            legacy=True,
            device=asked.device,
        )

    async def _check_consent(self, tenant_id: str, client: Client, grant: Grant) -> None:
        """There is no page to ask on, so consent must have been given before. Raises ``AccessDenied``."""
        if is_trusted(client, None):
            return
        given = await self._consents.get(tenant_id, grant.user_id, client.client_id, "")
        if given is None or not given.covers((*grant.scopes, WHOLE_PROFILE)):
            raise AccessDenied(
                "The user has not allowed this client to see the whole profile. "
                "Nobody can be asked here; send the user through the authorization endpoint once."
            )

    def _told(
        self, context: Context, client: Client, asked: ResourceOwnerRequest, grant: Grant, proved: Proved
    ) -> Event:
        kind = SignedInByIdToken if isinstance(asked.by, SentIdToken) else PasswordExchanged
        return kind(
            tenant_id=context.tenant.tenant_id,
            at=self._clock.now(),
            origin=context.origin,
            client_id=client.client_id,
            client_name=client.name,
            user_id=proved.user.user_id,
            user_name=proved.user.display_name,
            connection=grant.connection,
            scope=grant.scope,
            details={"device": grant.device} if grant.device else {},
        )


def _failed(form: Parameters) -> type[Event]:
    return SignInByIdTokenFailed if form.get("grant_type") == JWT_BEARER else PasswordExchangeFailed


def _in_words_of_the_wire(tokens: TokenSet) -> dict[str, object]:
    """The answer as the wire has it (§2.17): the type in small letters, and no scope."""
    body = tokens.body() | {"token_type": "bearer"}
    body.pop("scope", None)
    return body

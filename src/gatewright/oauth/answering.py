"""What an accepted authorization request gets: a code at once, a page first, or a refusal."""

from dataclasses import dataclass, replace

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gatewright.apis import Api
from gatewright.clients import Client
from gatewright.connections import Connections
from gatewright.consents import ConsentStore
from gatewright.kernel.clock import Clock
from gatewright.kernel.events import Bus, Event
from gatewright.kernel.units import Unmatched
from gatewright.kernel.urls import origin_of
from gatewright.login import Asked, ConsentAsked, LoginTransactions
from gatewright.login.transactions import Found
from gatewright.oauth.access import Access
from gatewright.oauth.answers import Answers, Decided, check_acr
from gatewright.oauth.current_session import CurrentSession
from gatewright.oauth.errors import (
    AccessDenied,
    ConsentRequired,
    InteractionRequired,
    InvalidRequest,
    InvitationRefused,
    LoginRequired,
    OAuthError,
)
from gatewright.oauth.events import AuthorizationFailed, InvitationFailed, SilentAuthorizationFailed
from gatewright.oauth.families import obtainable, obtainable_in_legacy
from gatewright.oauth.hints import IdTokenHints
from gatewright.oauth.organizations import NOBODY, OrganizationRules, Wanted, settled
from gatewright.oauth.policy import (
    WHOLE_PROFILE,
    SignedIn,
    needs_consent,
    why_another,
    why_login,
    worded,
    worded_in_legacy,
)
from gatewright.oauth.requests import AuthorizationRequest, parked
from gatewright.oauth.scopes import granted, parse_scope
from gatewright.tenants import Tenant
from gatewright.users.identifiers import normalised
from gatewright.web.context import context_of
from gatewright.web.hosting import HostedPages
from gatewright.web.parameters import Parameters
from gatewright_guard import GuardError

Outcome = Response | dict[str, str]
_SILENT = frozenset({"login_required", "consent_required", "interaction_required"})


@dataclass(frozen=True, slots=True)
class Question:
    """An accepted request. ``returned`` is the login transaction a person came back from;
    ``restarted`` says why an earlier one was given up; ``begun`` is a session that began with the request."""

    client: Client
    asked: AuthorizationRequest
    restarted: str = ""
    returned: Found | None = None
    begun: SignedIn | None = None


class Answering:
    """Decides what a request gets."""

    def __init__(
        self,
        *,
        current: CurrentSession,
        consents: ConsentStore,
        connections: Connections,
        access: Access,
        logins: LoginTransactions,
        answers: Answers,
        hints: IdTokenHints,
        pages: HostedPages,
        organizations: OrganizationRules,
        bus: Bus,
        clock: Clock,
    ) -> None:
        self._organizations = organizations
        self._current = current
        self._consents = consents
        self._connections = connections
        self._access = access
        self._logins = logins
        self._answers = answers
        self._hints = hints
        self._pages = pages
        self._bus = bus
        self._clock = clock

    async def decide(self, request: Request, question: Question) -> Outcome:
        """Parameters of a successful answer, or a redirect to the login pages. Raises ``OAuthError``."""
        tenant, asked = context_of(request).tenant, question.asked
        if question.returned is not None and question.returned.transaction.denied:
            raise AccessDenied("The user did not allow the application what it asked for.")
        api = await self._access.api(tenant, asked.get("audience"))
        requested = _requested(question.client, asked, api)
        check_acr(tenant, asked)
        wanted = await self._organizations.wanted(
            context_of(request), question.client, asked, question.returned
        )
        await self._check_connection(tenant, question, wanted)
        question = replace(question, asked=settled(asked, wanted, is_accepted=False))
        hinted = await self._hinted_subject(tenant, question.client, asked)
        signed_in = question.begun or await self._current.of(request)
        if signed_in is not None and not await self._serves(tenant, question, signed_in, wanted):
            signed_in = None
        why = self._why_login(question, signed_in, hinted, wanted)
        if why is not None or signed_in is None:
            return await self._ask_login(request, question, signed_in, hinted, why, wanted)
        if wanted is not NOBODY:
            wanted, question = await self._for_organization(request, question, signed_in, wanted)
        if wanted.prompt:
            return await self._ask_organization(request, question, signed_in, wanted)
        scopes = await self._access.scopes(
            tenant,
            signed_in.user.user_id,
            api,
            requested,
            legacy=asked.legacy,
            organization=wanted.organization_id,
        )
        if await self._must_consent(tenant, question, signed_in, api, scopes):
            return await self._ask_consent(request, question, signed_in, api, scopes, wanted)
        decided = Decided(
            question.client, asked, api, scopes, signed_in, question.returned, wanted.organization
        )
        return await self._answers.give(context_of(request), decided)

    async def refused(
        self, request: Request, client: Client, parameters: Parameters, error: OAuthError
    ) -> None:
        """Puts a refusal on record."""
        context = context_of(request)
        kind: type[Event] = SilentAuthorizationFailed if error.code in _SILENT else AuthorizationFailed
        if isinstance(error, InvitationRefused):
            kind = InvitationFailed
        event = kind(
            tenant_id=context.tenant.tenant_id,
            at=self._clock.now(),
            origin=context.origin,
            client_id=client.client_id,
            client_name=client.name,
            audience=str(parameters.get("audience", ""))[:300] or None,
            scope=str(parameters.get("scope", ""))[:300] or None,
            description=f"{error.code}: {error.description}",
        )
        await self._bus.commit((), event)

    def _why_login(
        self, question: Question, signed_in: SignedIn | None, hinted: str, wanted: Wanted
    ) -> str | None:
        """Whoever comes back from login in the session made there has answered prompt, age and choice.

        So has whoever proved themselves with the request.
        """
        returned, client, asked = question.returned, question.client, question.asked
        if signed_in is not None and _is_uninvited(wanted, signed_in):
            return "other_user"
        if question.begun is not None and signed_in is not None:
            return why_another(asked, signed_in, hinted_subject=hinted)
        if returned is not None and signed_in is not None:
            is_same = returned.transaction.session_hash == signed_in.session.session_hash
            wrong_user = hinted and hinted != signed_in.user.user_id
            if is_same and not wrong_user:
                return None
        max_age = asked.max_age if asked.max_age is not None else client.default_max_age
        return why_login(asked, signed_in, max_age=max_age, hinted_subject=hinted, now=self._clock.now())

    async def _for_organization(
        self, request: Request, question: Question, signed_in: SignedIn, wanted: Wanted
    ) -> tuple[Wanted, Question]:
        """The organization that the person comes in for, once they are let in, and the request for it.

        Raises ``AccessDenied`` when they do not belong there.
        """
        context, user, connection = context_of(request), signed_in.user, signed_in.session.connection
        if wanted.prompt == "after":
            wanted = await self._organizations.own(context.tenant, user, connection)
        if wanted.organization is not None:
            await self._organizations.admit(context, question.client, wanted, user, connection)
        asked = settled(question.asked, wanted, is_accepted=True)
        return wanted, replace(question, asked=asked)

    async def _check_connection(self, tenant: Tenant, question: Question, wanted: Wanted) -> None:
        name = question.asked.get("connection")
        if not name:
            return
        connection = await self._connections.by_name(tenant.tenant_id, name)
        if connection is None or not connection.serves(question.client.client_id):
            raise InvalidRequest(f"The connection {name} was not found or is not enabled for this client.")
        if wanted.organization is not None and not wanted.organization.enabled(connection.connection_id):
            raise InvalidRequest(f"The connection {name} is not enabled for the organization.")

    async def _serves(self, tenant: Tenant, question: Question, signed_in: SignedIn, wanted: Wanted) -> bool:
        """Whether the client's users, and the organization's, may come from where this session's came."""
        connection = signed_in.session.connection
        if wanted.facts is not None and connection not in wanted.facts.connections:
            return False
        if wanted.connection not in ("", connection):
            return False
        return await self._connections.serves(tenant.tenant_id, connection, question.client.client_id)

    async def _hinted_subject(self, tenant: Tenant, client: Client, asked: AuthorizationRequest) -> str:
        """Whom the request names (OIDC Core §3.1.2.1, §3.1.2.2), by ``claims`` or by ``id_token_hint``."""
        hint = asked.get("id_token_hint")
        if not hint:
            return asked.wanted.subject
        try:
            subject = (await self._hints.of_client(tenant, client, hint)).subject
        except GuardError:
            raise InvalidRequest(
                "id_token_hint is not an id_token that was issued here for this client."
            ) from None
        if asked.wanted.subject not in ("", subject):
            raise InvalidRequest("id_token_hint and claims name different users.")
        return subject

    async def _must_consent(
        self,
        tenant: Tenant,
        question: Question,
        signed_in: SignedIn,
        api: Api | None,
        scopes: tuple[str, ...],
    ) -> bool:
        returned = question.returned
        if returned is not None and returned.transaction.consented:
            return False
        needed = needs_consent(question.asked, question.client, api)
        if needed is not None:
            return needed
        given = await self._consents.get(
            tenant.tenant_id,
            signed_in.user.user_id,
            question.client.client_id,
            api.identifier if api else "",
        )
        wanted = (*scopes, WHOLE_PROFILE) if question.asked.legacy else scopes
        return given is None or not given.covers(wanted)

    async def _ask_login(
        self,
        request: Request,
        question: Question,
        signed_in: SignedIn | None,
        hinted: str,
        why: str | None,
        wanted: Wanted,
    ) -> Response:
        if not question.asked.may_ask:
            raise LoginRequired("Login required")
        keeps = signed_in is not None and why == "select_account"
        return await self._begin(
            request,
            question,
            signed_in if keeps else None,
            msgspec.structs.replace(
                self.asked(request, question, wanted),
                fresh=signed_in is not None and not keeps,
                select_account=why == "select_account",
                subject=hinted,
                # who has one organization chooses none, which is seen once they are known
                organization_prompt="before" if wanted.prompt == "before" else "",
            ),
        )

    async def _ask_organization(
        self, request: Request, question: Question, signed_in: SignedIn, wanted: Wanted
    ) -> Response:
        """A page that asks for one, or offers the person's own; the session stays as it is."""
        if not question.asked.may_ask:
            raise InteractionRequired("The user must say which organization they sign in for.")
        return await self._begin(request, question, signed_in, self.asked(request, question, wanted))

    async def _ask_consent(
        self,
        request: Request,
        question: Question,
        signed_in: SignedIn,
        api: Api | None,
        scopes: tuple[str, ...],
        organization: Wanted,
    ) -> Response:
        if not question.asked.may_ask:
            raise ConsentRequired("Consent required")
        is_legacy = question.asked.legacy
        wanted = ConsentAsked(
            audience=api.identifier if api else "",
            scopes=worded_in_legacy(scopes) if is_legacy else worded(granted(scopes, api=api), api),
            always="consent" in question.asked.prompt,
        )
        asked = msgspec.structs.replace(self.asked(request, question, organization), consent=wanted)
        return await self._begin(request, question, signed_in, asked)

    def asked(self, request: Request, question: Question, wanted: Wanted = NOBODY) -> Asked:
        """What the request wants of the person, as login takes it."""
        client, asked = question.client, question.asked
        return Asked(
            client_id=client.client_id,
            client_name=client.name,
            client_logo=client.logo_uri,
            policy_url=client.policy_uri,
            tos_url=client.tos_uri,
            connection=asked.get("connection") or wanted.connection,
            login_hint=(wanted.invited or asked.get("login_hint"))[:320],
            home_url=client.initiate_login_uri or origin_of(asked.redirect_uri),
            locale=self._pages.locale(request, asked.get("ui_locales")),
            start_with_signup=asked.get("screen_hint") == "signup" or wanted.is_newcomer,
            organization=wanted.facts,
            organization_prompt=wanted.prompt,
            invited=wanted.invited,
            restarted=question.restarted,
        )

    async def _begin(
        self, request: Request, question: Question, signed_in: SignedIn | None, asked: Asked
    ) -> Response:
        tenant, returned = context_of(request).tenant, question.returned
        user_id = signed_in.user.user_id if signed_in else ""
        try:
            secret, cookie = await self._logins.begin(
                tenant,
                request,
                asked,
                begun_at="/authorize",
                return_to="/authorize/resume",
                request=parked(question.asked.parameters, asked.subject or user_id),
                session_hash=signed_in.session.session_hash if signed_in else "",
                user_id=user_id,
                replaces=returned.transaction if returned else None,
            )
        except Unmatched:
            raise LoginRequired("This sign-in was finished in another window.") from None
        response = RedirectResponse(f"/u/login?state={secret}", 302, {"cache-control": "no-store"})
        cookie.write(response)
        return response


def _is_uninvited(wanted: Wanted, signed_in: SignedIn) -> bool:
    """Whether the invitation is for somebody else than who is signed in."""
    return normalised(wanted.invited) not in ("", normalised(signed_in.user.email))


def _requested(client: Client, asked: AuthorizationRequest, api: Api | None) -> tuple[str, ...]:
    """The scopes asked for, without what leads to nothing."""
    words, types = parse_scope(asked.get("scope") or "openid"), asked.response_types
    if asked.legacy:
        return obtainable_in_legacy(words, client, types, asked.get("device"))
    return obtainable(words, client, api, at_token_endpoint="code" in types)

"""The authorization endpoint (RFC 6749 §3.1, OIDC Core §3.1.2): check, decide, ask or answer."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from gatewright.clients import Client, Clients
from gatewright.kernel.errors import Invalid
from gatewright.login.transactions import Found
from gatewright.login.way_back import WayBack
from gatewright.oauth import checks
from gatewright.oauth.answering import Answering
from gatewright.oauth.arrival import Arrive, Begun, with_nothing
from gatewright.oauth.errors import OAuthError, ShownError
from gatewright.oauth.pipeline import is_legacy
from gatewright.oauth.popups import PopupAnswers
from gatewright.oauth.question import Question
from gatewright.oauth.requests import (
    AuthorizationRequest,
    answers_in_front,
    kept,
    parse_claims,
    parse_max_age,
    parse_prompt,
    response_types,
)
from gatewright.oauth.response_modes import answer
from gatewright.oauth.shown import ShownErrors
from gatewright.oauth.vocabulary import POPUP, RESPONSE_MODES
from gatewright.tenants import Tenant
from gatewright.web.context import Context, context_of
from gatewright.web.parameters import Parameters, from_form, from_query

Check = Callable[[Client, Parameters], None]

CHECKS: tuple[Check, ...] = (
    checks.nothing_repeated,
    checks.known_response_type,
    checks.known_response_mode,
    checks.no_request_object,
    checks.allowed_grant,
    checks.pkce_present,
)
"""THE TABLE, in the order of the specification; the first that refuses answers, by redirect.

Client and redirect URI were found good before: those refusals are shown and never redirected.
What hangs on the pipeline, the nonce, is checked right after, when the request has been read.
"""


class AuthorizeEndpoint:
    """Answers ``GET`` and ``POST /authorize``, and ``GET /authorize/resume`` when a person comes back."""

    def __init__(
        self,
        *,
        clients: Clients,
        answering: Answering,
        way_back: WayBack,
        shown: ShownErrors,
        popups: PopupAnswers,
    ) -> None:
        self._clients = clients
        self._answering = answering
        self._way_back = way_back
        self._shown = shown
        self._popups = popups

    async def __call__(self, request: Request, arrive: Arrive = with_nothing) -> Response:
        """A redirect with a code or an error, a redirect to the login pages, or an error page."""
        try:
            parameters = await (from_form(request) if request.method == "POST" else _query(request))
        except Invalid as error:
            return await self._shown.page(request, error)
        restarted = str(parameters.get("restarted", ""))[:20]
        return await self.answer(request, parameters, restarted=restarted, arrive=arrive)

    async def resume(self, request: Request) -> Response:
        """Goes on with a parked request after login; every check is made anew, as if it came now."""
        found = await self._way_back.returned(request)
        if isinstance(found, Response):
            return found
        return await self.answer(request, Parameters(found.transaction.request), returned=found)

    async def answer(
        self,
        request: Request,
        parameters: Parameters,
        *,
        restarted: str = "",
        returned: Found | None = None,
        arrive: Arrive = with_nothing,
    ) -> Response:
        """What the authorization request ``parameters`` gets, wherever ``request`` itself went to.

        ``restarted`` and ``returned`` are as in ``Question``.
        """
        mode = _mode(parameters)
        try:
            client, redirect_uri = await self._trusted(context_of(request), parameters)
            _check_receiver(client, mode, redirect_uri)
        except ShownError as error:
            return await self._shown.page(request, error, ui_locales=parameters.get("ui_locales", ""))
        begun: Begun | Response | None = None
        outcome: Response | dict[str, str]
        try:
            asked = accepted(context_of(request).tenant, client, parameters, redirect_uri)
            begun = await arrive(request, client, parameters, asked)
            if isinstance(begun, Response):
                return begun
            signed_in = begun.signed_in if begun else None
            question = Question(client, asked, restarted, returned, signed_in)
            outcome = await self._answering.decide(request, question)
        except OAuthError as error:
            await self._answering.refused(request, client, parameters, error)
            outcome = {"error": error.code, "error_description": error.description}
        if not isinstance(outcome, Response):
            told = _completed(request, parameters, outcome)
            outcome = self._delivered(request, client, parameters, redirect_uri, told)
        if isinstance(begun, Begun):
            begun.write_cookie(outcome)
        return outcome

    def _delivered(
        self,
        request: Request,
        client: Client,
        parameters: Parameters,
        redirect_uri: str,
        told: dict[str, str],
    ) -> Response:
        """The answer in the mode asked for."""
        mode = _mode(parameters)
        if mode == POPUP:
            return self._popups.page(request, client, told)
        target = str(parameters.get("web_message_target", ""))
        return answer(mode, redirect_uri, told, web_message_target=target)

    async def _trusted(self, context: Context, parameters: Parameters) -> tuple[Client, str]:
        """The client, and where the browser may be sent. Raises ``ShownError``.

        A pop-up answers to the window that opened it, and needs no address.
        """
        checks.nothing_repeated_before_redirect(parameters)
        client_id = parameters.get("client_id", "")
        client = await self._clients.get(context.tenant.tenant_id, client_id)
        if client is None:
            raise checks.unknown_client(client_id)
        if _mode(parameters) == POPUP and "redirect_uri" not in parameters:
            return client, ""
        return client, checks.registered_redirect(client, parameters)


def accepted(
    tenant: Tenant, client: Client, parameters: Parameters, redirect_uri: str
) -> AuthorizationRequest:
    """The request, once it has passed THE TABLE. Raises ``OAuthError``."""
    for check in CHECKS:
        check(client, parameters)
    legacy = is_legacy(tenant, client, parameters.get("audience", ""))
    asked = _read(parameters, redirect_uri, legacy=legacy)
    checks.nonce_present(asked)
    return asked


async def _query(request: Request) -> Parameters:
    return from_query(request)


def _check_receiver(client: Client, mode: str, redirect_uri: str) -> None:
    """Whether a page of the client may receive an answer by message. Raises ``ShownError``."""
    if mode == "web_message":
        checks.allowed_origin(client, redirect_uri)
    elif mode == POPUP:
        checks.has_opener(client)


def _accepted(
    request: Request, client: Client, parameters: Parameters, redirect_uri: str
) -> AuthorizationRequest:
    """The request, read and found good. Raises ``OAuthError``."""
    for check in CHECKS:
        check(client, parameters)
    legacy = is_legacy(context_of(request).tenant, client, parameters.get("audience", ""))
    asked = _read(parameters, redirect_uri, legacy=legacy)
    checks.nonce_present(asked)
    return asked


def _completed(request: Request, parameters: Parameters, outcome: dict[str, str]) -> dict[str, str]:
    """The outcome with ``state`` and ``iss`` (RFC 9207)."""
    state = {"state": parameters["state"]} if "state" in parameters else {}
    return {**outcome, **state, "iss": context_of(request).tenant.issuer}


def _mode(parameters: Parameters) -> str:
    """The response mode: the one asked for, if we have it and it suits the response type, else the default.

    An answer that holds tokens never goes into a query (Multiple Response Types §2.1, §5).
    """
    if parameters.get("owp") == "true":
        return POPUP
    asked = str(parameters.get("response_mode", ""))
    if answers_in_front(response_types(str(parameters.get("response_type", "")))):
        return asked if asked in RESPONSE_MODES and asked != "query" else "fragment"
    return asked if asked in RESPONSE_MODES else "query"


def _read(parameters: Parameters, redirect_uri: str, *, legacy: bool) -> AuthorizationRequest:
    claims, wanted = parse_claims(str(parameters.get("claims", "")))
    return AuthorizationRequest(
        parameters=kept(parameters),
        redirect_uri=redirect_uri,
        redirect_uri_sent="redirect_uri" in parameters,
        prompt=parse_prompt(str(parameters.get("prompt", ""))),
        max_age=parse_max_age(str(parameters.get("max_age", ""))),
        claims=claims,
        wanted=wanted,
        legacy=legacy,
    )

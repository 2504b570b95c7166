"""Logout: the wire's ``/v2/logout`` and OpenID Connect RP-Initiated Logout 1.0 at ``/oidc/logout``."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from gatewright.clients import Client, Clients
from gatewright.kernel.errors import Invalid
from gatewright.kernel.texts import N_, Phrase
from gatewright.kernel.urls import is_registered
from gatewright.login.browser import BrowserCookie
from gatewright.login.forms import is_ours
from gatewright.oauth.checks import unknown_client
from gatewright.oauth.current_session import CurrentSession
from gatewright.oauth.errors import ShownError
from gatewright.oauth.hints import Hint
from gatewright.oauth.logout_hint import LogoutHints
from gatewright.oauth.response_modes import with_query
from gatewright.oauth.session_end import SessionEnd
from gatewright.oauth.shown import ShownLogoutErrors
from gatewright.web.context import context_of
from gatewright.web.hosting import NONE, HostedPages
from gatewright.web.parameters import Parameters, from_form, from_query

_PURPOSE = "logout"
_NO_STORE = {"cache-control": "no-store"}
_ADD_TO_CLIENT = N_("Add the address, exactly as seen, to the application's Allowed Logout URLs.")
_ADD_TO_TENANT = N_(
    "Name the application by its client_id, "
    "or add the address, exactly as seen, to the Allowed Logout URLs of the tenant."
)


class EndSessionEndpoints:
    """The doors out."""

    def __init__(
        self,
        *,
        clients: Clients,
        hints: LogoutHints,
        current: CurrentSession,
        ending: SessionEnd,
        pages: HostedPages,
        shown: ShownLogoutErrors,
    ) -> None:
        self._clients = clients
        self._hints = hints
        self._current = current
        self._ending = ending
        self._pages = pages
        self._shown = shown

    async def v2(self, request: Request) -> Response:
        """Ends the session, then goes to ``returnTo`` if that is registered."""
        try:
            parameters = _once(from_query(request))
            target = parameters.get("returnTo")
            client = await self._client(request, parameters.get("client_id"))
            if target is not None:
                self._check_return(request, client, target)
        except (ShownError, Invalid) as error:
            return await self._shown.page(request, error)
        if target is not None:
            return await self._ending.end(request, RedirectResponse(target, 302, _NO_STORE), client)
        if "text/html" in request.headers.get("accept", ""):
            return await self._ending.end(request, self._logged_out(request, parameters), client)
        return await self._ending.end(request, PlainTextResponse("OK", headers=_NO_STORE), client)

    async def oidc(self, request: Request) -> Response:
        """Ends the session at once with an ``id_token_hint`` of ours, else after asking the person."""
        parameters = Parameters({})
        try:
            parameters = await _parameters(request)
            hint = await self._hints.read(context_of(request).tenant, parameters.get("id_token_hint"))
            client = await self._client(request, _client_id(parameters, hint))
            target = _target(client, parameters)
        except (ShownError, Invalid) as error:
            return await self._shown.page(request, error, ui_locales=parameters.get("ui_locales", ""))
        signed_in = await self._current.of(request)
        if signed_in is not None and (hint is None or hint.subject != signed_in.user.user_id):
            return self._ask(request, parameters, signed_in.user.display_name)
        return await self._done(request, client, target, parameters)

    async def confirmed(self, request: Request) -> Response:
        """Takes the person's answer to the question that ``/oidc/logout`` asked."""
        form = Parameters({})
        try:
            form = _once(await from_form(request))
            client = await self._client(request, form.get("client_id"))
            target = _target(client, form)
        except (ShownError, Invalid) as error:
            return await self._shown.page(request, error, ui_locales=form.get("ui_locales", ""))
        if not is_ours(request, form, _PURPOSE):
            return self._ask(request, form, "")
        if form.get("action") != "accept":
            locale = self._locale(request, form)
            return self._pages.show(request, "oauth/still_signed_in.html", locale=locale)
        return await self._done(request, client, target, form)

    async def _done(
        self, request: Request, client: Client | None, target: str | None, parameters: Parameters
    ) -> Response:
        if target is None:
            return await self._ending.end(request, self._logged_out(request, parameters), client)
        return await self._ending.end(request, RedirectResponse(target, 303, _NO_STORE), client)

    def _ask(self, request: Request, parameters: Parameters, account: str) -> Response:
        cookie = BrowserCookie.of(request, secure=context_of(request).tenant.is_https)
        kept = ("client_id", "post_logout_redirect_uri", "state", "ui_locales")
        response = self._pages.show(
            request,
            "oauth/logout_confirm.html",
            locale=self._locale(request, parameters),
            form_targets=None,
            action="/u/logout",
            csrf=cookie.form_token(_PURPOSE),
            hidden={name: parameters[name] for name in kept if name in parameters},
            account=account,
        )
        cookie.write(response)
        return response

    def _logged_out(self, request: Request, parameters: Parameters) -> Response:
        locale = self._locale(request, parameters)
        return self._pages.show(request, "oauth/logged_out.html", locale=locale, return_url="")

    def _locale(self, request: Request, parameters: Parameters) -> str:
        return self._pages.locale(request, parameters.get("ui_locales"))

    async def _client(self, request: Request, client_id: str | None) -> Client | None:
        if client_id is None:
            return None
        client = await self._clients.get(context_of(request).tenant.tenant_id, client_id)
        if client is None:
            raise unknown_client(client_id)
        return client

    def _check_return(self, request: Request, client: Client | None, target: str) -> None:
        """Registered for the client, or for the tenant where no client is named."""
        settings = context_of(request).tenant.settings
        allowed = client.allowed_logout_urls if client else settings.allowed_logout_urls
        if not is_registered(target, allowed):
            raise _not_allowed(N_("returnTo seen"), target, client, allowed)


async def _parameters(request: Request) -> Parameters:
    return _once(await from_form(request) if request.method == "POST" else from_query(request))


def _once(parameters: Parameters) -> Parameters:
    """The parameters, each of which came once. Raises ``Invalid``."""
    if parameters.repeated:
        repeated = ", ".join(sorted(parameters.repeated))[:200]
        raise Invalid(Phrase(N_("sent more than once: %(names)s"), names=repeated))
    return parameters


def _client_id(parameters: Parameters, hint: Hint | None) -> str | None:
    given: str | None = parameters.get("client_id")
    if hint is not None and given is not None and given != hint.client_id:
        raise ShownError(
            "invalid_request",
            N_("The logout request names another application than its id_token_hint."),
            facts=((N_("client_id seen"), given[:200]), (N_("Application of the hint"), hint.client_id)),
        )
    return given or (hint.client_id if hint else None)


def _target(client: Client | None, parameters: Parameters) -> str | None:
    """Where the browser goes afterwards; ``state`` goes with it (RP-Initiated Logout §3).

    Without a client, which a hint names too, it goes nowhere.
    """
    uri: str | None = parameters.get("post_logout_redirect_uri")
    if uri is None or client is None:
        return None
    if not client.accepts_logout_redirect(uri):
        raise _not_allowed(N_("post_logout_redirect_uri seen"), uri, client, client.allowed_logout_urls)
    state = parameters.get("state")
    return uri if state is None else with_query(uri, {"state": state})


def _not_allowed(label: str, seen: str, client: Client | None, allowed: tuple[str, ...]) -> ShownError:
    return ShownError(
        "invalid_request",
        N_("The application asked to go on, after logout, at an address that is not registered for it."),
        facts=(
            (N_("Application"), client.name if client else NONE),
            (label, seen[:500]),
            (N_("Allowed Logout URLs"), "\n".join(allowed) or NONE),
        ),
        change=_ADD_TO_CLIENT if client else _ADD_TO_TENANT,
        client=client,
    )

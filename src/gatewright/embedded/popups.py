"""``/sso_dbconnection_popup/{client_id}``: a pop-up that the opener tells a password (the wire §2.17).

The first page takes name and password from an opener whose origin the client has listed, and posts them by a
form of ours. The answer to that form is the pop-up page of the authorization endpoint.
"""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from gatewright.clients import Client, Clients
from gatewright.embedded.database_errors import described
from gatewright.embedded.errors import CrossOriginNotAllowed
from gatewright.embedded.proof import Passwords, Proven
from gatewright.embedded.tickets import ArrivedSessions
from gatewright.kernel.errors import GatewrightError, Invalid
from gatewright.kernel.texts import N_, Phrase
from gatewright.login import forms
from gatewright.login.browser import BrowserCookie
from gatewright.login.way_back import WayBack
from gatewright.oauth.arrival import Begun
from gatewright.oauth.authorize import AuthorizeEndpoint
from gatewright.oauth.checks import unknown_client
from gatewright.oauth.errors import ShownError
from gatewright.oauth.popups import PopupAnswers
from gatewright.oauth.shown import ShownErrors
from gatewright.web.context import context_of
from gatewright.web.hosting import HostedPages
from gatewright.web.parameters import Parameters
from gatewright.web.scripts import Script, script_file, sha256_source

_SCRIPT = script_file(__file__, "dbconnection_popup.js")
_FIELDS = ("username", "password", "connection", "state", "scope", "device")
_RELAY = 'window.doPost=function(message,origin){"use strict";window.parent.postMessage(message,origin)};'


class PopupLogin:
    """Answers at ``/sso_dbconnection_popup/{client_id}``."""

    def __init__(
        self,
        *,
        clients: Clients,
        passwords: Passwords,
        sessions: ArrivedSessions,
        authorize: AuthorizeEndpoint,
        answers: PopupAnswers,
        way_back: WayBack,
        pages: HostedPages,
        shown: ShownErrors,
    ) -> None:
        self._clients = clients
        self._passwords = passwords
        self._sessions = sessions
        self._authorize = authorize
        self._answers = answers
        self._way_back = way_back
        self._pages = pages
        self._shown = shown

    async def show(self, request: Request) -> Response:
        """The page that asks its opener for a name and a password."""
        try:
            client = await self._client(request)
        except ShownError as error:
            return await self._shown.page(request, error)
        cookie = BrowserCookie.of(request, secure=context_of(request).tenant.is_https)
        response = self._pages.show(
            request,
            "embedded/dbconnection_popup.html",
            form_targets=None,
            script=Script(_SCRIPT, {"origins": sorted(client.script_origins()), "fields": _FIELDS}),
            action=request.scope["path"],
            csrf=cookie.form_token(_purpose(client)),
            fields=_FIELDS,
            client_name=client.name,
        )
        cookie.write(response)
        return response

    async def submit(self, request: Request) -> Response:
        """A session for whoever the password proves; tokens or the error are told to the opener."""
        try:
            client = await self._client(request)
            form = await forms.parse(request)
        except ShownError as error:
            return await self._shown.page(request, error)
        except Invalid as error:
            return self._way_back.malformed(request, error)
        if not forms.is_ours(request, form, _purpose(client)):
            return self._way_back.malformed(request, Invalid(Phrase(N_("it was sent by another page"))))
        try:
            proven = await self._passwords.prove(
                context_of(request),
                client,
                realm=form.get("connection", ""),
                username=form.get("username", ""),
                password=form.get("password", ""),
            )
        except GatewrightError as error:
            return self._refused(request, client, form, error)
        return await self._signed_in(request, form, client, proven)

    async def _client(self, request: Request) -> Client:
        """The client in the address. Raises ``ShownError``."""
        client_id = str(request.path_params["client_id"])
        client = await self._clients.get(context_of(request).tenant.tenant_id, client_id)
        if client is None:
            raise unknown_client(client_id)
        if not client.takes_passwords_itself:
            error = CrossOriginNotAllowed("cross_origin_authentication is off")
            raise ShownError(
                error.code,
                N_("The application may not take passwords on its own pages."),
                facts=((N_("Application"), client.name),),
                change=N_("Set the application's cross_origin_authentication to true."),
                client=client,
            )
        return client

    async def _signed_in(
        self, request: Request, form: Parameters, client: Client, proven: Proven
    ) -> Response:
        async def arrive(request: Request, client: Client, *_: object) -> Begun:
            return await self._sessions.begin(request, client, proven)

        asked = {name: form[name] for name in ("scope", "state", "device") if name in form}
        wanted = {"client_id": client.client_id, "response_type": "token", "owp": "true", **asked}
        return await self._authorize.answer(request, Parameters(wanted), arrive=arrive)

    def _refused(
        self, request: Request, client: Client, form: Parameters, error: GatewrightError
    ) -> Response:
        status, _, code, description = described(error)
        answer = {"error": code, "error_description": description}
        if "state" in form:
            answer["state"] = form["state"]
        return self._answers.page(request, client, answer, status=status)


class RelayPage:
    """Answers ``GET /relay.html``."""

    async def __call__(self, request: Request) -> Response:
        """The page by which a pop-up speaks to its opener in browsers that know no other way.

        It calls nobody by itself: only another page of ours can reach the function it has.
        """
        policy = f"default-src 'none'; script-src {sha256_source(_RELAY)}; base-uri 'none'"
        headers = {
            "cache-control": "public, max-age=3600",
            "content-security-policy": policy,
            "x-content-type-options": "nosniff",
            "referrer-policy": "no-referrer",
        }
        body = (
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Relay</title></head>'
            f"<body><script>{_RELAY}</script></body></html>"
        )
        return HTMLResponse(body, headers=headers)


def _purpose(client: Client) -> str:
    return f"popup {client.client_id}"

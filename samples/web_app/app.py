"""The application: its addresses and what they do."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

from web_app import problems
from web_app.claims import explained, moment
from web_app.provider import fresh_tokens, provider, refresh
from web_app.sessions import Sessions
from web_app.settings import Settings

HERE = Path(__file__).parent
SIGN_IN_OPTIONS = ("connection", "login_hint", "prompt", "screen_hint", "ui_locales")
SECURITY_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'self'; img-src 'self' https: data:; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class WebApp:
    """Handlers of the application's addresses."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._provider = provider(settings)
        self._expected = {
            "iss": {"essential": True, "value": settings.issuer},
            "aud": {"essential": True, "value": settings.client_id},
        }
        self._templates = Jinja2Templates(HERE / "templates")

    async def home(self, request: Request) -> Response:
        """Greet those who are not signed in, and show the others what is known about them."""
        if "user" not in request.session:
            return self._page(request, "home.html")
        return self._profile(request)

    async def login(self, request: Request) -> Response:
        """Send the browser to the provider. It remembers state, nonce and PKCE verifier for the way back."""
        asked = request.query_params
        options = {name: asked[name] for name in SIGN_IN_OPTIONS if name in asked}
        return await self._provider.authorize_redirect(request, self._settings.url("/callback"), **options)

    async def callback(self, request: Request) -> Response:
        """Receive the browser from the provider: check that we sent it there, and redeem the code.

        Authlib compares nonce, signature, issuer, audience and times of the id_token.
        """
        state = request.query_params.get("state", "")
        if await self._provider.framework.get_state_data(request.session, state) is None:
            # Before anything else is believed: this address can be opened by a link from anywhere.
            raise problems.UnknownState
        try:
            tokens = await self._provider.authorize_access_token(request, claims_options=self._expected)
        finally:
            await self._provider.framework.clear_state_data(request.session, state)
        user = dict(tokens.pop("userinfo"))
        request.session.restart()
        request.session.update(user=user, tokens=dict(tokens))
        return RedirectResponse("/", 303)

    async def userinfo(self, request: Request) -> Response:
        """Ask the provider once more who this is, with the access token (OpenID Connect Core §5.3)."""
        if "user" not in request.session:
            return RedirectResponse("/login", 303)
        tokens = await fresh_tokens(self._provider, request.session)
        answer = await self._provider.userinfo(token=tokens)
        return self._profile(request, userinfo=json.dumps(answer, indent=2, ensure_ascii=False))

    async def refresh(self, request: Request) -> Response:
        """Get new tokens while the person notices nothing."""
        self._check_origin(request)
        if "user" not in request.session:
            return RedirectResponse("/login", 303)
        await refresh(self._provider, request.session)
        request.session["notice"] = "New tokens have arrived. Nobody had to sign in."
        return RedirectResponse("/", 303)

    async def logout(self, request: Request) -> Response:
        """Forget the person here, then at the provider (OpenID Connect RP-Initiated Logout)."""
        self._check_origin(request)
        tokens = request.session.get("tokens", {})
        request.session.clear()
        metadata = await self._provider.load_server_metadata()
        if "end_session_endpoint" not in metadata:
            return RedirectResponse("/", 303)
        query = {"client_id": self._settings.client_id, "post_logout_redirect_uri": self._settings.url("/")}
        if "id_token" in tokens:
            query["id_token_hint"] = tokens["id_token"]
        return RedirectResponse(f"{metadata['end_session_endpoint']}?{urlencode(query)}", 303)

    async def failed(self, request: Request, error: Exception) -> Response:
        """Say what went wrong, and what to do about it."""
        problem = problems.explain(error, self._settings)
        if problem.ends_session:
            request.session.clear()
        return self._page(request, "problem.html", problem.status, problem=problem)

    def _profile(self, request: Request, **more: Any) -> Response:
        session = request.session
        tokens = session["tokens"]
        return self._page(
            request,
            "profile.html",
            claims=explained(session["user"]),
            tokens=tokens,
            expires_at=moment(tokens["expires_at"]),
            notice=session.pop("notice", ""),
            **more,
        )

    def _page(self, request: Request, name: str, status: int = 200, **context: Any) -> Response:
        context = {"user": request.session.get("user"), "issuer": self._settings.issuer, **context}
        return self._templates.TemplateResponse(request, name, context, status, SECURITY_HEADERS)

    def _check_origin(self, request: Request) -> None:
        """Refuse a form that another site made the browser send (cross-site request forgery)."""
        if request.headers.get("origin") != self._settings.base_url:
            raise HTTPException(403, "This form was sent from another site.")


def create_app(settings: Settings) -> Starlette:
    """Return the application; nothing is opened or fetched before the first request."""
    site = WebApp(settings)
    return Starlette(
        routes=[
            Route("/", site.home),
            Route("/login", site.login),
            Route("/callback", site.callback),
            Route("/userinfo", site.userinfo),
            Route("/refresh", site.refresh, methods=["POST"]),
            Route("/logout", site.logout, methods=["POST"]),
            Mount("/static", StaticFiles(directory=HERE / "static")),
        ],
        middleware=[Middleware(Sessions, secure=settings.is_https)],
        exception_handlers=dict.fromkeys(problems.EXPLAINED, site.failed),
    )

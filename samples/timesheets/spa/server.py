"""Hands out the files of the single-page application; it sees no token and no user."""

from dataclasses import dataclass
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from timesheets.settings import Settings

HERE = Path(__file__).parent
PACKAGES = HERE.parents[2] / "node_modules"


@dataclass(frozen=True)
class Library:
    """The provider's library in the browser, and the one script of the page that knows it.

    name: what the library is called.
    file: the library as its package has it, a module for browsers.
    session: what the page loads as `session.js`.
    """

    name: str
    file: Path
    session: Path


AUTH0_SPA_JS = Library(
    "auth0-spa-js",
    PACKAGES / "@auth0/auth0-spa-js/dist/auth0-spa-js.production.esm.js",
    HERE / "site/session.js",
)
"""Authorization code with PKCE, and refresh tokens."""


class Headers:
    """Middleware that puts the same headers on every answer."""

    def __init__(self, app: ASGIApp, headers: dict[str, str]) -> None:
        self._app = app
        self._headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application and add the headers."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self._headers]
            await send(message)

        await self._app(scope, receive, send_with_headers)


def create_app(settings: Settings, library: Library) -> Starlette:
    """Return the server of the files and of the configuration that the application starts from."""

    async def configuration(_: Request) -> Response:
        return JSONResponse(
            {
                "issuer": settings.issuer,
                "clientId": settings.client_id,
                "audience": settings.audience,
                "api": settings.api_url,
                "library": library.name,
            }
        )

    async def sdk(_: Request) -> Response:
        return FileResponse(library.file, media_type="text/javascript")

    async def session(_: Request) -> Response:
        return FileResponse(library.session, media_type="text/javascript")

    return Starlette(
        routes=[
            Route("/configuration.json", configuration),
            Route("/vendor/library.js", sdk),
            Route("/session.js", session),
            Mount("/", StaticFiles(directory=HERE / "site", html=True)),
        ],
        middleware=[Middleware(Headers, headers=security_headers(settings))],
    )


def security_headers(settings: Settings) -> dict[str, str]:
    """Return headers that let the page talk to the issuer and the API, and to nobody else."""
    issuer = settings.issuer.rstrip("/")
    policy = {
        "default-src": "'self'",
        "connect-src": f"'self' {issuer} {settings.api_url}",  # tokens, and the API
        "frame-src": issuer,  # silent renewal
        "worker-src": "blob:",  # where auth0-spa-js hides the refresh token from the page
        "img-src": "'self' https: data:",
        "frame-ancestors": "'none'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "Cache-Control": "no-cache",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }

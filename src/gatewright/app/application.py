"""The platform → the ASGI application: health, then errors, then tenants, then routes."""

import asyncio
from contextlib import suppress
from pathlib import Path

from starlette.types import Receive, Scope, Send

from gatewright.app.embedded import build_embedded
from gatewright.app.login import build_login
from gatewright.app.platform import Platform, build_platform
from gatewright.app.protocol import build_protocol
from gatewright.app.selfservice import build_selfservice
from gatewright.embedded.routes import embedded_routes
from gatewright.kernel.errors import GatewrightError
from gatewright.login.live_sessions import LiveSessions
from gatewright.login.routes import login_routes
from gatewright.login.way_back import WayBack
from gatewright.oauth.routes import protocol_routes
from gatewright.selfservice.routes import selfservice_routes
from gatewright.settings import Settings
from gatewright.storage.backends import open_database
from gatewright.web.dev_messages import DevMessages
from gatewright.web.health import Health
from gatewright.web.hosting import HostedPages, theme_of
from gatewright.web.lazy import LazyApp
from gatewright.web.pages import Pages
from gatewright.web.problems import Problems, not_found
from gatewright.web.routing import Route, Router
from gatewright.web.tenancy import Tenancy
from gatewright.web.unknown_host import UnknownHost
from gatewright.web.welcome import Welcome

_ROOMS = Path(__file__).parent.parent


def create_app(settings: Settings) -> "Application":
    """The application of one process. Opens nothing: its lifespan opens the database, and closes it."""
    return Application(build_platform(settings, open_database(settings.database.url)))


class Application:
    """The ASGI application: health, then errors, then tenants, then routes."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        pages = Pages(folders=[_ROOMS / room / "templates" for room in ("login", "oauth", "embedded")])
        hosted = HostedPages(pages)
        management = LazyApp("gatewright.app.management", "build_management", platform)
        self.router = Router(self._routes(hosted, pages), mounts={"/api/v2": management}, missing=not_found)
        tenancy = Tenancy(
            self.router,
            platform.tenants,
            proxies=platform.settings.listen.trusted_proxies,
            unknown_host=UnknownHost(pages, issuer=platform.settings.issuer.url),
        )
        self._serve = Health(Problems(tenancy), platform.database)
        self._tasks: list[asyncio.Task[None]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request, or the life of the process."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        self.platform.housekeeping.used()
        await self._serve(scope, receive, send)

    async def start(self) -> None:
        """Opens the database and begins the background work."""
        await self.platform.database.open()
        platform = self.platform
        work = (
            platform.sender.run(),
            platform.housekeeping.run(),
            platform.worker.run(),
            platform.streaming.run(),
        )
        self._tasks = [asyncio.create_task(each) for each in work]

    async def stop(self) -> None:
        """Ends the background work and closes the database."""
        self.platform.sender.stop()
        for task in self._tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        self.platform.hasher.close()
        await self.platform.database.close()

    def _routes(self, hosted: HostedPages, pages: Pages) -> tuple[Route, ...]:
        platform = self.platform
        live = LiveSessions(platform.stores.sessions, platform.users, platform.connections, platform.clock)
        way_back = WayBack(platform.logins, live, hosted)
        dev = self.platform.settings.dev
        protocol = build_protocol(self.platform, hosted, way_back)
        embedded = build_embedded(self.platform, hosted, way_back, protocol.authorize)
        routes = (
            Route("/", {"GET": Welcome(hosted, dev=dev)}),
            *protocol_routes(protocol, embedded.authorize),
            *embedded_routes(embedded),
            *login_routes(build_login(self.platform, hosted, way_back), way_back),
            *selfservice_routes(build_selfservice(self.platform, hosted)),
        )
        if dev:
            routes += DevMessages(self.platform.outbox, pages, theme_of).routes
        return routes

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            await self.start()
        except GatewrightError as error:
            await send({"type": "lifespan.startup.failed", "message": error.message})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.stop()
        await send({"type": "lifespan.shutdown.complete"})

"""The front page of a tenant: whoever opens the bare issuer learns where they are and where to go."""

from starlette.requests import Request
from starlette.responses import Response

from gatewright.kernel.texts import N_
from gatewright.web.context import context_of
from gatewright.web.hosting import HostedPages


class Welcome:
    """``GET /``. In development it links to what a developer looks for first."""

    def __init__(self, pages: HostedPages, *, dev: bool) -> None:
        self._pages = pages
        self._dev = dev

    async def __call__(self, request: Request) -> Response:
        """The page."""
        tenant = context_of(request).tenant
        links = [(N_("Provider metadata"), tenant.url(".well-known/openid-configuration"))]
        if self._dev:
            links.append((N_("Captured messages"), tenant.url("dev/messages")))
        return self._pages.show(
            request,
            "web/welcome.html",
            home_url=tenant.settings.default_redirection_uri,
            links=links,
        )

"""``/dev/messages``: mail and text messages that ``gatewright dev`` captured instead of sending.

Mounted in dev alone: whoever can reach these pages can open every link that was mailed.
"""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gatewright.messages import CapturedMessage, Outbox
from gatewright.tenants import Looks, Tenant
from gatewright.web.context import context_of
from gatewright.web.languages import choose
from gatewright.web.pages import Pages, Theme
from gatewright.web.routing import Route

__all__ = ["DevMessages"]


class DevMessages:
    """The page and the list of a tenant's captured messages; ``theme_of`` gives the tenant's look."""

    def __init__(self, outbox: Outbox, pages: Pages, theme_of: Callable[[Tenant, Looks], Theme]) -> None:
        self._outbox = outbox
        self._pages = pages
        self._theme_of = theme_of

    @property
    def routes(self) -> tuple[Route, ...]:
        """Both addresses."""
        return (
            Route("/dev/messages", {"GET": self.page}),
            Route("/dev/messages.json", {"GET": self.listing}),
        )

    async def page(self, request: Request) -> Response:
        """For people: newest first, each shown as a mail program shows it."""
        tenant = context_of(request).tenant
        locale = choose(None, request.headers.get("accept-language"), tenant.settings.enabled_locales)
        return self._pages.render(
            "web/dev_messages.html",
            theme=self._theme_of(tenant, context_of(request).looks),
            locale=locale,
            foreign_styles=True,
            messages=await self._shown(tenant),
        )

    async def listing(self, request: Request) -> Response:
        """For scripts: a JSON list, newest last; ``at`` is seconds UTC."""
        messages = await self._shown(context_of(request).tenant)
        return JSONResponse(messages, headers={"cache-control": "no-store"})

    async def _shown(self, tenant: Tenant) -> list[dict[str, object]]:
        return [_facts(captured) for captured in await self._outbox.captured(tenant.tenant_id)]


def _facts(captured: CapturedMessage) -> dict[str, object]:
    message = captured.message
    return {
        "at": captured.at,
        "channel": message.channel,
        "kind": message.kind,
        "to": message.to,
        "from": message.from_,
        "subject": message.subject,
        "text": message.text,
        "html": message.html,
    }

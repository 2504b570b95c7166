"""The page for a host that no tenant answers on: what was seen, what is known, which line to change."""

from starlette.requests import Request
from starlette.responses import Response

from gatewright.web.pages import Pages
from gatewright.web.themes import Theme


class UnknownHost:
    """Renders it; ``issuer`` is the address that would have worked."""

    def __init__(self, pages: Pages, *, issuer: str) -> None:
        self._pages = pages
        self._issuer = issuer

    async def __call__(self, request: Request, host: str, known: tuple[str, ...]) -> Response:
        """421 (RFC 9110 §15.5.20): this request was sent to a server that is not responsible for it."""
        return self._pages.render(
            "web/error.html",
            theme=Theme(name="Gatewright"),
            locale="en",
            status=421,
            title="Nobody answers at this address",
            message="The request named a host that does not belong to any tenant of this server.",
            facts=(("Host seen", host[:200] or "(none)"), ("Known hosts", "\n".join(known) or "(none)")),
            change=(
                f"Open {self._issuer}, or set GATEWRIGHT_ISSUER to the address people use. "
                "Behind a proxy, make it pass the Host header on."
            ),
        )

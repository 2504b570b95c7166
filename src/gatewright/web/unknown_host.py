"""The page for a host that no tenant answers on: what was seen, what is known, which line to change."""

from starlette.requests import Request
from starlette.responses import Response

from gatewright.kernel.texts import N_, Phrase
from gatewright.web.hosting import NONE
from gatewright.web.languages import LANGUAGES, choose
from gatewright.web.pages import Pages
from gatewright.web.themes import Theme

_CHANGE = N_(
    "Open %(issuer)s, or set GATEWRIGHT_ISSUER to the address people use. "
    "Behind a proxy, make it pass the Host header on."
)


class UnknownHost:
    """Renders it; ``issuer`` is the address that would have worked."""

    def __init__(self, pages: Pages, *, issuer: str) -> None:
        self._pages = pages
        self._issuer = issuer

    async def __call__(self, request: Request, host: str, known: tuple[str, ...]) -> Response:
        """421 (RFC 9110 §15.5.20): this request was sent to a server that is not responsible for it.

        The browser alone chooses the language: there is no tenant to enable any.
        """
        return self._pages.render(
            "web/error.html",
            theme=Theme(name="Gatewright"),
            locale=choose(None, request.headers.get("accept-language"), LANGUAGES),
            status=421,
            title=N_("Nobody answers at this address"),
            message=N_("The request named a host that does not belong to any tenant of this server."),
            facts=(
                (N_("Host seen"), host[:200] or NONE),
                (N_("Known hosts"), "\n".join(known) or NONE),
            ),
            change=Phrase(_CHANGE, issuer=self._issuer),
        )

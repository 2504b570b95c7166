"""The page for a browser that brought too many wrong tickets."""

from starlette.requests import Request
from starlette.responses import Response

from gatewright.kernel.errors import TooMany
from gatewright.kernel.texts import N_
from gatewright.login.steps.step import TOO_MANY
from gatewright.web.hosting import HostedPages


class TooManyPages:
    """Renders it."""

    def __init__(self, pages: HostedPages) -> None:
        self._pages = pages

    def page(self, request: Request, error: TooMany) -> Response:
        """The page, and when to come back (RFC 6585 §4)."""
        page = self._pages.error(
            request, title=N_("This sign-in link does not work"), message=TOO_MANY, status=429
        )
        page.headers["retry-after"] = str(error.retry_after)
        return page

"""Which scripts may read our answers (the Fetch standard's CORS protocol).

Endpoints for ``ANY`` and ``CLIENT`` act on no cookie, so an answer that any origin may read gives nothing
away that the caller did not bring along. Answers about a client are still marked only for its origins.
``COOKIES_OF_CLIENT`` is for those few whose answer hangs on a cookie: they name the origins before they look
at the cookie, and answer the preflight by the same list.
"""

from collections.abc import Callable, Iterable
from enum import Enum

from starlette.requests import Request
from starlette.responses import Response

ALLOWED_HEADERS = (
    "Content-Type, Authorization, Auth0-Client, X-Request-Language, DPoP, Auth0-Custom-Domain, If-Match"
)
EXPOSED_HEADERS = (
    "X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, DPoP-Nonce, WWW-Authenticate, ETag"
)
_ONE_DAY = "86400"
_ALLOWED_ORIGINS = "gatewright.allowed_origins"


class CrossOrigin(Enum):
    """Whose scripts may read the answer."""

    NONE = "none"
    ANY = "any"
    CLIENT = "client"
    COOKIES_OF_CLIENT = "client, with cookies"

    def mark(self, request: Request, response: Response) -> None:
        """Adds the headers that let the asking origin read ``response``."""
        if self is CrossOrigin.NONE:
            return
        if self is CrossOrigin.ANY:
            response.headers["access-control-allow-origin"] = "*"
            response.headers["access-control-expose-headers"] = EXPOSED_HEADERS
            return
        origin = request.headers.get("origin")
        if origin is None:
            return
        response.headers.add_vary_header("Origin")
        if origin in request.scope.get(_ALLOWED_ORIGINS, tuple)():
            response.headers["access-control-allow-origin"] = origin
            response.headers["access-control-expose-headers"] = EXPOSED_HEADERS
            if self is CrossOrigin.COOKIES_OF_CLIENT:
                response.headers["access-control-allow-credentials"] = "true"


def allow_origins(request: Request, origins: Callable[[], Iterable[str]]) -> None:
    """Names the origins that may read the answer, for ``CrossOrigin.mark`` to judge by if a script asks."""
    request.scope[_ALLOWED_ORIGINS] = origins


def preflight(request: Request, methods: Iterable[str]) -> Response:
    """Answers the browser's question before the real request; which client it is for is not known yet."""
    response = permission(methods)
    response.headers["access-control-allow-origin"] = request.headers.get("origin", "*")
    response.headers["vary"] = "Origin"
    return response


def permission(methods: Iterable[str]) -> Response:
    """What may be sent, for a preflight whose origins ``CrossOrigin.mark`` adds."""
    return Response(
        status_code=204,
        headers={
            "access-control-allow-methods": ", ".join(sorted(methods)),
            "access-control-allow-headers": ALLOWED_HEADERS,
            "access-control-max-age": _ONE_DAY,
        },
    )

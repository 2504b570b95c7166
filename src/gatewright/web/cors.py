"""Which scripts may read our answers (the Fetch standard's CORS protocol).

None of these endpoints acts on cookies, so an answer that any origin may read gives nothing away
that the caller did not bring along. Answers about a client are still marked only for that client's origins.
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


def allow_origins(request: Request, origins: Callable[[], Iterable[str]]) -> None:
    """Names the origins of the client found, for ``CrossOrigin.CLIENT`` to judge by if a script is asking."""
    request.scope[_ALLOWED_ORIGINS] = origins


def preflight(request: Request, methods: Iterable[str]) -> Response:
    """Answers the browser's question before the real request; which client it is for is not known yet."""
    return Response(
        status_code=204,
        headers={
            "access-control-allow-origin": request.headers.get("origin", "*"),
            "access-control-allow-methods": ", ".join(sorted(methods)),
            "access-control-allow-headers": ALLOWED_HEADERS,
            "access-control-max-age": _ONE_DAY,
            "vary": "Origin",
        },
    )

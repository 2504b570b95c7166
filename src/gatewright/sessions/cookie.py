"""The session cookie: an opaque secret and nothing else.

Over https it is ``SameSite=None`` because silent authentication runs in a frame of the application's page,
with a copy without the attribute for browsers that do not know it.
"""

from starlette.requests import HTTPConnection
from starlette.responses import Response


class SessionCookies:
    """Reads and writes the session secret; ``secure`` unless the tenant runs on plain http."""

    def __init__(self, *, secure: bool) -> None:
        self._secure = secure
        self._name = "__Host-gw_session" if secure else "gw_session"
        self._copy = "__Host-gw_session_compat" if secure else None

    def read(self, request: HTTPConnection) -> str | None:
        """The secret the browser sent, if any."""
        cookies = request.cookies
        return cookies.get(self._name) or (cookies.get(self._copy) if self._copy else None)

    def write(self, response: Response, secret: str, *, max_age: int | None) -> None:
        """Gives the browser the secret for ``max_age`` seconds, or until it closes."""
        self._set(response, secret, max_age)

    def clear(self, response: Response) -> None:
        """Takes the secret away."""
        self._set(response, "", 0)

    def _set(self, response: Response, value: str, max_age: int | None) -> None:
        same_site = "none" if self._secure else "lax"
        response.set_cookie(
            self._name,
            value,
            max_age=max_age,
            path="/",
            secure=self._secure,
            httponly=True,
            samesite=same_site,  # type: ignore[arg-type]
        )
        if self._copy:
            response.set_cookie(
                self._copy, value, max_age=max_age, path="/", secure=True, httponly=True, samesite=None
            )

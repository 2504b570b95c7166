"""The cookie that ties a login ticket to the browser whose page brought the password.

It is set on the answer to a script of another site, so over https it is ``SameSite=None``.
One secret per browser, so two tabs that sign in at once do not lose each other's ticket.
"""

import hmac

from starlette.requests import HTTPConnection
from starlette.responses import Response

from gatewright.kernel import ids
from gatewright.kernel.secrets import fingerprint

_SHORTEST, _LONGEST = 43, 64


class CrossOriginCookie:
    """Reads and writes the secret; ``secure`` unless the tenant runs on plain http."""

    def __init__(self, *, secure: bool) -> None:
        self._secure = secure
        self._name = "__Host-gw_co" if secure else "gw_co"

    def secret(self, request: HTTPConnection) -> str:
        """What the browser sent, or a new one."""
        return self._sent(request) or ids.opaque_token()

    def fits(self, request: HTTPConnection, cookie_hash: str) -> bool:
        """Whether the browser sent the secret with that hash."""
        sent = self._sent(request)
        return bool(sent) and hmac.compare_digest(fingerprint(sent), cookie_hash)

    def write(self, response: Response, secret: str, *, max_age: int) -> None:
        """Gives it to the browser for ``max_age`` seconds."""
        response.set_cookie(
            self._name,
            secret,
            max_age=max_age,
            path="/",
            secure=self._secure,
            httponly=True,
            samesite="none" if self._secure else "lax",
        )

    def _sent(self, request: HTTPConnection) -> str:
        secret = request.cookies.get(self._name, "")
        return secret if _SHORTEST <= len(secret) <= _LONGEST else ""

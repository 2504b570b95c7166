"""The browser's own cookie: binds transactions to it, and proves that a form came from a page it was shown.

One random secret per browser, not per transaction, so two tabs and the back button share it.
"""

import hashlib
import hmac
from dataclasses import dataclass

from starlette.requests import HTTPConnection
from starlette.responses import Response

from gatewright.jose.encoding import b64url
from gatewright.kernel import ids

_LONGEST = 64


@dataclass(frozen=True, slots=True)
class BrowserCookie:
    """The secret, and whether the browser still has to be given it."""

    secret: str
    secure: bool
    is_new: bool

    @classmethod
    def read(cls, connection: HTTPConnection, *, secure: bool) -> "BrowserCookie | None":
        """What the browser sent; ``None`` when nothing usable."""
        secret = connection.cookies.get(_name(secure), "")
        return cls(secret, secure, is_new=False) if 43 <= len(secret) <= _LONGEST else None

    @classmethod
    def of(cls, connection: HTTPConnection, *, secure: bool) -> "BrowserCookie":
        """What the browser sent, or a new one."""
        return cls.read(connection, secure=secure) or cls(ids.opaque_token(), secure, is_new=True)

    def write(self, response: Response) -> None:
        """Gives it to the browser, which keeps it until it closes.

        ``SameSite=Lax``: the pages are opened by a link or redirect from elsewhere, but forms only from here.
        """
        if self.is_new:
            response.set_cookie(
                _name(self.secure), self.secret, path="/", secure=self.secure, httponly=True, samesite="lax"
            )

    def form_token(self, purpose: str) -> str:
        """What a form for ``purpose`` (a transaction, a ticket) must carry: only pages shown here know it."""
        mac = hmac.digest(self.secret.encode(), f"form {purpose}".encode(), hashlib.sha256)
        return b64url(mac)

    def allows(self, purpose: str, token: str | None) -> bool:
        """Whether a form carried the right token."""
        return token is not None and hmac.compare_digest(self.form_token(purpose).encode(), token.encode())


def _name(secure: bool) -> str:
    return "__Host-gw_browser" if secure else "gw_browser"

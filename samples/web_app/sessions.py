"""Sessions: what the application remembers of a browser between two requests.

The browser keeps a random number in a cookie and nothing else.
Tokens stay on the server, where no script in the page and nobody with the browser's disk can read them.
This sample keeps them in memory, so a restart signs everybody out; a real application takes a database.
"""

import secrets
import time
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LIFETIME = 8 * 3600
"""Seconds from sign-in until the application asks again."""

MOST = 10_000
"""Sessions kept at once; the oldest makes room, so that nobody can fill the memory."""


class Session(dict[str, Any]):
    """The memory of one browser, changed like any dictionary."""

    def __init__(self) -> None:
        super().__init__()
        self.old_id = ""
        self._begin()

    def _begin(self) -> None:
        self.session_id = secrets.token_urlsafe(32)
        self.started_at = time.time()

    def restart(self) -> None:
        """Forget everything and take a new id.

        Called at sign-in: whoever knew the id before must not share what comes after (session fixation).
        """
        self.clear()
        self.old_id = self.session_id
        self._begin()

    @property
    def is_over(self) -> bool:
        """Whether its time is up."""
        return time.time() > self.started_at + LIFETIME


class Sessions:
    """Middleware that gives every request its `request.session`."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app = app
        self._kept: dict[str, Session] = {}
        # With the prefix __Host- a browser accepts the cookie from this very host by https only.
        self._cookie = "__Host-web_app" if secure else "web_app"
        self._attributes = "Path=/; HttpOnly; SameSite=Lax" + ("; Secure" if secure else "")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Find the session, run the application, keep the session."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        sent_id = HTTPConnection(scope).cookies.get(self._cookie, "")
        session = scope["session"] = self._find(sent_id)

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._keep(session)
                self._tell(session, sent_id, MutableHeaders(scope=message))
            await send(message)

        await self._app(scope, receive, send_with_cookie)

    def _find(self, sent_id: str) -> Session:
        session = self._kept.get(sent_id)
        if session is None:
            return Session()
        if session.is_over:
            del self._kept[sent_id]
            return Session()
        return session

    def _keep(self, session: Session) -> None:
        self._kept.pop(session.old_id, None)
        if not session:
            self._kept.pop(session.session_id, None)
            return
        self._kept[session.session_id] = session
        while len(self._kept) > MOST:
            del self._kept[next(iter(self._kept))]

    def _tell(self, session: Session, sent_id: str, headers: MutableHeaders) -> None:
        if session and session.session_id != sent_id:
            headers.append("Set-Cookie", f"{self._cookie}={session.session_id}; {self._attributes}")
        elif sent_id and not session:
            headers.append("Set-Cookie", f"{self._cookie}=; Max-Age=0; {self._attributes}")

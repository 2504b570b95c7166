"""A real SMTP server on loopback for tests, on the loop of the test."""

import asyncio
import ssl
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


@dataclass(frozen=True)
class Received:
    """One message as the server took it."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    options: tuple[str, ...]
    is_encrypted: bool
    is_authenticated: bool

    @property
    def mail(self) -> EmailMessage:
        return cast("EmailMessage", message_from_bytes(self.content, policy=default))

    def part(self, subtype: str) -> str:
        """The text of one of the two alternatives."""
        body = self.mail.get_body((subtype,))
        assert body is not None
        return cast("str", cast("EmailMessage", body).get_content())


class MailServer:
    """Takes mail. ``answers`` are given to DATA, one each, before it says 250 again.

    ``refused`` maps recipients to the answer they get; ``on_data`` is called before DATA is answered.
    """

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.answers: deque[str] = deque()
        self.refused: dict[str, str] = {}
        self.sessions = 0
        self.on_data: Callable[[], None] = lambda: None
        self.port = 0

    @property
    def recipients(self) -> list[str]:
        return [recipient for received in self.received for recipient in received.recipients]

    @asynccontextmanager
    async def listening(
        self,
        *,
        port: int = 0,
        tls: ssl.SSLContext | None = None,
        implicit_tls: bool = False,
        password: str = "",
        utf8: bool = True,
    ) -> AsyncIterator["MailServer"]:
        """Listens, with STARTTLS when ``tls`` is given, demanding ``password`` when there is one."""
        loop, open_sessions = asyncio.get_running_loop(), []

        def session() -> SMTP:
            self.sessions += 1
            open_sessions.append(
                SMTP(
                    self,
                    loop=loop,
                    hostname="mail.example.test",
                    enable_SMTPUTF8=utf8,
                    tls_context=None if implicit_tls else tls,
                    auth_required=bool(password) and not implicit_tls,
                    auth_require_tls=not implicit_tls,
                    authenticator=_authenticator(password) if password else None,
                )
            )
            return open_sessions[-1]

        server = await loop.create_server(session, "127.0.0.1", port, ssl=tls if implicit_tls else None)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for each in open_sessions:
                if each.transport is not None:
                    each.transport.close()
            await server.wait_closed()

    async def handle_RCPT(  # noqa: N802  the name aiosmtpd calls
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802
        self.on_data()
        answer = self.answers.popleft() if self.answers else "250 OK"
        if answer.startswith("2"):
            self.received.append(_received(server, session, envelope))
        return answer


def _received(server: SMTP, session: Any, envelope: Any) -> Received:
    return Received(
        sender=envelope.mail_from,
        recipients=tuple(envelope.rcpt_tos),
        content=envelope.content,
        options=tuple(envelope.mail_options),
        is_encrypted=server.transport.get_extra_info("sslcontext") is not None,
        is_authenticated=bool(session.authenticated),
    )


def _authenticator(password: str) -> Callable[..., AuthResult]:
    def judge(server: SMTP, session: Any, envelope: Any, mechanism: str, data: LoginPassword) -> AuthResult:
        is_right = data.login == b"gatewright" and data.password == password.encode()
        return AuthResult(success=is_right, handled=False)

    return judge

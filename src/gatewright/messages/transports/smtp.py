"""Hands messages over to a mail server (RFC 5321), one connection for a batch."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiosmtplib

from gatewright.messages.model import QueuedMessage
from gatewright.messages.transports.mime import Envelope, envelope_of
from gatewright.messages.transports.reach import Reach, connected
from gatewright.messages.transports.relay import SmtpRelay
from gatewright.messages.transports.transport import Fate, Postponed, Refused, Unreachable

_CONNECT_SECONDS = 10.0
_ANSWER_SECONDS = 20.0
_GOODBYE_SECONDS = 2.0
# 5xx answers that mean our credentials and not this message (RFC 4954 §6), and the server going away.
_NOT_ABOUT_THE_MESSAGE = frozenset({421, 530, 534, 535, 538})
_START_TLS = {"implicit": False, "starttls": True, "opportunistic": None, "off": False}
_log = logging.getLogger(__name__)


class SmtpTransport:
    """Opens sessions with ``relay``.

    Certificates are checked against the roots of the system, or of ``SSL_CERT_FILE``.
    ``reach`` limits where the server may be; without it the operator chose it.
    """

    def __init__(self, relay: SmtpRelay, reach: Reach | None = None) -> None:
        self._relay = relay
        self._reach = reach

    @asynccontextmanager
    async def session(self) -> AsyncIterator["SmtpSession"]:
        """See ``Transport.session``."""
        client = self._client()
        await _connect(client, self._relay, self._reach)
        try:
            yield SmtpSession(client)
        finally:
            await _leave(client)

    def _client(self) -> aiosmtplib.SMTP:
        relay = self._relay
        return aiosmtplib.SMTP(
            hostname=relay.host,
            port=None if self._reach else relay.port,
            username=relay.username or None,
            password=relay.password or None,
            use_tls=relay.implicit_tls,
            start_tls=_START_TLS[relay.protection],
            # Without a checked name TLS still beats clear text, which is all that is demanded on loopback.
            validate_certs=relay.protection != "opportunistic",
            timeout=_CONNECT_SECONDS,
        )


class SmtpSession:
    """One open connection, greeted and authenticated."""

    def __init__(self, client: aiosmtplib.SMTP) -> None:
        self._client = client

    async def deliver(self, queued: QueuedMessage, message_id: str) -> Fate:
        """See ``Session.deliver``."""
        envelope = envelope_of(queued, message_id)
        try:
            await self._send(envelope)
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _judged(error.recipients[0]) from None
        except aiosmtplib.SMTPResponseException as error:
            raise _judged(error) from None
        except (aiosmtplib.SMTPNotSupported, ValueError) as error:
            raise Refused(_shown(str(error))) from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Unreachable(f"the connection to the mail server was lost: {_shown(str(error))}") from None
        return Fate.SENT

    async def _send(self, envelope: Envelope) -> None:
        await self._client.sendmail(
            envelope.sender,
            [envelope.recipient],
            envelope.content,
            mail_options=["SMTPUTF8"] if envelope.needs_utf8 else [],
            timeout=_ANSWER_SECONDS,
        )


async def _connect(client: aiosmtplib.SMTP, relay: SmtpRelay, reach: Reach | None) -> None:
    line = await connected(relay.host, relay.port, reach, seconds=_CONNECT_SECONDS) if reach else None
    try:
        await (client.connect(sock=line) if line else client.connect())
    except aiosmtplib.SMTPAuthenticationError as error:
        raise Unreachable(
            f"the mail server {relay.host}:{relay.port} refused our user name and password ({error.code}); "
            f"check {relay.set_in}"
        ) from None
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        raise Unreachable(
            f"no session with the mail server {relay.host}:{relay.port}: {_shown(str(error))}"
        ) from None


async def _leave(client: aiosmtplib.SMTP) -> None:
    try:
        if client.is_connected:
            await client.quit(timeout=_GOODBYE_SECONDS)
    except (aiosmtplib.SMTPException, OSError) as error:
        # All messages were answered for by now.
        _log.debug("the mail server hung up first: %s", _shown(str(error)))
    finally:
        client.close()


def _judged(error: aiosmtplib.SMTPResponseException) -> Exception:
    """5xx is for good, 4xx for now (RFC 5321 §4.2.1)."""
    said = f"the mail server answered {error.code} {_shown(error.message)}"
    if error.code in _NOT_ABOUT_THE_MESSAGE:
        return Unreachable(said)
    return Refused(said) if error.code >= 500 else Postponed(said)


def _shown(answer: str) -> str:
    """What a server said, on one line and not too long."""
    return " ".join("".join(c if c.isprintable() else " " for c in answer).split())[:200]

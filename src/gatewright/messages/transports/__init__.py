"""How messages leave: handed over to a mail server, or captured."""

import importlib
from contextlib import AbstractAsyncContextManager

from gatewright.messages.transports.captured import Captured
from gatewright.messages.transports.relay import SmtpRelay
from gatewright.messages.transports.transport import (
    Fate,
    Postponed,
    Refused,
    Session,
    Transport,
    Unreachable,
)

__all__ = [
    "Captured",
    "Fate",
    "Postponed",
    "Refused",
    "Session",
    "SmtpRelay",
    "Transport",
    "Unreachable",
    "smtp_transport",
]


def smtp_transport(relay: SmtpRelay) -> Transport:
    """Hands messages over to ``relay``; the code for it is loaded with the first message, not at start."""
    return _AtFirstUse(relay)


class _AtFirstUse:
    def __init__(self, relay: SmtpRelay) -> None:
        self._relay = relay
        self._transport: Transport | None = None

    def session(self) -> AbstractAsyncContextManager[Session]:
        if self._transport is None:
            module = importlib.import_module("gatewright.messages.transports.smtp")
            self._transport = module.SmtpTransport(self._relay)
        return self._transport.session()

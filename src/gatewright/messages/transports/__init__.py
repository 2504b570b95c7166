"""How messages leave: handed over to a mail server, or captured."""

import importlib
from contextlib import AbstractAsyncContextManager

from gatewright.messages.transports.captured import Captured
from gatewright.messages.transports.reach import Reach
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
    "Reach",
    "Refused",
    "Session",
    "SmtpRelay",
    "Transport",
    "Unreachable",
    "smtp_transport",
]


def smtp_transport(relay: SmtpRelay, reach: Reach | None = None) -> Transport:
    """Hands messages over to ``relay``; the code for it is loaded with the first message, not at start.

    ``reach`` limits where the server may be; without it the operator chose it.
    """
    return _AtFirstUse(relay, reach)


class _AtFirstUse:
    def __init__(self, relay: SmtpRelay, reach: Reach | None) -> None:
        self._relay = relay
        self._reach = reach
        self._transport: Transport | None = None

    def session(self) -> AbstractAsyncContextManager[Session]:
        if self._transport is None:
            module = importlib.import_module("gatewright.messages.transports.smtp")
            self._transport = module.SmtpTransport(self._relay, self._reach)
        return self._transport.session()

"""What a transport promises, and the three ways it may fail."""

from contextlib import AbstractAsyncContextManager
from enum import Enum
from typing import Protocol

from gatewright.messages.model import QueuedMessage


class Fate(Enum):
    """What became of a message that was delivered."""

    SENT = "sent"
    KEPT = "kept"


class Refused(Exception):
    """The message will never be taken; the text says why and holds nothing of the message."""


class Postponed(Exception):
    """The message was not taken this time; try again later."""


class Unreachable(Exception):
    """There is nobody to hand messages to at present; nothing is wrong with the message."""


class Session(Protocol):
    """An open line over which any number of messages may go, one after the other."""

    async def deliver(self, queued: QueuedMessage, message_id: str) -> Fate:
        """Hands one message over; ``message_id`` is the same at every try.

        Raises ``Refused``, ``Postponed`` or ``Unreachable``; after the last the session is of no more use.
        """
        ...


class Transport(Protocol):
    """A way out."""

    def session(self) -> AbstractAsyncContextManager[Session]:
        """Opens a line; entering raises ``Unreachable``."""
        ...

"""Messages that never leave: in dev they stay in the outbox, where ``/dev/messages`` shows them."""

from contextlib import AbstractAsyncContextManager, nullcontext

from gatewright.messages.model import QueuedMessage
from gatewright.messages.transports.transport import Fate, Session


class Captured:
    """Transport and session in one: there is no line to open."""

    def session(self) -> AbstractAsyncContextManager[Session]:
        """See ``Transport.session``."""
        return nullcontext(self)

    async def deliver(self, queued: QueuedMessage, message_id: str) -> Fate:
        """See ``Session.deliver``."""
        return Fate.KEPT

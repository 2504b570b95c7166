"""No mail server is configured: messages wait, and the log says what to set."""

from contextlib import AbstractAsyncContextManager

from gatewright.messages.transports.transport import Session, Unreachable


class NoMailServer:
    """A transport that leads nowhere until ``GATEWRIGHT_SMTP_URL`` is set."""

    def session(self) -> AbstractAsyncContextManager[Session]:
        """See ``Transport.session``."""
        raise Unreachable("no mail server is configured: set GATEWRIGHT_SMTP_URL")

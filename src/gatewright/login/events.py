"""What happens at the door, with the wire's log codes."""

from typing import ClassVar

from gatewright.kernel.events import Event


class LoginSucceeded(Event):
    """A person proved who they are; a session began."""

    code: ClassVar[str] = "s"


class WrongPassword(Event):
    """Identifier and password do not belong together, or nobody has that identifier."""

    code: ClassVar[str] = "fp"


class WrongCode(Event):
    """A mailed code or link was wrong, spent or too old, or never was."""

    code: ClassVar[str] = "fp"


class SignInCodeRequested(Event):
    """A code that signs a person in was asked for; ``details`` say whether it was mailed."""

    code: ClassVar[str] = "cs"


class SignInLinkRequested(Event):
    """A link that signs a person in was asked for; ``details`` say whether it was mailed."""

    code: ClassVar[str] = "cls"


class LoginRefused(Event):
    """The proof was right, but the user is blocked."""

    code: ClassVar[str] = "f"


class ConsentGiven(Event):
    """A person allowed a client what it asked for."""

    code: ClassVar[str] = "sapi"


class ConsentRefused(Event):
    """A person did not allow a client what it asked for."""

    code: ClassVar[str] = "f"


class TicketRefused(Event):
    """A mailed link was wrong, spent or too old."""

    code: ClassVar[str] = "fv"

"""What happens to users, with the wire's log codes."""

from typing import ClassVar

from gatewright.kernel.events import Event


class UserSignedUp(Event):
    """A person made an account."""

    code: ClassVar[str] = "ss"


class SignupFailed(Event):
    """A sign-up was refused."""

    code: ClassVar[str] = "fs"


class EmailVerified(Event):
    """The person followed the link mailed to them."""

    code: ClassVar[str] = "sv"


class VerificationRequested(Event):
    """Another link that confirms an e-mail address was asked for; ``details`` say whether it was mailed."""

    code: ClassVar[str] = "svr"


class PasswordChangeRequested(Event):
    """A link that sets a new password was asked for."""

    code: ClassVar[str] = "scpr"


class PasswordChanged(Event):
    """A new password is in force; sessions and refresh tokens of before end."""

    code: ClassVar[str] = "scp"


class UserBlocked(Event):
    """An administrator shut the user out."""

    code: ClassVar[str] = "sapi"


class UserDeleted(Event):
    """The user is gone."""

    code: ClassVar[str] = "sdu"


class UsersLeftBehindRemoved(Event):
    """Users whose connection was deleted are gone; ``details`` has their ids."""

    code: ClassVar[str] = "sdu"

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


class UserCreated(Event):
    """An administrator made the user; ``details`` say who did, and with which fields."""

    code: ClassVar[str] = "sapi"


class UserUpdated(Event):
    """An administrator changed the user; ``details`` say who did, and what was before and after."""

    code: ClassVar[str] = "sapi"


class EmailChanged(Event):
    """The user has another e-mail address, or none; ``UserUpdated`` beside it says which."""

    code: ClassVar[str] = "sce"


class UsernameChanged(Event):
    """The user has another username, or none; ``UserUpdated`` beside it says which."""

    code: ClassVar[str] = "scu"


class PhoneNumberChanged(Event):
    """The user has another telephone number, or none; ``UserUpdated`` beside it says which."""

    code: ClassVar[str] = "scpn"


class UserBlocked(Event):
    """An administrator shut the user out."""

    code: ClassVar[str] = "sapi"


class UserUnblocked(Event):
    """An administrator let the user in again."""

    code: ClassVar[str] = "sapi"


class UserDeleted(Event):
    """The user is gone."""

    code: ClassVar[str] = "sdu"


class IdentityLinked(Event):
    """Another user became an identity of this one; ``details`` name it."""

    code: ClassVar[str] = "sapi"


class LinkedAway(UserDeleted):
    """The user is an identity of another one now, named in ``details``; their sessions and tokens end."""

    code: ClassVar[str] = "sapi"


class IdentityUnlinked(Event):
    """An identity of this user became a user of its own; sessions and tokens of both end."""

    code: ClassVar[str] = "sapi"


class IdentityLost(IdentityUnlinked):
    """The connection of a linked identity was deleted, and the identity with it."""


class UsersLeftBehindRemoved(Event):
    """Users whose connection was deleted are gone; ``details`` has their ids."""

    code: ClassVar[str] = "sdu"

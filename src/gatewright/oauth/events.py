"""What the protocol tells, with the wire's log codes."""

from typing import ClassVar

from gatewright.kernel.events import Event


class Authorized(Event):
    """An authorization request was answered with a code, from a live session."""

    code: ClassVar[str] = "ssa"


class SilentAuthorizationFailed(Event):
    """``prompt=none`` could not be answered without asking something."""

    code: ClassVar[str] = "fsa"


class AuthorizationFailed(Event):
    """An authorization request was refused."""

    code: ClassVar[str] = "f"


class InvitationAccepted(Event):
    """An invited person became a member of the organization; ``details`` name it."""

    code: ClassVar[str] = "si"


class InvitationFailed(Event):
    """An invitation to an organization did not stand, or was somebody else's."""

    code: ClassVar[str] = "fi"


class MemberAdded(Event):
    """Whoever signed in for an organization became its member; ``details`` name it."""

    code: ClassVar[str] = "organization_member_added"


class CodeExchanged(Event):
    """A code became tokens."""

    code: ClassVar[str] = "seacft"


class CodeExchangeFailed(Event):
    """A code was refused."""

    code: ClassVar[str] = "feacft"


class CodeReused(Event):
    """A spent code came again: everything it gave is revoked."""

    code: ClassVar[str] = "feacft"


class ClientCredentialsExchanged(Event):
    """A client got a token for itself."""

    code: ClassVar[str] = "seccft"


class ClientCredentialsFailed(Event):
    """A client was refused a token for itself."""

    code: ClassVar[str] = "feccft"


class PasswordExchanged(Event):
    """A person's password became tokens, without a page."""

    code: ClassVar[str] = "sepft"


class PasswordExchangeFailed(Event):
    """A client that brought a password was refused."""

    code: ClassVar[str] = "fepft"


class OneTimeCodeExchanged(Event):
    """A mailed code became tokens, without a page."""

    code: ClassVar[str] = "sepotpft"


class OneTimeCodeExchangeFailed(Event):
    """A client that brought a mailed code was refused."""

    code: ClassVar[str] = "fepotpft"


class PasswordlessStartFailed(Event):
    """An application wanted a code or link mailed and was refused."""

    code: ClassVar[str] = "f"


class RefreshExchanged(Event):
    """A refresh token became new tokens."""

    code: ClassVar[str] = "sertft"


class RefreshFailed(Event):
    """A refresh token was refused."""

    code: ClassVar[str] = "fertft"


class RefreshReused(Event):
    """A replaced refresh token came again: its family is revoked."""

    code: ClassVar[str] = "ferrt"


class TokenRequestFailed(Event):
    """A token request failed before its grant was known."""

    code: ClassVar[str] = "feacft"


class TokenRevoked(Event):
    """A client gave up a token."""

    code: ClassVar[str] = "srrt"


class Delegated(Event):
    """A token of the legacy pipeline became an id_token, for another client or anew for the same one."""

    code: ClassVar[str] = "sd"


class DelegationFailed(Event):
    """A delegation was refused."""

    code: ClassVar[str] = "fd"


class SignedInByIdToken(Event):
    """An id_token of the legacy pipeline became tokens for a device."""

    code: ClassVar[str] = "s"


class SignInByIdTokenFailed(Event):
    """A client that brought an id_token for new tokens was refused."""

    code: ClassVar[str] = "f"


class SocialSignInFailed(Event):
    """A client that brought a social provider's access token was refused."""

    code: ClassVar[str] = "f"


class LoggedOut(Event):
    """A session ended."""

    code: ClassVar[str] = "slo"


class LogoutFailed(Event):
    """A request to log out was refused; the session, if there is one, goes on."""

    code: ClassVar[str] = "flo"

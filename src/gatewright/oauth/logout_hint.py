"""The ``id_token_hint`` of a logout request (RP-Initiated Logout 1.0 §2), and why one is none."""

from gatewright.jose.verifying import NoUsableSecret
from gatewright.kernel.texts import N_, Phrase
from gatewright.oauth.errors import ShownError
from gatewright.oauth.hints import Hint, IdTokenHints
from gatewright.tenants import Tenant
from gatewright_guard import GuardError, errors

_REASONS: dict[type[GuardError], str] = {
    errors.WrongType: N_("It is a token of another type."),
    errors.WrongAlgorithm: N_("It is not signed, or with another algorithm."),
    NoUsableSecret: N_("The application has no secret of 32 bytes or more, by which it could be checked."),
    errors.UnknownKey: N_("It is signed with a key that is not in use here."),
    errors.BadSignature: N_("Its signature does not fit."),
    errors.WrongIssuer: N_("It was issued by somebody else."),
    errors.MissingClaim: N_("A claim is missing in it."),
    errors.TokenNotYetValid: N_("It is not valid yet."),
    errors.BoundToken: N_("It is bound to a key."),
}
"""The guard speaks to developers, in English; a page speaks the reader's language."""

_UNREADABLE = N_("It cannot be read as a signed JWT.")


class LogoutHints:
    """Reads hints, and says to people what is wrong with one."""

    def __init__(self, hints: IdTokenHints) -> None:
        self._hints = hints

    async def read(self, tenant: Tenant, token: str | None) -> Hint | None:
        """What the hint says, if there is one. Raises ``ShownError`` for one that was not issued here."""
        if token is None:
            return None
        try:
            return await self._hints.of_anybody(tenant, token)
        except GuardError as error:
            raise ShownError(
                "invalid_request",
                N_("The id_token_hint of the logout request is not an id_token that was issued here."),
                facts=((N_("What was wrong"), Phrase(_REASONS.get(type(error), _UNREADABLE))),),
                detail=error.message,
            ) from None

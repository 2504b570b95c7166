"""What can go wrong on the way, in the words of the person who looks at it."""

from dataclasses import dataclass

import httpx2
from authlib.integrations.starlette_client import OAuthError
from joserfc.errors import JoseError
from starlette.exceptions import HTTPException

from web_app.settings import Settings


class UnknownState(Exception):
    """The callback was opened with a `state` that this application did not give to this browser."""


EXPLAINED = (
    UnknownState,
    OAuthError,
    JoseError,
    HTTPException,
    httpx2.TransportError,
    httpx2.HTTPStatusError,
)
"""Everything that `explain` knows; anything else is a mistake in this program."""


@dataclass(frozen=True)
class Problem:
    """A page about a failure: what happened, what the provider said, what to do."""

    status: int
    title: str
    what: str
    advice: tuple[str, ...] = ()
    said: str = ""
    ends_session: bool = False


def explain(error: Exception, settings: Settings) -> Problem:
    """Return the page for a failure of sign-in, refresh, userinfo or logout."""
    match error:
        case UnknownState():
            return _unknown_state(settings)
        case OAuthError():
            return _refused(error, settings)
        case JoseError():
            return _bad_id_token(error, settings)
        case HTTPException():
            return Problem(error.status_code, error.detail, "This application cannot answer the request.")
        case httpx2.HTTPStatusError() if error.response.status_code == 401:
            return _sign_in_again("The provider no longer accepts the access token.")
        case _:
            return _unreachable(error, settings)


def _unknown_state(settings: Settings) -> Problem:
    return Problem(
        400,
        "This sign-in was not started here",
        "The answer of the provider carries a “state” that this application does not know (state mismatch).",
        (
            "Sign in again; that is enough when the page was reloaded, was opened from a bookmark, "
            "or when two tabs signed in at once.",
            f"Open the application as {settings.base_url}: with another host name (127.0.0.1, say) "
            "the browser does not bring back its cookie.",
            "If you followed a link from a stranger: somebody may have tried to sign you in as themselves. "
            "Nothing has happened.",
        ),
    )


def _refused(error: OAuthError, settings: Settings) -> Problem:
    said = f"{error.error}: {error.description}" if error.description else str(error.error)
    match error.error:
        case "access_denied" | "consent_required":
            return Problem(
                403,
                "Sign-in was refused",
                "You, or a rule of the provider, did not let this application have access.",
                ("Nothing was stored about you here.", "You may try again and allow it."),
                said,
            )
        case "invalid_grant":
            return _sign_in_again(said)
        case "invalid_client" | "unauthorized_client":
            return Problem(
                502,
                "The provider does not accept this application",
                f"It was asked as client “{settings.client_id}”.",
                ("Compare CLIENT_ID and CLIENT_SECRET with what is registered at the provider.",),
                said,
            )
        case _:
            return Problem(400, "Sign-in did not work", "The provider answered with an error.", said=said)


def _sign_in_again(said: str) -> Problem:
    return Problem(
        401,
        "Please sign in again",
        "What this application kept from your sign-in is used up, has expired or was revoked.",
        said=said,
        ends_session=True,
    )


def _bad_id_token(error: JoseError, settings: Settings) -> Problem:
    return Problem(
        502,
        "The id_token is not valid",
        "The provider sent an id_token that this application must not believe.",
        (
            f"Its issuer must be {settings.issuer} and its audience {settings.client_id}.",
            "The clocks of both machines must agree.",
        ),
        said=str(error),
    )


def _unreachable(error: Exception, settings: Settings) -> Problem:
    return Problem(
        502,
        "The provider cannot be reached",
        f"This application asked {settings.issuer} and got no usable answer.",
        (
            "Is it running? `make run` starts it.",
            "Is ISSUER_BASE_URL right?",
            "Is its certificate trusted? SSL_CERT_FILE must name the authority’s file, .gatewright/ca.pem.",
        ),
        said=str(error) or type(error).__name__,
    )

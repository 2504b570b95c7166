"""URL → endpoint of embedded login. ``/authorize`` itself is among the routes of the protocol."""

from dataclasses import dataclass

from gatewright.embedded.authenticate import CrossOriginAuthentication
from gatewright.embedded.form_callback import FormCallback
from gatewright.embedded.popups import PopupLogin, RelayPage
from gatewright.embedded.redeeming import TicketedAuthorize
from gatewright.embedded.username_password import ChallengeEndpoint, UsernamePasswordLogin
from gatewright.embedded.verification import VerifyEndpoint
from gatewright.web.cors import CrossOrigin
from gatewright.web.routing import Route


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedEndpoints:
    """Every endpoint, ready to serve."""

    authorize: TicketedAuthorize
    authenticate: CrossOriginAuthentication
    verify: VerifyEndpoint
    username_password: UsernamePasswordLogin
    challenge: ChallengeEndpoint
    form_callback: FormCallback
    popup: PopupLogin


def embedded_routes(has: EmbeddedEndpoints) -> tuple[Route, ...]:
    """The addresses of ``has``, but for ``/authorize``."""
    return (
        Route(
            "/co/authenticate",
            {"POST": has.authenticate, "OPTIONS": has.authenticate.preflight},
            CrossOrigin.COOKIES_OF_CLIENT,
            checks_secret="password",
        ),
        Route("/co/verify", {"POST": has.verify}, checks_secret="verifier"),
        Route(
            "/usernamepassword/login",
            {"POST": has.username_password},
            CrossOrigin.CLIENT,
            checks_secret="password",
        ),
        Route("/usernamepassword/challenge", {"POST": has.challenge}),
        Route("/login/callback", {"POST": has.form_callback}, checks_secret="signed form"),
        Route(
            "/sso_dbconnection_popup/{client_id}",
            {"GET": has.popup.show, "POST": has.popup.submit},
            checks_secret="password",
        ),
        Route("/relay.html", {"GET": RelayPage()}),
    )

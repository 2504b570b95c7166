"""URL → endpoint of embedded login. ``/authorize`` itself is among the routes of the protocol."""

from dataclasses import dataclass

from gatewright.embedded.authenticate import CrossOriginAuthentication
from gatewright.embedded.redeeming import TicketedAuthorize
from gatewright.embedded.verification import VerifyEndpoint
from gatewright.web.cors import CrossOrigin
from gatewright.web.routing import Route


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedEndpoints:
    """Every endpoint, ready to serve."""

    authorize: TicketedAuthorize
    authenticate: CrossOriginAuthentication
    verify: VerifyEndpoint


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
    )

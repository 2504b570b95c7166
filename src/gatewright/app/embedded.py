"""The platform and the authorization endpoint → embedded login, which ends there."""

from gatewright.app.platform import Platform
from gatewright.embedded.authenticate import CrossOriginAuthentication
from gatewright.embedded.credentials import (
    Credential,
    OneTimeCodeCredential,
    PasswordCredential,
    PasswordRealmCredential,
)
from gatewright.embedded.form_callback import FormCallback
from gatewright.embedded.origins import KnownOrigins, OriginCheck
from gatewright.embedded.popups import PopupLogin
from gatewright.embedded.proof import Passwords
from gatewright.embedded.redeeming import TicketedAuthorize
from gatewright.embedded.routes import EmbeddedEndpoints
from gatewright.embedded.signed_forms import FormSigning
from gatewright.embedded.tickets import ArrivedSessions, LoginTickets
from gatewright.embedded.too_many import TooManyPages
from gatewright.embedded.username_password import ChallengeEndpoint, UsernamePasswordLogin
from gatewright.embedded.verification import VerificationPage, VerifyEndpoint
from gatewright.login.sessions import SessionStart
from gatewright.login.way_back import WayBack
from gatewright.oauth.authorize import AuthorizeEndpoint
from gatewright.oauth.hints import IdTokenHints
from gatewright.oauth.popups import PopupAnswers
from gatewright.oauth.shown import ShownErrors
from gatewright.web.hosting import HostedPages


def build_embedded(
    platform: Platform, pages: HostedPages, way_back: WayBack, authorize: AuthorizeEndpoint
) -> EmbeddedEndpoints:
    """The endpoints of embedded login."""
    stores, bus, clock = platform.stores, platform.bus, platform.clock
    tickets = LoginTickets(stores.login_tickets, platform.limiter, clock)
    sessions = ArrivedSessions(
        tickets=tickets,
        users=platform.users,
        connections=platform.connections,
        start=SessionStart(
            sessions=platform.sessions,
            store=stores.sessions,
            users=platform.users,
            logins=platform.logins,
            clock=clock,
        ),
    )
    passwords, too_many = Passwords(platform.connections, platform.proof), TooManyPages(pages)
    signing, shown = FormSigning(platform.keys, clock), ShownErrors(pages, bus, clock)
    page = OriginCheck(bus, clock)
    return EmbeddedEndpoints(
        authorize=TicketedAuthorize(
            authorize=authorize,
            tickets=tickets,
            sessions=sessions,
            connections=platform.connections,
            verification=VerificationPage(
                tickets=tickets,
                hints=IdTokenHints(keys=platform.keys, clients=platform.clients, clock=clock),
                pages=pages,
                bus=bus,
            ),
            too_many=too_many,
        ),
        authenticate=CrossOriginAuthentication(
            clients=platform.clients,
            credentials=_credentials(platform, passwords),
            tickets=tickets,
            origins=KnownOrigins(platform.clients),
            page=page,
            bus=bus,
            clock=clock,
        ),
        verify=VerifyEndpoint(
            authorize=authorize,
            tickets=tickets,
            sessions=sessions,
            way_back=way_back,
            pages=pages,
            bus=bus,
            too_many=too_many,
        ),
        username_password=UsernamePasswordLogin(
            clients=platform.clients,
            passwords=passwords,
            signing=signing,
            tickets=tickets,
            page=page,
            pages=pages,
            bus=bus,
            clock=clock,
        ),
        challenge=ChallengeEndpoint(clock),
        form_callback=FormCallback(
            authorize=authorize,
            tickets=tickets,
            sessions=sessions,
            signing=signing,
            shown=shown,
            too_many=too_many,
        ),
        popup=PopupLogin(
            clients=platform.clients,
            passwords=passwords,
            sessions=sessions,
            authorize=authorize,
            answers=PopupAnswers(pages),
            way_back=way_back,
            pages=pages,
            shown=shown,
        ),
    )


def _credentials(platform: Platform, passwords: Passwords) -> tuple[Credential, ...]:
    """THE LIST of credential types that ``/co/authenticate`` takes."""
    return (
        PasswordCredential(passwords),
        PasswordRealmCredential(passwords),
        OneTimeCodeCredential(platform.connections, platform.code_proof, platform.users),
    )

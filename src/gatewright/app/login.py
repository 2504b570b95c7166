"""The platform → the steps of login."""

from gatewright.app.platform import Platform
from gatewright.login.registration import Registration
from gatewright.login.reset_wish import ResetWish
from gatewright.login.routes import LoginSteps
from gatewright.login.sessions import SessionStart
from gatewright.login.steps.ask_code import AskCode
from gatewright.login.steps.consent import GiveConsent
from gatewright.login.steps.enter_code import EnterCode
from gatewright.login.steps.mailed_link import MailedLinks
from gatewright.login.steps.new_password import NewPassword
from gatewright.login.steps.organization import NameOrganization, SelectOrganization
from gatewright.login.steps.request_reset import RequestReset
from gatewright.login.steps.select_account import SelectAccount
from gatewright.login.steps.sign_in import SignIn
from gatewright.login.steps.sign_up import SignUp
from gatewright.login.steps.verify_again import VerifyAgain
from gatewright.login.steps.verify_email import VerifyEmail
from gatewright.login.way_back import WayBack
from gatewright.web.hosting import HostedPages


def build_login(platform: Platform, pages: HostedPages, way_back: WayBack) -> LoginSteps:
    """The steps of login."""
    stores, bus, clock, users = platform.stores, platform.bus, platform.clock, platform.users
    mailing = platform.mailing
    links = MailedLinks(
        tickets=stores.tickets,
        users=users,
        limiter=platform.limiter,
        way_back=way_back,
        pages=pages,
        bus=bus,
        clock=clock,
    )
    start = SessionStart(
        sessions=platform.sessions,
        store=stores.sessions,
        users=users,
        logins=platform.logins,
        clock=clock,
    )
    return LoginSteps(
        sign_in=SignIn(
            connections=platform.connections,
            proof=platform.proof,
            start=start,
            logins=platform.logins,
            pages=pages,
        ),
        ask_code=AskCode(
            connections=platform.connections,
            mailing=platform.code_mailing,
            logins=platform.logins,
            pages=pages,
            clock=clock,
        ),
        enter_code=EnterCode(
            connections=platform.connections,
            proof=platform.code_proof,
            start=start,
            pages=pages,
        ),
        sign_up=SignUp(
            connections=platform.connections,
            registration=build_registration(platform),
            logins=platform.logins,
            pages=pages,
            clock=clock,
        ),
        name_organization=NameOrganization(
            organizations=platform.organizations,
            connections=platform.connections,
            logins=platform.logins,
            pages=pages,
            bus=bus,
        ),
        select_organization=SelectOrganization(
            organizations=platform.organizations,
            connections=platform.connections,
            logins=platform.logins,
            pages=pages,
            bus=bus,
        ),
        select_account=SelectAccount(users=users, logins=platform.logins, pages=pages, bus=bus),
        consent=GiveConsent(
            consents=stores.consents, users=users, logins=platform.logins, pages=pages, bus=bus, clock=clock
        ),
        request_reset=RequestReset(
            connections=platform.connections,
            wish=build_reset_wish(platform),
            logins=platform.logins,
            pages=pages,
            clock=clock,
        ),
        verify_email=VerifyEmail(
            links=links,
            again=VerifyAgain(
                links=links,
                tickets=stores.tickets,
                users=users,
                mailing=mailing,
                limiter=platform.limiter,
                pages=pages,
                bus=bus,
                clock=clock,
            ),
            tickets=stores.tickets,
            users=users,
            way_back=way_back,
            clock=clock,
        ),
        new_password=NewPassword(
            links=links,
            tickets=stores.tickets,
            users=users,
            user_store=stores.users,
            hasher=platform.hasher,
            connections=platform.connections,
            mailing=mailing,
            way_back=way_back,
            pages=pages,
            clock=clock,
        ),
    )


def build_registration(platform: Platform) -> Registration:
    """The one way to a new account, for pages and for applications' own forms."""
    return Registration(
        users=platform.users,
        user_store=platform.stores.users,
        hasher=platform.hasher,
        mailing=platform.mailing,
        limiter=platform.limiter,
        bus=platform.bus,
        clock=platform.clock,
    )


def build_reset_wish(platform: Platform) -> ResetWish:
    """The one way to a link that sets a new password, for pages and for applications' own forms."""
    return ResetWish(
        users=platform.stores.users,
        mailing=platform.mailing,
        limiter=platform.limiter,
        bus=platform.bus,
        clock=platform.clock,
    )

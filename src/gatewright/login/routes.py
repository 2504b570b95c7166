"""URL → endpoint of the login pages, on one page."""

from dataclasses import dataclass

from gatewright.login.steps.ask_code import ASK_CODE, ENTER_CODE, AskCode
from gatewright.login.steps.consent import GiveConsent
from gatewright.login.steps.enter_code import EnterCode
from gatewright.login.steps.new_password import NewPassword
from gatewright.login.steps.organization import NameOrganization, SelectOrganization
from gatewright.login.steps.request_reset import RequestReset
from gatewright.login.steps.select_account import SelectAccount
from gatewright.login.steps.sign_in import SignIn
from gatewright.login.steps.sign_up import SignUp
from gatewright.login.steps.step import PageStep, StepPage
from gatewright.login.steps.verify_email import VerifyEmail
from gatewright.login.way_back import WayBack
from gatewright.web.routing import Route


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginSteps:
    """Every step, ready to serve."""

    sign_in: SignIn
    ask_code: AskCode
    enter_code: EnterCode
    sign_up: SignUp
    name_organization: NameOrganization
    select_account: SelectAccount
    select_organization: SelectOrganization
    consent: GiveConsent
    request_reset: RequestReset
    verify_email: VerifyEmail
    new_password: NewPassword


def login_routes(steps: LoginSteps, way_back: WayBack) -> tuple[Route, ...]:
    """The pages of ``steps``."""

    def page(path: str, step: PageStep, *, checks_secret: str = "") -> Route:
        endpoints = StepPage(step, way_back)
        return Route(path, {"GET": endpoints.show, "POST": endpoints.submit}, checks_secret=checks_secret)

    def link(path: str, pages: VerifyEmail | NewPassword) -> Route:
        return Route(path, {"GET": pages.show, "POST": pages.submit}, checks_secret="mailed link")

    return (
        page("/u/login", steps.sign_in, checks_secret="password"),
        page(ASK_CODE, steps.ask_code),
        page(ENTER_CODE, steps.enter_code, checks_secret="one-time code"),
        page("/u/signup", steps.sign_up),
        page("/u/organization", steps.name_organization),
        page("/u/select-account", steps.select_account),
        page("/u/select-organization", steps.select_organization),
        page("/u/consent", steps.consent),
        page("/u/reset-password", steps.request_reset),
        link("/u/email-verification", steps.verify_email),
        link("/u/reset-verify", steps.new_password),
    )

"""What each page is shown with in tests: the context its routes give it, usual and extreme."""

from collections.abc import Mapping
from pathlib import Path

from gatewright.web.pages import Pages, Theme

from .markup import Markup

SOURCE = Path(__file__).parents[2] / "src" / "gatewright"
FOLDERS = tuple(SOURCE / room / "templates" for room in ("login", "oauth", "embedded"))
PARTIAL = frozenset({"web/layout.html", "web/parts.html"})
"""Templates that are no page by themselves."""

Context = Mapping[str, object]

LONG_NAME = (
    "The Donaudampfschifffahrtsgesellschaftskapitänsverwaltung of Timesheets & Other <Extraordinary> Things"
)
LONGMAIL = (
    "a.person.with.a.remarkably.long.address.that.never.ends@subdomain.of.an.equally.long.domain.example"
)
_PICTURE = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="

_FORM = {"csrf": "csrf-value", "state": "state-value"}
_POLICY = (("At least 8 characters", True), ("Upper and lower case letters", False), ("A digit", None))
_LEGAL = {"policy_url": "https://example.test/privacy", "tos_url": "https://example.test/terms"}
_SCOPES = (("read:timesheets", "Read your timesheets"), ("write:timesheets", "Change your timesheets"))
_ACCOUNTS = (
    ("key-1", "Ada Example", "ada@example.test", ""),
    ("key-2", "", "bob@example.test", _PICTURE),
)
_FACTS = (
    ("Callback URL seen", "http://localhost:3001/callback"),
    ("Registered callback URLs", "http://localhost:3000/callback\nhttp://localhost:3010/callback"),
)
MAIL = {
    "at": 1_800_000_000,
    "channel": "email",
    "kind": "verify_email",
    "to": "ada@example.test",
    "from": "no-reply@localhost",
    "subject": "Confirm your e-mail address",
    "text": "Please confirm: https://localhost:8443/verify?ticket=abc\nThank you",
    "html": '<p style="color:#0b57d0">Please <a href="https://localhost:8443/verify?ticket=abc">confirm</a></p>',
}
_TEXT = MAIL | {
    "at": 1_800_000_060,
    "channel": "sms",
    "kind": "code",
    "to": "+4930123456",
    "from": "",
    "html": "",
}

SAMPLES: Mapping[str, Context] = {
    "login/login.html": {
        **_FORM,
        **_LEGAL,
        "action": "/login?state=state-value",
        "username": "",
        "error": "",
        "notice": "",
        "organization": "",
        "client_name": "Timesheets",
        "client_logo": "",
        "signup_url": "/signup?state=state-value",
        "reset_url": "/reset?state=state-value",
        "code_url": "/login/email?state=state-value",
        "requires_username": False,
    },
    "login/ask_code.html": {
        **_FORM,
        **_LEGAL,
        "action": "/login/email",
        "email": "",
        "error": "",
        "notice": "",
        "organization": "Acme Ltd",
        "client_name": "Timesheets",
        "client_logo": "",
        "login_url": "/login?state=state-value",
    },
    "login/enter_code.html": {
        **_FORM,
        "action": "/login/email/code",
        "email": "ada@example.test",
        "error": "",
        "again_url": "/login/email?state=state-value",
    },
    "login/email_link.html": {
        **_FORM,
        "action": "/login/email/code",
        "code": "code-value",
        "email": "ada@example.test",
        "client_name": "Timesheets",
    },
    "login/signup.html": {
        **_FORM,
        "action": "/signup",
        "email": "ada@example.test",
        "username": "",
        "requires_username": True,
        "policy": _POLICY,
        "error": "",
        "login_url": "/login?state=state-value",
        "client_name": "Timesheets",
        "organization": "Acme Ltd",
    },
    "login/organization.html": {
        **_FORM,
        **_LEGAL,
        "action": "/organization",
        "organization": "",
        "error": "",
        "notice": "",
        "client_name": "Timesheets",
    },
    "login/select_organization.html": {
        **_FORM,
        "action": "/select-organization",
        "error": "",
        "organizations": (("org_1", "Acme Ltd", _PICTURE), ("org_2", LONG_NAME, "")),
    },
    "login/signup_sent.html": {"email": "ada@example.test", "login_url": "/login?state=state-value"},
    "login/finished.html": {"client_name": "Timesheets", "continue_url": "https://app.example.test/"},
    "login/reset_request.html": {
        **_FORM,
        "action": "/reset",
        "email": "",
        "error": "",
        "login_url": "/login?state=state-value",
    },
    "login/reset_sent.html": {"email": "ada@example.test", "login_url": "/login?state=state-value"},
    "login/new_password.html": {
        "is_chosen": False,
        "action": "/new-password",
        "csrf": "csrf-value",
        "ticket": "ticket-value",
        "policy": _POLICY,
        "error": "",
        "email": "ada@example.test",
    },
    "login/new_password_done.html": {"login_url": "/login"},
    "login/verify_email.html": {
        "action": "/verify",
        "csrf": "csrf-value",
        "ticket": "ticket-value",
        "email": "ada@example.test",
        "error": "",
    },
    "login/email_verified.html": {"continue_url": "https://app.example.test/"},
    "login/verify_again.html": {
        "action": "/verify",
        "csrf": "csrf-value",
        "ticket": "ticket-value",
        "what": "This link is too old.",
        "error": "",
        "restart_url": "/login",
    },
    "login/verify_again_sent.html": {"restart_url": "/login"},
    "login/ticket_spent.html": {
        "what": "The link to choose a new password was used already.",
        "restart_url": "/reset",
    },
    "login/consent.html": {
        **_FORM,
        **_LEGAL,
        "action": "/consent",
        "client_name": "Timesheets",
        "client_logo": "",
        "account": "ada@example.test",
        "scopes": _SCOPES,
    },
    "login/select_account.html": {**_FORM, "action": "/select-account", "accounts": _ACCOUNTS},
    "login/restart.html": {"restart_url": "/authorize?client_id=abc"},
    "embedded/dbconnection_popup.html": {
        "action": "/sso_dbconnection_popup/abc",
        "csrf": "csrf-value",
        "fields": ("username", "password"),
        "client_name": "Timesheets",
    },
    "oauth/popup.html": {"client_name": "Timesheets"},
    "embedded/verification.html": {
        "action": "/co/verify",
        "state": "state-value",
        "location": "https://app.example.test/vouch#origin=https://id.example.test",
        "client_name": "Timesheets",
    },
    "oauth/logged_out.html": {"return_url": ""},
    "oauth/still_signed_in.html": {},
    "oauth/logout_confirm.html": {
        "action": "/oidc/logout",
        "csrf": "csrf-value",
        "hidden": {"post_logout_redirect_uri": "https://app.example.test/", "client_id": "abc"},
        "account": "ada@example.test",
    },
    "web/welcome.html": {
        "home_url": "https://app.example.test/",
        "links": (("Provider metadata", "https://id.example.test/.well-known/openid-configuration"),),
    },
    "web/error.html": {
        "title": "Callback URL mismatch",
        "message": "The application asked to be answered at an address that is not registered for it.",
        "facts": _FACTS,
        "change": "Add the URL seen to the callbacks of the application Timesheets.",
        "reference": "90000000000001800000000012345",
        "back_url": "https://app.example.test/",
    },
    "web/dev_messages.html": {"messages": (MAIL, _TEXT)},
}

_EXTREMES: Context = {
    "username": LONGMAIL,
    "email": LONGMAIL,
    "account": LONGMAIL,
    "error": "That e-mail address and password do not belong together. Check both and try again.",
    "notice": "That sign-in had expired; here is a fresh one.",
    "client_name": LONG_NAME,
    "client_logo": _PICTURE,
    "title": LONG_NAME,
    "return_url": "com.example.app://signed-out",
    "continue_url": "",
    "login_url": "",
    "facts": (*_FACTS, ("State", "0123456789abcdef" * 30)),
    "scopes": (*_SCOPES, ("very:" + "long" * 30, ""), ("x", LONG_NAME)),
    "accounts": (*_ACCOUNTS, ("key-3", LONG_NAME, LONGMAIL, "")),
    "messages": (),
    "requires_username": True,
}
THEME = Theme(name="Example", support_url="https://example.test/help", support_email="help@example.test")


def long(template: str) -> Context:
    """A sample with an error, and everything as long as it gets."""
    return {name: _EXTREMES.get(name, value) for name, value in SAMPLES[template].items()}


def shown(
    pages: Pages, template: str, *, theme: Theme = THEME, locale: str = "en", **changes: object
) -> Markup:
    """The sample page ``template`` with ``changes``, as a browser would read it."""
    response = pages.render(template, theme=theme, locale=locale, **{**SAMPLES[template], **changes})
    return Markup(bytes(response.body).decode())

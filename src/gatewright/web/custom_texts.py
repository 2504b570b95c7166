"""THE TABLE of texts that a tenant can have its own words for: the wire's names, and our texts by page.

Texts are text: they are escaped where they are shown. ``${clientName}``, ``${companyName}`` and ``${email}``
stand for the application, the tenant and the person's address.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from gatewright.tenants import CustomText

LONGEST_TEXT = 2_000
"""Characters."""

_VARIABLE = re.compile(r"\$\{(\w+)\}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,2}")
_ADDRESS = "E-mail address"


@dataclass(frozen=True, slots=True)
class Screen:
    """A page, and its texts by the wire's names; one that the page has not of itself is an empty text."""

    template: str
    texts: Mapping[str, str]


PROMPTS: Mapping[str, Mapping[str, Screen]] = {
    "login": {
        "login": Screen(
            "login/login.html",
            {
                "pageTitle": "",
                "title": "Sign in to %(client)s",
                "description": "",
                "buttonText": "Sign in",
                "emailPlaceholder": _ADDRESS,
                "usernameOrEmailPlaceholder": "E-mail address or username",
                "passwordPlaceholder": "Password",
                "forgotPasswordText": "Forgot your password?",
                "signupActionText": "No account yet?",
                "signupActionLinkText": "Sign up",
                "footerText": "No account yet?",
                "footerLinkText": "Sign up",
                "wrong-credentials": "Wrong email or password.",
                "user-blocked": "This account is blocked. Please contact the administrator.",
            },
        )
    },
    "signup": {
        "signup": Screen(
            "login/signup.html",
            {
                "pageTitle": "",
                "title": "Create your account",
                "description": "to continue to %(client)s",
                "buttonText": "Sign up",
                "emailPlaceholder": _ADDRESS,
                "usernamePlaceholder": "Username",
                "passwordPlaceholder": "Password",
                "loginActionText": "Already have an account?",
                "loginActionLinkText": "Sign in",
                "invalid-email-format": "That is not an e-mail address.",
                "password-policy-not-conformant": "The password does not meet the rules below.",
            },
        )
    },
    "reset-password": {
        "reset-password-request": Screen(
            "login/reset_request.html",
            {
                "pageTitle": "",
                "title": "Forgot your password?",
                "descriptionEmail": "Enter your e-mail address, and we send you a link to choose a new "
                "password.",
                "buttonText": "Send the link",
                "backToLoginLinkText": "Back to sign in",
                "emailPlaceholder": _ADDRESS,
            },
        ),
        "reset-password-email": Screen(
            "login/reset_sent.html",
            {
                "pageTitle": "",
                "title": "Look into your mailbox",
                "emailDescription": "If there is an account for %(email)s, a link to choose a new password "
                "is on its way.",
                "resendText": "Nothing there? Look into the spam folder, or ask again in a few minutes.",
                "backToLoginLinkText": "Back to sign in",
            },
        ),
        "reset-password": Screen(
            "login/new_password.html",
            {
                "pageTitle": "",
                "title": "Choose a new password",
                "buttonText": "Save the new password",
                "passwordPlaceholder": "Password",
                "password-policy-not-conformant": "The password does not meet the rules below.",
            },
        ),
        "reset-password-success": Screen(
            "login/new_password_done.html",
            {
                "pageTitle": "",
                "eventTitle": "Your password is changed",
                "description": "From now on, sign in with the new one.",
                "buttonText": "Sign in",
            },
        ),
    },
    "email-verification": {
        "email-verification-result": Screen(
            "login/email_verified.html",
            {
                "pageTitle": "",
                "verifiedTitle": "Your address is confirmed",
                "verifiedDescription": "Thank you.",
                "buttonText": "Continue",
            },
        )
    },
    "consent": {
        "consent": Screen(
            "login/consent.html",
            {
                "pageTitle": "",
                "title": "%(client)s asks for access to your account",
                "messageSingleTenant": "It will be able to:",
                "acceptButtonText": "Allow",
                "declineButtonText": "Do not allow",
            },
        )
    },
    "login-passwordless": {
        "login-passwordless-email-code": Screen(
            "login/enter_code.html",
            {
                "pageTitle": "",
                "title": "Enter the code",
                "description": "If %(email)s may sign in here, a code is on its way to it.",
                "placeholder": "Code",
                "buttonText": "Sign in",
                "resendText": "No code in your mailbox?",
                "resendActionText": "Send another one",
                "invalid-code": "Wrong email or verification code.",
            },
        ),
        "login-passwordless-email-link": Screen(
            "login/email_link.html",
            {
                "pageTitle": "",
                "title": "Sign in to %(client)s",
                "description": "Do you want to sign in as %(email)s?",
                "buttonText": "Sign in",
            },
        ),
    },
    "logout": {
        "logout": Screen(
            "oauth/logout_confirm.html",
            {
                "pageTitle": "",
                "title": "Sign out?",
                "description": "You are signed in as %(account)s.",
                "buttonText": "Sign out",
            },
        ),
        "logout-complete": Screen(
            "oauth/logged_out.html",
            {"pageTitle": "", "eventTitle": "You are signed out", "description": "You can close this page."},
        ),
    },
}

_PLACES = {
    screen.template: (prompt, name) for prompt, screens in PROMPTS.items() for name, screen in screens.items()
}
SCREENS: tuple[str, ...] = tuple(name for screens in PROMPTS.values() for name in screens)
"""Every screen, whatever its prompt."""


def is_language(tag: str) -> bool:
    """Whether that is a language tag as ``en`` or ``pt-BR`` (RFC 5646)."""
    return _LANGUAGE.fullmatch(tag) is not None


def wrong_texts(prompt: str, screens: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    """What of the texts is no text of that prompt: the path of each, and what is wanted."""
    known = PROMPTS.get(prompt, {})
    for name, texts in screens.items():
        if name not in known:
            yield name, f"no such screen of {prompt}{_near(name, known)}"
            continue
        for key, text in texts.items():
            if key not in known[name].texts:
                yield f"{name}.{key}", f"no such text{_near(key, known[name].texts)}"
            elif not 1 <= len(text) <= LONGEST_TEXT:
                yield f"{name}.{key}", f"{len(text)} characters; wanted: 1 to {LONGEST_TEXT}"


def place_of(template: str) -> tuple[str, str]:
    """The wire's names of a page: its prompt and its screen; "" for a page that it has no names for."""
    return _PLACES.get(template, ("", ""))


def texts_on(template: str, language: str, custom: Iterable[CustomText]) -> dict[str, str]:
    """A tenant's own words on a page, by the text that they replace, and by the wire's name of each.

    Words for ``de`` serve ``de-AT`` too.
    """
    place = _PLACES.get(template)
    if place is None:
        return {}
    prompt, name = place
    found = {text.language.lower(): text for text in custom if text.prompt == prompt}
    text = found.get(language.lower()) or found.get(language.lower().partition("-")[0])
    written = text.screens.get(name, {}) if text else {}
    originals = PROMPTS[prompt][name].texts
    return {originals.get(key) or f"{NAMED}{key}": words for key, words in written.items()}


NAMED = "\0"
"""Stands before the wire's name of a text that the page has not of itself."""


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with what its variables stand for; one that stands for nothing stays as it is."""
    return _VARIABLE.sub(lambda found: values.get(found[1], found[0]), text)


def _near(name: str, known: Iterable[str]) -> str:
    names = list(known)
    near = get_close_matches(name, names, n=1) or names[:10]
    if not near:
        return f"; texts can be chosen of {', '.join(PROMPTS)}"
    return f"; did you mean {near[0]}?" if len(near) == 1 else f"; wanted: {', '.join(near)}"

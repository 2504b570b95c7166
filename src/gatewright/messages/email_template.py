"""A tenant's own words for one kind of mail; field names are the wire's."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from gatewright.messages.model import MailKind

TemplateName = Literal[
    "verify_email",
    "verify_email_by_code",
    "auth_email_by_code",
    "reset_email",
    "reset_email_by_code",
    "welcome_email",
    "blocked_account",
    "stolen_credentials",
    "enrollment_email",
    "mfa_oob_code",
    "user_invitation",
    "change_password",
    "password_reset",
    "async_approval",
]
"""What the wire knows."""

TEMPLATE_OF: Mapping[MailKind, TemplateName] = {
    "verify_email": "verify_email",
    "reset_password": "reset_email",
    "sign_in_code": "auth_email_by_code",
    "invitation": "user_invitation",
}
"""The mails that are sent and that the wire has a name for."""

LONGEST_LIFETIME = 2_592_000
"""Seconds that a mailed link may work: thirty days."""


class EmailTemplate(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    rename={
        "from_": "from",
        "result_url": "resultUrl",
        "url_lifetime_in_seconds": "urlLifetimeInSeconds",
        "include_email_in_redirect": "includeEmailInRedirect",
    },
):
    """One mail: ``body`` is HTML in Liquid, ``subject`` and ``from`` are text in Liquid.

    What is left out is as without the template. ``resultUrl`` is where the page behind the link leads,
    with the address when ``includeEmailInRedirect``; the link works ``urlLifetimeInSeconds``.
    """

    template: TemplateName
    body: str | None = None
    from_: str | None = None
    subject: str | None = None
    syntax: Literal["liquid"] = "liquid"
    result_url: str | None = None
    url_lifetime_in_seconds: float | None = None
    include_email_in_redirect: bool = False
    enabled: bool = True

"""One person's way through the door: persisted, resumable, telling nothing about OAuth."""

from typing import Literal

import msgspec

LIFETIME = 3_600
"""Seconds from the first page to the last."""

MEMORY = 86_400
"""Seconds for which an expired or finished transaction is remembered, so that an old tab finds its way."""


class ConsentAsked(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a client wants to be allowed: scopes with their words.

    ``always`` asks even for what was allowed before.
    """

    audience: str
    scopes: tuple[tuple[str, str], ...]
    always: bool = False

    @property
    def values(self) -> frozenset[str]:
        """The scopes without their words."""
        return frozenset(value for value, _ in self.scopes)


class OrganizationAsked(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The organization whose people are wanted, with its looks; "" leaves those of the tenant.

    ``connections`` are names of those that its people come from, ``signup`` of those that take new ones.
    """

    organization_id: str
    called: str
    logo_url: str = ""
    primary: str = ""
    page_background: str = ""
    connections: tuple[str, ...] = ()
    signup: tuple[str, ...] = ()


class Asked(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What whoever began the transaction wants of the person.

    ``fresh`` wants a new proof even with a live session; ``select_account`` a choice of account;
    ``subject`` a certain user. ``connection`` names the only connection to offer.
    ``home_url`` is where the application lives.
    ``restarted`` says why an earlier transaction was given up for this one.
    ``organization_prompt``: the person names their organization before they sign in, or chooses one after.
    ``invited`` is the address of the only person who will do, who may make an account.
    """

    client_id: str
    client_name: str
    client_logo: str = ""
    policy_url: str = ""
    tos_url: str = ""
    connection: str = ""
    login_hint: str = ""
    home_url: str = ""
    locale: str = "en"
    fresh: bool = False
    select_account: bool = False
    start_with_signup: bool = False
    restarted: str = ""
    subject: str = ""
    consent: ConsentAsked | None = None
    organization: OrganizationAsked | None = None
    organization_prompt: Literal["", "before", "after"] = ""
    invited: str = ""


class LoginTransaction(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A person between arriving and being done.

    ``transaction_hash`` hashes the secret in the address, ``browser_hash`` that of the browser's cookie:
    both are needed to go on.
    ``session_hash`` and ``user_id`` are set once the person is known, ``proved`` once they proved it anew.
    ``request`` belongs to whoever began it at the path ``begun_at`` and waits at ``return_to``.
    ``mailed`` tells, as a hash, what was mailed last at its wish and to whom, and ``mailed_at`` when.
    Each change raises ``version``.
    """

    transaction_hash: str
    browser_hash: str
    asked: Asked
    begun_at: str
    return_to: str
    request: dict[str, str]
    created_at: int
    expires_at: int
    version: int = 1
    session_hash: str = ""
    user_id: str = ""
    proved: bool = False
    account_chosen: bool = False
    consented: bool = False
    denied: bool = False
    wanted_signup: bool = False
    mailed: str = ""
    mailed_at: int = 0
    finished: bool = False

"""What a login ticket is; times are seconds UTC."""

from typing import Literal

import msgspec

TicketKind = Literal["login", "verification", "form"]

LIFETIMES: dict[TicketKind, int] = {"login": 300, "verification": 300, "form": 60}
"""Seconds: how long a page may take to send the browser on, to vouch for it, or to post its form."""


class LoginTicket(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A proof of who somebody is, on its way to the authorization endpoint. It is spent once.

    ``login``: the application holds the secret and the browser a cookie, hashed in ``cookie_hash``.
    ``verification``: the browser did not send that cookie; the authorization ``request`` waits until the
    application's page vouches for it with the verifier called ``co_id``, hashed in ``verifier_hash``.
    ``form``: the secret is a signed form value, good with the very context hashed in ``context_hash``.

    ``origin`` is that of the page which brought the password, or empty when that was a page of ours.
    ``password_reset_at`` is that of the user whose password was compared: the proof ends with that password.
    """

    ticket_hash: str
    kind: TicketKind
    client_id: str
    user_id: str
    connection: str
    amr: tuple[str, ...]
    created_at: int
    expires_at: int
    origin: str = ""
    password_reset_at: int | None = None
    cookie_hash: str = ""
    co_id: str = ""
    verifier_hash: str = ""
    request: dict[str, str] = {}
    context_hash: str = ""

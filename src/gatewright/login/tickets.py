"""Mailed tickets: one secret, one user, one purpose, one use."""

from typing import Literal

import msgspec

from gatewright.kernel import ids
from gatewright.kernel.secrets import fingerprint

TicketKind = Literal["verify_email", "reset_password"]

LIFETIMES: dict[TicketKind, int] = {"verify_email": 432_000, "reset_password": 3_600}
"""Seconds: five days to verify an address, one hour to set a new password."""

MEMORY: dict[TicketKind, int] = {"verify_email": 2_592_000, "reset_password": 0}
"""Seconds for which a ticket is remembered after its end: whoever confirms too late may ask for another."""


class Ticket(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the holder of the mailed secret may do.

    ``email`` is the address it was mailed to; ``client_name`` the application that wanted it, and
    ``home_url`` where that lives. Who made the ticket may say where the person goes when it was of use:
    ``result_url``, with the address in its query where ``tells_email``.
    For a new password: ``identity_id`` is whose it becomes, ``password_hash`` one that was chosen already,
    and ``proves_address`` tells whether the secret went to the address.
    """

    ticket_hash: str
    kind: TicketKind
    user_id: str
    email: str
    connection: str
    created_at: int
    expires_at: int
    client_id: str = ""
    client_name: str = ""
    home_url: str = ""
    locale: str = "en"
    result_url: str = ""
    tells_email: bool = False
    identity_id: str = ""
    password_hash: str = ""
    proves_address: bool = True


def new_ticket(
    kind: TicketKind,
    user_id: str,
    *,
    email: str,
    connection: str,
    client_id: str,
    home_url: str,
    locale: str,
    now: int,
    client_name: str = "",
    lifetime: int = 0,
) -> tuple[str, Ticket]:
    """A fresh ticket and the secret to mail; ``lifetime`` in seconds, where it is not the usual one."""
    secret = ids.opaque_token()
    ticket = Ticket(
        ticket_hash=fingerprint(secret),
        kind=kind,
        user_id=user_id,
        email=email,
        connection=connection,
        created_at=now,
        expires_at=now + (lifetime or LIFETIMES[kind]),
        client_id=client_id,
        client_name=client_name,
        home_url=home_url,
        locale=locale,
    )
    return secret, ticket

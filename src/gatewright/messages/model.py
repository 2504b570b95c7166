"""What a message is, and what becomes of it between being written and being sent.

States of an outbox row: ``waiting`` (due at ``next_try_at``; a sender leases it by moving that time on),
then gone, or ``captured`` (kept for ``/dev/messages``), or ``failed`` (given up, body dropped).
"""

from dataclasses import dataclass
from typing import Literal

import msgspec

MailKind = Literal[
    "verify_email",
    "reset_password",
    "password_changed",
    "account_exists",
    "sign_in_code",
    "sign_in_link",
    "invitation",
]

DAY = 86_400
USEFUL_FOR = 3 * DAY
"""Seconds after which a message is no longer worth sending, unless its link expires sooner."""

MOST_CAPTURED = 500
"""How many captured messages a tenant keeps."""


class Message(msgspec.Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """One message, ready to be sent.

    ``to`` is a bare address, ``from_`` an address or ``name <address>``; ``useful_for`` is in seconds.
    """

    to: str
    from_: str
    subject: str
    text: str
    html: str
    kind: MailKind
    channel: Literal["email"] = "email"
    useful_for: int = USEFUL_FOR


class QueuedMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message in the outbox: written at ``at``, not worth sending from ``deadline`` on (seconds UTC)."""

    at: int
    deadline: int
    message: Message


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """A row of the outbox as somebody saw it.

    ``tries`` grows with each lease, so it also tells whether somebody else has taken over since.
    """

    tenant_id: str
    message_id: str
    tries: int
    sealed: str = ""

    @property
    def place(self) -> str:
        """The place its body is sealed for."""
        return f"{self.tenant_id}/outbox/{self.message_id}"


@dataclass(frozen=True, slots=True)
class CapturedMessage:
    """A message that stays on this machine; ``at`` is when it was written, in seconds UTC."""

    at: int
    message: Message


def split_address(text: str) -> tuple[str, str]:
    """Name and bare address of ``name <address>``; the name is empty when there is only an address."""
    if not text.endswith(">"):
        return "", text.strip()
    name, _, address = text[:-1].rpartition("<")
    return name.strip().strip('"'), address.strip()

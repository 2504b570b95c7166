"""From a message to the bytes of RFC 5322 mail: a pure function.

Header values come in as text; whatever could start another header is refused here once more, behind
the composer, because this is the last place that can.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

from gatewright.messages.model import QueuedMessage, split_address
from gatewright.messages.transports.transport import Refused

# mail to a domain that only a private network knows is for that network's own server to take or refuse
SPECIAL_USE_DOMAIN_NAMES.clear()

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is said to the mail server: from whom, to whom, which bytes, and whether it must know RFC 6531."""

    sender: str
    recipient: str
    content: bytes
    needs_utf8: bool


def envelope_of(queued: QueuedMessage, message_id: str) -> Envelope:
    """The envelope of a queued message.

    Domains are put as A-labels (RFC 5890), so only a non-ASCII local part needs ``SMTPUTF8``.
    ``Message-ID`` is made of ``message_id``, the same at every try, so that receivers may drop a second copy.
    Raises ``Refused`` for a value that cannot stand in a header.
    """
    message = queued.message
    name, address = split_address(message.from_)
    sender, recipient = _wire_address(address), _wire_address(message.to)
    needs_utf8 = not (sender + recipient).isascii()
    mail = EmailMessage(policy=(SMTPUTF8 if needs_utf8 else SMTP).clone(cte_type="7bit"))
    mail["From"] = _header_address(sender, _one_line(name))
    mail["To"] = _header_address(recipient)
    mail["Subject"] = _one_line(message.subject)
    mail["Date"] = format_datetime(datetime.fromtimestamp(queued.at, UTC))
    mail["Message-ID"] = f"<{_unique(message_id)}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834 §5: nobody's holiday notice is to answer
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(message.text, cte="quoted-printable")
    mail.add_alternative(message.html, subtype="html", cte="quoted-printable")
    return Envelope(sender, recipient, mail.as_bytes(), needs_utf8)


def _header_address(address: str, name: str = "") -> Address:
    local_part, _, domain = address.rpartition("@")
    return Address(name, local_part, domain)


def _one_line(text: str) -> str:
    if _CONTROL.search(text):
        raise Refused("a header of the message holds control characters")
    return text


def _wire_address(address: str) -> str:
    """The address in ASCII where that is possible."""
    try:
        checked = validate_email(_one_line(address), check_deliverability=False)
    except EmailNotValidError:
        return _local_address(address)
    return checked.ascii_email or f"{checked.local_part}@{checked.ascii_domain}"


def _local_address(address: str) -> str:
    """``no-reply@localhost`` and the like, which only a machine or a private network knows."""
    if not re.fullmatch(r"[A-Za-z0-9._+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)*", address):
        raise Refused("an address of the message is not one that mail can be sent to or from")
    return address


def _unique(message_id: str) -> str:
    return hashlib.sha256(message_id.encode()).hexdigest()[:32]

"""NOUN floor: mail to people.

Owns what a message says, the outbox in which it waits sealed, and how it leaves: by SMTP, or captured in dev.
Does not own the links in messages nor what they open; those belong to the flow that asks for the message.
Text messages will join here as another channel.
"""

from gatewright.messages.composer import LOCALES, Composer
from gatewright.messages.events import MessageFailed
from gatewright.messages.letterhead import Correspondent
from gatewright.messages.model import CapturedMessage, MailKind, Message, OutboxEntry, QueuedMessage
from gatewright.messages.outbox import Outbox
from gatewright.messages.sender import Sender
from gatewright.messages.store import OutboxStore
from gatewright.messages.transports import Captured, SmtpRelay, Transport, smtp_transport

__all__ = [
    "LOCALES",
    "Captured",
    "CapturedMessage",
    "Composer",
    "Correspondent",
    "MailKind",
    "Message",
    "MessageFailed",
    "Outbox",
    "OutboxEntry",
    "OutboxStore",
    "QueuedMessage",
    "Sender",
    "SmtpRelay",
    "Transport",
    "smtp_transport",
]

"""NOUN floor: mail to people.

Owns what a message says, the outbox in which it waits sealed, and how it leaves: by SMTP, or captured in dev.
Does not own the links in messages nor what they open; those belong to the flow that asks for the message.
Text messages will join here as another channel.
"""

from gatewright.messages.composer import LOCALES, Composer, checked_sender
from gatewright.messages.email_template import LONGEST_LIFETIME, TEMPLATE_OF, EmailTemplate, TemplateName
from gatewright.messages.events import MessageFailed, ProviderFailed
from gatewright.messages.letterhead import Correspondent
from gatewright.messages.letters import Letters
from gatewright.messages.model import CapturedMessage, MailKind, Message, OutboxEntry, QueuedMessage
from gatewright.messages.outbox import Outbox
from gatewright.messages.provider import EmailProvider, MailProviders, ProviderName, SmtpAddress
from gatewright.messages.sender import Sender
from gatewright.messages.settings import MailSettings, MailSettingsStore
from gatewright.messages.store import OutboxStore
from gatewright.messages.tenant_transports import TenantTransports
from gatewright.messages.transports import Captured, Reach, SmtpRelay, Transport, smtp_transport

__all__ = [
    "LOCALES",
    "LONGEST_LIFETIME",
    "TEMPLATE_OF",
    "Captured",
    "CapturedMessage",
    "Composer",
    "Correspondent",
    "EmailProvider",
    "EmailTemplate",
    "Letters",
    "MailKind",
    "MailProviders",
    "MailSettings",
    "MailSettingsStore",
    "Message",
    "MessageFailed",
    "Outbox",
    "OutboxEntry",
    "OutboxStore",
    "ProviderFailed",
    "ProviderName",
    "QueuedMessage",
    "Reach",
    "Sender",
    "SmtpAddress",
    "SmtpRelay",
    "TemplateName",
    "TenantTransports",
    "Transport",
    "checked_sender",
    "smtp_transport",
]

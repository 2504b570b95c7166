"""ROOF floor: the settings of the process, read once from ``GATEWRIGHT_*`` variables.

Owns their names, types, defaults and descriptions, and the sentence said when one is wrong.
Knows nothing of tenants: those are data. ``app`` and ``cli`` read this; lower floors get plain values.
"""

from gatewright.settings.errors import WrongSetting
from gatewright.settings.listing import Listed, list_settings
from gatewright.settings.model import (
    SUBJECTS,
    Audit,
    Database,
    Issuer,
    Listen,
    Logging,
    Mail,
    Outbound,
    Secrets,
    Settings,
)
from gatewright.settings.reading import is_set, read_settings, read_subject
from gatewright.settings.subject import Description, Subject, describe
from gatewright.settings.values import OutboundRules, SmtpServer

__all__ = [
    "SUBJECTS",
    "Audit",
    "Database",
    "Description",
    "Issuer",
    "Listed",
    "Listen",
    "Logging",
    "Mail",
    "Outbound",
    "OutboundRules",
    "Secrets",
    "Settings",
    "SmtpServer",
    "Subject",
    "WrongSetting",
    "describe",
    "is_set",
    "list_settings",
    "read_settings",
    "read_subject",
]

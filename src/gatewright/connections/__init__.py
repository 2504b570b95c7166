"""POWER floor: places users come from. A connection answers "who is this?".

Owns which kinds there are, how each is configured, and how it recognises a person.
Does not own attempt limits (``protection``) or what is asked next (``login``).
"""

from gatewright.connections.connection import PasswordConnection
from gatewright.connections.database import DatabaseConnection
from gatewright.connections.kinds import STRATEGIES
from gatewright.connections.model import (
    CommonSettings,
    Connection,
    ConnectionSettings,
    DatabaseOptions,
    PasswordlessSettings,
)
from gatewright.connections.passwordless import STRATEGY as PASSWORDLESS
from gatewright.connections.passwordless import EmailOptions, Totp
from gatewright.connections.realms import NoDatabase
from gatewright.connections.service import Connections
from gatewright.connections.store import ConnectionStore, Leftovers

__all__ = [
    "PASSWORDLESS",
    "STRATEGIES",
    "CommonSettings",
    "Connection",
    "ConnectionSettings",
    "ConnectionStore",
    "Connections",
    "DatabaseConnection",
    "DatabaseOptions",
    "EmailOptions",
    "Leftovers",
    "NoDatabase",
    "PasswordConnection",
    "PasswordlessSettings",
    "Totp",
]

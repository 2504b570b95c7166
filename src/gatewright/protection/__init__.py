"""POWER floor: attack protection.

Owns the one attempt limiter that every check of a secret passes, and which of its limits a tenant sets.
Knows no secret itself.
"""

from gatewright.protection.blocks import Account, Blocks
from gatewright.protection.events import BlockLifted, LimitReached
from gatewright.protection.limiter import AttemptLimiter, Limit
from gatewright.protection.limits import (
    CLIENT_SECRET,
    CODE,
    CODE_FOR_ADDRESS,
    CODE_MAIL,
    CODE_MAIL_PER_IP,
    CODE_MAIL_TO_ADDRESS,
    CODE_PER_IP,
    DELEGATION,
    MAIL_TO_ADDRESS,
    PASSWORD,
    PASSWORD_PER_IP,
    RESET_PER_IP,
    SIGNUP_PER_IP,
    TICKET_PER_IP,
    TOKEN_PER_IP,
)
from gatewright.protection.policy import login_limit, password_limit, password_subject, signup_limit
from gatewright.protection.store import AttemptStore, Block

__all__ = [
    "CLIENT_SECRET",
    "CODE",
    "CODE_FOR_ADDRESS",
    "CODE_MAIL",
    "CODE_MAIL_PER_IP",
    "CODE_MAIL_TO_ADDRESS",
    "CODE_PER_IP",
    "DELEGATION",
    "MAIL_TO_ADDRESS",
    "PASSWORD",
    "PASSWORD_PER_IP",
    "RESET_PER_IP",
    "SIGNUP_PER_IP",
    "TICKET_PER_IP",
    "TOKEN_PER_IP",
    "Account",
    "AttemptLimiter",
    "AttemptStore",
    "Block",
    "BlockLifted",
    "Blocks",
    "Limit",
    "LimitReached",
    "login_limit",
    "password_limit",
    "password_subject",
    "signup_limit",
]

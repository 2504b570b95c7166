"""NOUN floor: people, their identities, identifiers and passwords.

Owns who a user is and how a password is kept. Does not own where users come from (``connections``)
nor their sessions and roles, which hold a user's id.
"""

from gatewright.users.events import (
    EmailChanged,
    EmailVerified,
    IdentityLinked,
    IdentityLost,
    IdentityUnlinked,
    LinkedAway,
    PasswordChanged,
    PasswordChangeRequested,
    PhoneNumberChanged,
    SignupFailed,
    UserBlocked,
    UserCreated,
    UserDeleted,
    UsernameChanged,
    UserSignedUp,
    UsersLeftBehindRemoved,
    UserUnblocked,
    UserUpdated,
    VerificationRequested,
)
from gatewright.users.identifiers import Identifier, email_identifier, looks_like_email, username_identifier
from gatewright.users.model import Identity, User
from gatewright.users.password_policy import PasswordPolicy, PasswordRule
from gatewright.users.passwords import PasswordHasher
from gatewright.users.service import UserExists, Users
from gatewright.users.store import Credentials, UserStore

__all__ = [
    "Credentials",
    "EmailChanged",
    "EmailVerified",
    "Identifier",
    "Identity",
    "IdentityLinked",
    "IdentityLost",
    "IdentityUnlinked",
    "LinkedAway",
    "PasswordChangeRequested",
    "PasswordChanged",
    "PasswordHasher",
    "PasswordPolicy",
    "PasswordRule",
    "PhoneNumberChanged",
    "SignupFailed",
    "User",
    "UserBlocked",
    "UserCreated",
    "UserDeleted",
    "UserExists",
    "UserSignedUp",
    "UserStore",
    "UserUnblocked",
    "UserUpdated",
    "UsernameChanged",
    "Users",
    "UsersLeftBehindRemoved",
    "VerificationRequested",
    "email_identifier",
    "looks_like_email",
    "username_identifier",
]

"""FLOW floor: a person at the door.

Owns the login transaction, the pages of signing in, signing up and recovering, and their order.
Knows nothing of OAuth: a transaction carries facts and an opaque ``return_to``;
whoever began it reads it when it is done.
"""

from gatewright.login.store import TransactionStore
from gatewright.login.transaction import Asked, ConsentAsked, LoginTransaction, OrganizationAsked
from gatewright.login.transactions import LoginTransactions

__all__ = [
    "Asked",
    "ConsentAsked",
    "LoginTransaction",
    "LoginTransactions",
    "OrganizationAsked",
    "TransactionStore",
]

"""Looking for users: the wire's query language, read into a tree that storage turns into a statement.

Owns what may be asked for, and in which order it comes. Knows nothing of SQL.
"""

from gatewright.users.search.fields import Field, Vocabulary, field_named
from gatewright.users.search.order import Order, order_of
from gatewright.users.search.parser import InvalidQuery, parse
from gatewright.users.search.query import (
    EVERYBODY,
    And,
    Bound,
    Equals,
    Everybody,
    Exists,
    Matches,
    Not,
    Or,
    Pattern,
    Query,
    Range,
    Wild,
)
from gatewright.users.search.service import Found, UserSearch
from gatewright.users.search.store import MOST_FOUND, Search, UserIndex

__all__ = [
    "EVERYBODY",
    "MOST_FOUND",
    "And",
    "Bound",
    "Equals",
    "Everybody",
    "Exists",
    "Field",
    "Found",
    "InvalidQuery",
    "Matches",
    "Not",
    "Or",
    "Order",
    "Pattern",
    "Query",
    "Range",
    "Search",
    "UserIndex",
    "UserSearch",
    "Vocabulary",
    "Wild",
    "field_named",
    "order_of",
    "parse",
]

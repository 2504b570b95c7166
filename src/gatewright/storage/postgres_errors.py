"""What PostgreSQL's errors mean to the port.

Only the primary message of an error is ever passed on: its detail quotes the values of the row.
"""

import asyncpg

from gatewright.kernel.errors import Conflict
from gatewright.kernel.units import Duplicate
from gatewright.storage.database import Rejected, unavailable, unstorable

LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
)
"""The server, or the way to it, is in trouble; another try may find it well."""

RETRIED = (
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.InvalidCachedStatementError,
)
"""Nothing was changed, and the next try may pass: two transactions were in each other's way, or the schema
moved under a prepared statement, which the driver has forgotten by now."""

DRIVER_ERRORS = (asyncpg.PostgresError, asyncpg.InterfaceError, *LOST)
"""All that a call of the driver may raise."""


def translated(error: Exception) -> Exception:
    """What the port raises for an error of the driver."""
    if isinstance(error, asyncpg.UniqueViolationError):
        return Duplicate(str(error.table_name))
    if isinstance(error, asyncpg.ForeignKeyViolationError):
        return Conflict(f"{error.table_name}: a row it refers to does not exist, or it is still referred to")
    if isinstance(error, (*LOST, *RETRIED)):
        return unavailable(str(error))
    if isinstance(error, asyncpg.DataError) and not isinstance(error.__cause__, TypeError):
        return unstorable()
    if isinstance(error, asyncpg.InterfaceError):
        return unavailable(str(error))  # the driver's way to say that the connection is closed
    return Rejected(_harmless(error))


def _harmless(error: Exception) -> str:
    if isinstance(error, asyncpg.SyntaxOrAccessError):
        return f"{error.sqlstate} {error.message}"  # speaks of names in the statement
    if isinstance(error, asyncpg.PostgresError) and error.table_name:
        return f"{error.sqlstate} {error.table_name}.{error.constraint_name or error.column_name}"
    return type(error.__cause__ or error).__name__

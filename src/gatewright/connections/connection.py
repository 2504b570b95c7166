"""The contracts of the kinds of connection; a kind implements those it can honour."""

from typing import Protocol

from gatewright.connections.model import Connection
from gatewright.users import User


class PasswordConnection(Protocol):
    """A connection that recognises a person by what they type."""

    async def authenticate(
        self, tenant_id: str, connection: Connection, identifier: str, password: str
    ) -> User | None:
        """Whoever ``identifier`` and ``password`` name; ``None`` when they name nobody.

        Takes the same time either way. A blocked user is returned: the flow refuses them, after the proof.
        Raises ``Unavailable`` when too many are waiting.
        """
        ...

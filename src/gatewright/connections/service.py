"""What one may do with connections."""

from collections.abc import Collection, Mapping

from gatewright.connections import realms
from gatewright.connections.configuration import sealed_configuration
from gatewright.connections.model import Connection
from gatewright.connections.passwordless import STRATEGY as PASSWORDLESS
from gatewright.connections.store import ConnectionStore
from gatewright.jose import MasterKey


class Connections:
    """Finds the connections a client's users may come from, and handles their secrets."""

    def __init__(self, store: ConnectionStore, master_key: MasterKey) -> None:
        self._store = store
        self._master_key = master_key

    async def all(self, tenant_id: str) -> list[Connection]:
        """Every connection of the tenant, by name."""
        return await self._store.all(tenant_id)

    def sealed_configuration(
        self, tenant_id: str, connection_id: str, written: Mapping[str, str], held: Mapping[str, str]
    ) -> dict[str, str]:
        """Secrets of its scripts in the form in which they are kept; what is ``held`` stays as it is."""
        return sealed_configuration(self._master_key, _place(tenant_id, connection_id), written, held)

    def configuration(self, tenant_id: str, connection: Connection) -> dict[str, str]:
        """The secrets of its scripts in clear. Raises ``Unsealable``."""
        place = _place(tenant_id, connection.connection_id)
        held = connection.sealed_configuration
        return {name: self._master_key.unseal(sealed, place) for name, sealed in held.items()}

    async def by_name(self, tenant_id: str, name: str) -> Connection | None:
        """The connection called ``name``."""
        return next((c for c in await self._store.all(tenant_id) if c.name == name), None)

    async def names(self, tenant_id: str) -> dict[str, str]:
        """The name of every connection, by its id."""
        return {c.connection_id: c.name for c in await self._store.all(tenant_id)}

    async def by_id(self, tenant_id: str, connection_id: str) -> Connection | None:
        """The connection with the id."""
        return next((c for c in await self._store.all(tenant_id) if c.connection_id == connection_id), None)

    async def serves(self, tenant_id: str, name: str, client_id: str) -> bool:
        """Whether the connection exists and is enabled for the client now."""
        connection = await self.by_name(tenant_id, name)
        return connection is not None and connection.serves(client_id)

    async def of_client(self, tenant_id: str, client_id: str) -> list[Connection]:
        """Connections enabled for the client, by name."""
        return [c for c in await self._store.all(tenant_id) if c.serves(client_id)]

    async def database_of_client(
        self,
        tenant_id: str,
        client_id: str,
        *,
        wanted: str | None,
        default: str,
        among: Collection[str] | None = None,
    ) -> Connection | None:
        """The database for the client's login page: the wanted one, the tenant's default, or the first.

        ``None`` when the wanted one is not enabled for the client, or there is none.
        ``among`` are names of the only ones that will do.
        """
        found = [c for c in await self.of_client(tenant_id, client_id) if c.strategy == "auth0"]
        found = found if among is None else [c for c in found if c.name in among]
        if wanted:
            return next((c for c in found if c.name == wanted), None)
        return next((c for c in found if c.name == default), found[0] if found else None)

    async def passwordless_of_client(
        self,
        tenant_id: str,
        client_id: str,
        *,
        wanted: str | None = None,
        among: Collection[str] | None = None,
    ) -> Connection | None:
        """The client's passwordless connection: the wanted one, or else the first.

        ``None`` when the wanted one is not enabled for the client or no such connection, or there is none.
        ``among`` are names of the only ones that will do.
        """
        found = [c for c in await self.of_client(tenant_id, client_id) if c.strategy == PASSWORDLESS]
        found = found if among is None else [c for c in found if c.name in among]
        if wanted:
            return next((c for c in found if c.name == wanted), None)
        return found[0] if found else None

    async def database_called(self, tenant_id: str, client_id: str, realm: str) -> Connection:
        """The client's database of that name or realm. Raises ``NoDatabase``."""
        return realms.called(realm, await self.of_client(tenant_id, client_id))

    async def default_database(self, tenant_id: str, client_id: str, directory: str) -> Connection:
        """The tenant's default ``directory``, if it is enabled for the client. Raises ``NoDatabase``."""
        return realms.default(directory, await self.of_client(tenant_id, client_id))

    async def only_database(self, tenant_id: str, client_id: str) -> Connection:
        """The client's one database. Raises ``NoDatabase`` when it has none, or several."""
        return realms.only(await self.of_client(tenant_id, client_id))


def _place(tenant_id: str, connection_id: str) -> str:
    return f"{tenant_id}/connection/{connection_id}"

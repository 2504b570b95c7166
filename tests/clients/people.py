"""What the scripts that manage users have to know of the server besides its address."""

import sqlite3
from contextlib import closing

from tests.clients.tenant import CONNECTION
from tests.support.gatewright_dev import GatewrightDev


def home(server: GatewrightDev) -> dict[str, str]:
    """Name and id of the database in which the scripts make users."""
    with closing(sqlite3.connect(server.folder / "data" / "gatewright.db")) as database:
        query = "SELECT connection_id FROM connections WHERE name = ?"
        (connection_id,) = database.execute(query, (CONNECTION,)).fetchone()
    return {"CONNECTION": CONNECTION, "CONNECTION_ID": connection_id}

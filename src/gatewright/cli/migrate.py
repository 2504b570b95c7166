"""``gatewright migrate``: brings the database to the schema of this version."""

import asyncio

from gatewright.cli.commands import command_app
from gatewright.settings import Database, read_subject
from gatewright.storage import migrations

app = command_app()


@app.command()
def migrate() -> None:
    """Bring the database that GATEWRIGHT_DATABASE names to the schema of this version."""
    before, after = asyncio.run(migrations.migrate(read_subject(Database).url))
    if before == after:
        print(f"The database is at revision {after} already.")
    else:
        print(f"Migrated the database from {before or 'nothing'} to revision {after}.")

"""``gatewright export``: a tenant as the file that makes it."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from gatewright.cli.commands import command_app
from gatewright.cli.output import write_pieces
from gatewright.cli.workshop import FIRST_TENANT, exporter_of, opened_platform
from gatewright.settings import Settings, read_settings

app = command_app()


@app.command()
def export(
    file: Annotated[
        Path | None,
        typer.Argument(help="File to write; default: standard output.", metavar="FILE", show_default=False),
    ] = None,
    tenant: Annotated[str, typer.Option(help="Id of the tenant.")] = FIRST_TENANT,
    with_secrets: Annotated[
        bool, typer.Option("--with-secrets", help="Write secrets and password hashes too.")
    ] = False,
    no_users: Annotated[bool, typer.Option("--no-users", help="Leave the users out.")] = False,
) -> None:
    """Write a tenant as a file that gatewright apply takes.

    Without --with-secrets secrets are left out, and applying the file keeps those there are.
    """
    run = _export(read_settings(), file, tenant, with_secrets=with_secrets, with_users=not no_users)
    asyncio.run(run)


async def _export(
    settings: Settings, file: Path | None, tenant_id: str, *, with_secrets: bool, with_users: bool
) -> None:
    async with opened_platform(settings) as platform:
        exporter = exporter_of(platform, with_secrets=with_secrets)
        pieces = exporter.pieces(tenant_id, with_users=with_users)
        await write_pieces(pieces, file)

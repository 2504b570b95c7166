"""``gatewright users``: users in and out by the thousand."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from gatewright.app.platform import Platform
from gatewright.cli.bringing import Bringing
from gatewright.cli.commands import command_app
from gatewright.cli.output import write_pieces
from gatewright.cli.workshop import FIRST_TENANT, opened_platform
from gatewright.connections import Connection
from gatewright.jobs import ExportField, JobSummary
from gatewright.settings import Settings, WrongSetting, read_settings
from gatewright.transfer import ExportFormat, UserExport, UsersExported
from gatewright.transfer.service import check_database

app = command_app()

TenantOption = Annotated[str, typer.Option(help="Id of the tenant.")]

_FORMATS: dict[str, ExportFormat] = {"ndjson": "ndjson", "json": "json", "csv": "csv"}


@app.callback()
def users() -> None:
    """Bring users by the thousand, and write them down."""


@app.command("import")
def import_users(
    file: Annotated[
        Path,
        typer.Argument(help="Users: a JSON array, or one object a line.", metavar="FILE", show_default=False),
    ],
    connection: Annotated[
        str, typer.Option(help="Name of the database that they come into.", show_default=False)
    ],
    upsert: Annotated[
        bool, typer.Option("--upsert", help="Update users who are there already instead of refusing them.")
    ] = False,
    errors: Annotated[
        Path | None,
        typer.Option(
            help="Where to write what was refused; default: FILE.errors.ndjson.", show_default=False
        ),
    ] = None,
    tenant: TenantOption = FIRST_TENANT,
) -> None:
    """Bring the users in FILE, with their password hashes where they have some.

    A user who is wrong does not stop the others: they are written to a file of errors, each with line and
    path. The exit code is 1 then. What was imported stays when the command is interrupted; run it again.
    """
    report, settings = errors or file.with_name(f"{file.name}.errors.ndjson"), read_settings()
    try:
        with file.open("rb") as content:
            report.unlink(missing_ok=True)
            sums = asyncio.run(_import(settings, content, connection, report, tenant, upsert=upsert))
    except OSError as error:
        message = f'read "{error.filename}" ({error.strerror}); wanted: a file of users'
        raise WrongSetting(message, path="FILE") from None
    print(f"{sums.inserted} inserted, {sums.updated} updated, {sums.failed} failed")
    if sums.failed:
        print(f'What is wrong with them stands in "{report}".')
        raise typer.Exit(1)


@app.command("export")
def export_users(
    file: Annotated[
        Path | None,
        typer.Argument(help="File to write; default: standard output.", metavar="FILE", show_default=False),
    ] = None,
    form: Annotated[
        str, typer.Option("--format", help="ndjson (one object a line), json (an array) or csv.")
    ] = "ndjson",
    field: Annotated[
        list[str] | None,
        typer.Option(
            help="What to write of each: email, user_metadata.plan, user_id=id … Again for more.",
            show_default=False,
        ),
    ] = None,
    connection: Annotated[str, typer.Option(help="Only users of this connection.", show_default=False)] = "",
    with_hashes: Annotated[
        bool, typer.Option("--with-hashes", help="Write password hashes too, as an import takes them.")
    ] = False,
    tenant: TenantOption = FIRST_TENANT,
) -> None:
    """Write users down, all of them or those of one connection."""
    if form not in _FORMATS:
        raise WrongSetting(f"read {form!a}; wanted: {', '.join(_FORMATS)}", path="--format")
    fields = [_field(text) for text in field or ()]
    run = _export(read_settings(), file, tenant, _FORMATS[form], fields, connection, with_hashes=with_hashes)
    asyncio.run(run)


def _field(text: str) -> ExportField:
    name, _, export_as = text.partition("=")
    return ExportField(name=name, export_as=export_as)


async def _import(
    settings: Settings, content: BinaryIO, connection: str, errors: Path, tenant_id: str, *, upsert: bool
) -> JobSummary:
    async with opened_platform(settings) as platform:
        database = await _connection(platform, tenant_id, connection)
        check_database(database)
        return await Bringing(platform, tenant_id, database, upsert=upsert).run(content, errors)


async def _export(
    settings: Settings,
    file: Path | None,
    tenant_id: str,
    form: ExportFormat,
    fields: Sequence[ExportField],
    connection: str,
    *,
    with_hashes: bool,
) -> None:
    async with opened_platform(settings) as platform:
        await platform.tenants.get(tenant_id)
        if connection:
            await _connection(platform, tenant_id, connection)
        export = UserExport(
            platform.stores.users,
            tenant_id=tenant_id,
            form=form,
            connection=connection,
            fields=fields,
            with_hashes=with_hashes,
        )
        await write_pieces(export.text(), file)
        event = UsersExported(
            tenant_id=tenant_id,
            at=platform.clock.now(),
            connection=connection or None,
            description="Users were exported at the command line.",
            details={"fields": [one.name for one in fields], "with_hashes": with_hashes},
        )
        await platform.bus.commit((), event)


async def _connection(platform: Platform, tenant_id: str, name: str) -> Connection:
    await platform.tenants.get(tenant_id)
    found = await platform.connections.by_name(tenant_id, name)
    if found is None:
        known = sorted(one.name for one in await platform.stores.connections.all(tenant_id))
        wanted = f"one of {', '.join(known)}" if known else "a connection; there is none yet"
        raise WrongSetting(f"read {name!a}; wanted: {wanted}", path="--connection")
    return found

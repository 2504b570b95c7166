"""``gatewright apply``: makes a tenant equal to a file."""

import asyncio
import re
from pathlib import Path
from typing import Annotated

import typer

from gatewright.app.provisioning import build_provisioning, provisioning_stores
from gatewright.cli.commands import command_app
from gatewright.cli.plan_text import plan_lines
from gatewright.cli.tenant_file import read_file, told
from gatewright.cli.workshop import FIRST_TENANT, opened_platform
from gatewright.kernel.errors import Invalid
from gatewright.provisioning import InvalidFile, Order, Plan
from gatewright.settings import Settings, WrongSetting, read_settings
from gatewright.settings.values import parse_issuer
from gatewright.tenants import TenantStore

app = command_app()

_TENANT_ID = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,62})")


@app.command()
def apply(
    file: Annotated[Path, typer.Argument(help="Tenant file (YAML).", metavar="FILE", show_default=False)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the plan and change nothing.")] = False,
    tenant: Annotated[
        str, typer.Option(help="Id of the tenant; it is made when there is none.")
    ] = FIRST_TENANT,
    issuer: Annotated[
        str | None,
        typer.Option(help="The tenant's address; default: as it is, or GATEWRIGHT_ISSUER for the first one."),
    ] = None,
) -> None:
    """Make a tenant equal to FILE: within each section of it, what FILE does not name is deleted.

    Sections that FILE does not have are left alone. Users are created and updated, and deleted only with
    the database they come from.
    """
    settings = read_settings()
    plan = asyncio.run(apply_to(settings, file, tenant, _issuer(issuer), dry_run=dry_run))
    print("\n".join(plan_lines(plan)))
    if plan.steps:
        print("Nothing was changed (--dry-run)." if dry_run else "Applied.")


async def apply_to(
    settings: Settings, file: Path, tenant_id: str, issuer: str | None, *, dry_run: bool
) -> Plan:
    """Plans the file for the tenant and, unless ``dry_run``, applies it; returns the plan.

    Raises ``Invalid`` after saying on standard error everything that is wrong with the file.
    """
    if not _TENANT_ID.fullmatch(tenant_id):
        raise WrongSetting(f"read {tenant_id!a}; wanted: letters a-z, digits, - and _", path="--tenant")
    document = read_file(file)
    async with opened_platform(settings) as platform:
        order = Order(
            document=document,
            tenant_id=tenant_id,
            issuer=issuer or await _issuer_of(tenant_id, settings, provisioning_stores(platform).tenants),
        )
        provisioning = build_provisioning(platform)
        try:
            plan = await provisioning.plan(order)
        except InvalidFile as error:
            raise told(error, file) from None
        if not dry_run:
            await provisioning.apply(plan)
    return plan


def _issuer(text: str | None) -> str | None:
    try:
        return parse_issuer(text) if text is not None else None
    except ValueError:
        wanted = "an https address without a path (http for loopback hosts)"
        raise WrongSetting(f"read {text!a}; wanted: {wanted}", path="--issuer") from None


async def _issuer_of(tenant_id: str, settings: Settings, tenants: TenantStore) -> str:
    if tenant_id == FIRST_TENANT:
        return settings.issuer.url
    tenant = await tenants.get(tenant_id)
    if tenant is None:
        raise Invalid(f"tenant {tenant_id!r} does not exist yet; wanted: its address", path="--issuer")
    return tenant.issuer

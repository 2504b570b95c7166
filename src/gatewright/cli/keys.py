"""``gatewright keys``: the keys a tenant signs with."""

import asyncio
import datetime
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import typer

from gatewright.cli.commands import command_app
from gatewright.cli.workshop import FIRST_TENANT, key_handling_of, opened_platform
from gatewright.jose import KeyRing, SigningKey
from gatewright.kernel.errors import Invalid
from gatewright.provisioning import KeyHandling
from gatewright.settings import read_settings
from gatewright.tenants import Tenant

app = command_app()

TenantOption = Annotated[str, typer.Option(help="Id of the tenant.")]

_ORDER = ("current", "next", "previous", "revoked")


@app.callback()
def keys() -> None:
    """List, rotate and revoke the keys a tenant signs with."""


@app.command("list")
def list_keys(tenant: TenantOption = FIRST_TENANT) -> None:
    """Print the tenant's signing keys: the one that signs, the one that will, and those before."""
    print("\n".join(_table(asyncio.run(_ring(tenant)))))


@app.command()
def rotate(
    alg: Annotated[str, typer.Option(help="RS256, RS512, PS256 or ES256.")] = "RS256",
    tenant: TenantOption = FIRST_TENANT,
) -> None:
    """Let the next key sign. Tokens signed before stay valid; the key before the last leaves the key set."""
    print(f"{alg} tokens are signed with key {asyncio.run(_rotate(tenant, alg))} now.")


@app.command()
def revoke(
    kid: Annotated[
        str, typer.Argument(help="Id of the key (gatewright keys list).", metavar="KID", show_default=False)
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    tenant: TenantOption = FIRST_TENANT,
) -> None:
    """Take a key out of the key set for good: every token it signed is void at once."""
    if not yes:
        _confirm(kid)
    asyncio.run(_revoke(tenant, kid))
    print(f"Key {kid} is revoked.")


def _confirm(kid: str) -> None:
    if not sys.stdin.isatty():
        raise Invalid(f"nobody is there to confirm that key {kid} goes; wanted: --yes")
    if not typer.confirm(f"Tokens signed with {kid} become void. Revoke it?"):
        raise typer.Exit(1)


@asynccontextmanager
async def _opened(tenant_id: str) -> AsyncIterator[tuple[KeyHandling, Tenant]]:
    async with opened_platform(read_settings()) as platform:
        yield key_handling_of(platform), await platform.tenants.get(tenant_id)


async def _ring(tenant_id: str) -> KeyRing:
    async with _opened(tenant_id) as (handling, tenant):
        return await handling.ring(tenant)


async def _rotate(tenant_id: str, alg: str) -> str:
    async with _opened(tenant_id) as (handling, tenant):
        return await handling.rotate(tenant, alg)


async def _revoke(tenant_id: str, kid: str) -> None:
    async with _opened(tenant_id) as (handling, tenant):
        await handling.revoke(tenant, kid)


def _table(ring: KeyRing) -> list[str]:
    rows = sorted(ring.keys, key=lambda key: (key.alg, _ORDER.index(key.status), -key.created_at))
    return [f"{'KID':<21}  ALG    STATUS    CREATED     SIGNS SINCE", *map(_row, rows)]


def _row(key: SigningKey) -> str:
    since = _day(key.current_since)
    return f"{key.kid:<21}  {key.alg:<5}  {key.status:<8}  {_day(key.created_at)}  {since}".rstrip()


def _day(at: int | None) -> str:
    return "" if at is None else datetime.datetime.fromtimestamp(at, datetime.UTC).date().isoformat()

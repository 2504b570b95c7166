"""What has to be true of a database before it is served."""

import importlib
from urllib.parse import urlsplit

import msgspec

from gatewright.apis import management_api
from gatewright.app.platform import Platform, build_platform
from gatewright.jose import Unsealable
from gatewright.kernel.errors import Invalid
from gatewright.kernel.units import Duplicate, Unmatched
from gatewright.settings import Settings
from gatewright.storage import migrations
from gatewright.storage.backends import open_database
from gatewright.tenants import Tenant

FIRST_TENANT = "main"
"""The id of the tenant whose issuer is the process setting."""


async def prepare(settings: Settings, *, migrate: bool) -> None:
    """Makes the database fit for use: the schema of this version, the first tenant, keys to sign with.

    With ``migrate`` false a schema that is behind is refused.
    Raises ``GatewrightError`` with one line for people.
    """
    if migrate:
        await migrations.migrate(settings.database.url)
    else:
        await _refuse_when_behind(settings)
    database = open_database(settings.database.url)
    await database.open()
    try:
        await ensure_first_tenant(build_platform(settings, database))
    finally:
        await database.close()


async def _refuse_when_behind(settings: Settings) -> None:
    behind = await migrations.pending(settings.database.url)
    if behind:
        raise Invalid(
            f"the database is {len(behind)} migration(s) behind this version "
            f"({', '.join(behind)}): run `gatewright migrate` first"
        )


async def ensure_first_tenant(platform: Platform) -> None:
    """Makes the first tenant where there is none, follows a changed issuer, and makes missing keys."""
    issuer = platform.settings.issuer.url
    tenant = await platform.stores.tenants.get(FIRST_TENANT)
    if tenant is None or tenant.issuer != issuer:
        if tenant is None:
            tenant = Tenant(tenant_id=FIRST_TENANT, issuer=issuer, hosts=(urlsplit(issuer).netloc,))
        else:  # the name changes, and nothing else
            tenant = _renamed(tenant, issuer)
        await _put(platform, tenant)
    missing = await platform.keys.missing(FIRST_TENANT, issuer, "RS256")
    if missing:
        await platform.bus.commit(missing)
    await _check_master_key(platform)
    await _ensure_management_api(platform, tenant)


def _renamed(tenant: Tenant, issuer: str) -> Tenant:
    """The tenant by its new name, and by those of its domains that are ready."""
    moved = msgspec.structs.replace(tenant, issuer=issuer)
    ready = (moved.host_of(each) for each in tenant.custom_domains if each.is_ready)
    return msgspec.structs.replace(moved, hosts=(urlsplit(issuer).netloc, *ready))


async def _put(platform: Platform, tenant: Tenant) -> None:
    try:
        await platform.bus.commit(platform.stores.tenants.put(tenant))
    except (Unmatched, Duplicate):
        raise Invalid(
            f"another tenant answers on one of {', '.join(tenant.hosts)}: "
            "set GATEWRIGHT_ISSUER to a name of its own"
        ) from None


async def _ensure_management_api(platform: Platform, tenant: Tenant) -> None:
    """Gives the tenant the management API of this version: at the first start, and after an upgrade.

    What does it is what applies tenant files, which a server needs at no other time and does not import.
    """
    current = await platform.apis.by_identifier(tenant.tenant_id, tenant.management_audience)
    if current == management_api(tenant.management_audience, current, platform.clock.now()):
        return
    room = importlib.import_module("gatewright.app.provisioning")
    await room.ensure_system(platform, tenant)


async def _check_master_key(platform: Platform) -> None:
    """A server with the wrong master key would fail at its first token; it had better not start."""
    try:
        await platform.keys.signer(FIRST_TENANT, "RS256")
    except Unsealable as error:
        raise Invalid(
            f"the master key does not open this database's signing keys ({error}): "
            "set GATEWRIGHT_MASTER_KEY to the one they were made with"
        ) from None

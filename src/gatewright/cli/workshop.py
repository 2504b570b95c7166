"""The platform for one command: opened, used, closed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from gatewright.app.platform import Platform, build_platform
from gatewright.app.provisioning import provisioning_stores
from gatewright.cli.data_directory import settings_of_development
from gatewright.kernel.errors import Invalid
from gatewright.oauth.explaining import Explainer, JwtExplainer
from gatewright.oauth.refresh_tokens import RefreshTokens
from gatewright.provisioning import Exporter, KeyHandling
from gatewright.settings import Settings, is_set, read_settings
from gatewright.storage import migrations
from gatewright.storage.backends import open_database

FIRST_TENANT = "main"
"""The tenant whose issuer is GATEWRIGHT_ISSUER."""


@asynccontextmanager
async def opened_platform(settings: Settings) -> AsyncIterator[Platform]:
    """The platform over an open database.

    Raises ``Invalid`` when migrations are pending, ``Unavailable`` when the database does not answer.
    """
    pending = await migrations.pending(settings.database.url)
    if pending:
        raise Invalid(f"the database lacks {', '.join(pending)}; wanted: gatewright migrate first")
    database = open_database(settings.database.url)
    await database.open()
    platform = build_platform(settings, database)
    try:
        yield platform
    finally:
        platform.hasher.close()
        await database.close()


def exporter_of(platform: Platform, *, with_secrets: bool) -> Exporter:
    """What writes tenants down."""
    return Exporter(
        provisioning_stores(platform),
        platform.clients,
        platform.apis,
        platform.connections,
        platform.log_streams,
        platform.mail_providers,
        with_secrets=with_secrets,
    )


def key_handling_of(platform: Platform) -> KeyHandling:
    """What rotates and revokes keys."""
    return KeyHandling(platform.keys, platform.bus, platform.clock)


def settings_of(data: Path | None) -> Settings:
    """The settings of the server a command is about.

    Those of the development server that keeps ``data``, or of the one in ``.gatewright`` when neither a
    directory nor GATEWRIGHT_DATABASE is named; else those of the environment. Raises ``WrongSetting``.
    """
    if data is None and is_set("GATEWRIGHT_DATABASE"):
        return read_settings()
    return settings_of_development(data or Path(".gatewright"))


def explainer_of(platform: Platform) -> Explainer:
    """What explains tokens."""
    return Explainer(
        store=platform.stores.authorizations,
        refresh_tokens=RefreshTokens(platform.master_key),
        jwts=JwtExplainer(
            clients=platform.clients, apis=platform.apis, keys=platform.keys, clock=platform.clock
        ),
        clock=platform.clock,
    )

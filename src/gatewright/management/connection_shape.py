"""A connection as the wire shows it; secrets of its scripts as marks."""

from collections.abc import Mapping
from typing import Any

import msgspec

from gatewright.connections import Connection
from gatewright.connections.configuration import mark_of
from gatewright.management.resource import Shown, shown_as
from gatewright.provisioning.state import DATABASE


class ShownConnection(msgspec.Struct, frozen=True, kw_only=True):
    """A connection. ``options`` are all that are in force, chosen or not."""

    id: str
    name: str
    strategy: str
    options: dict[str, Any]
    enabled_clients: tuple[str, ...]
    realms: tuple[str, ...]
    is_domain_connection: bool
    show_as_button: bool
    display_name: str = ""
    metadata: dict[str, str] | None = None
    authentication: dict[str, Any] | None = None
    connected_accounts: dict[str, Any] | None = None


def shown_connection(connection: Connection) -> Shown:
    """The connection, with everything that the wire knows of it."""
    return shown_as(
        ShownConnection(
            id=connection.connection_id,
            name=connection.name,
            strategy=connection.strategy,
            options=_options(connection),
            enabled_clients=connection.enabled_clients,
            realms=connection.realms or (connection.name,),
            is_domain_connection=connection.is_domain_connection,
            show_as_button=connection.show_as_button,
            display_name=connection.display_name,
            metadata=connection.metadata or None,
            authentication=connection.authentication,
            connected_accounts=connection.connected_accounts,
        )
    )


def without_empty(options: Mapping[str, Any]) -> dict[str, Any]:
    """Options without those that are null, which leaves them at their default."""
    return {name: value for name, value in options.items() if value is not None}


def _options(connection: Connection) -> dict[str, Any]:
    held = connection.options if connection.strategy == DATABASE else connection.passwordless
    options = _whole(held)
    secrets = connection.sealed_configuration
    return options | ({"configuration": {k: mark_of(v) for k, v in secrets.items()}} if secrets else {})


def _whole(value: msgspec.Struct) -> dict[str, Any]:
    """A struct with its defaults and without what says nothing."""
    found: dict[str, Any] = {}
    for field in msgspec.structs.fields(type(value)):
        held = getattr(value, field.name)
        if held not in (None, (), ""):
            found[field.encode_name] = _plain(held)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, msgspec.Struct):
        return _whole(value)
    return list(value) if isinstance(value, tuple) else value

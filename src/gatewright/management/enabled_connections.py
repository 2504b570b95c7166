"""Connections of an organization, as they are sent by id and checked."""

from collections.abc import Iterator, Sequence

from gatewright.management.bodies import check
from gatewright.organizations import EnabledConnection
from gatewright.provisioning import Problem, shown
from gatewright.provisioning.checks.organizations import MOST_CONNECTIONS, check_enabled
from gatewright.provisioning.organization_entry import (
    OrganizationConnectionEntry,
)
from gatewright.provisioning.state import TenantState


def enabled_of(
    state: TenantState, sent: Sequence[EnabledConnection], path: str
) -> tuple[EnabledConnection, ...]:
    """The connections that were sent, each of which must be there. Raises ``InvalidFile``."""
    check(_problems(state, sent, path))
    return tuple(sent)


def check_one(state: TenantState, connection: EnabledConnection) -> None:
    """The same for one that stands at the top of the body."""
    check(_of_one(state, connection, ""))


def _problems(state: TenantState, sent: Sequence[EnabledConnection], path: str) -> Iterator[Problem]:
    ids = [each.connection_id for each in sent]
    if len(ids) > MOST_CONNECTIONS:
        yield Problem(path, f"{len(ids)} connections; wanted: at most {MOST_CONNECTIONS}")
    for place, each in enumerate(sent):
        yield from _of_one(state, each, f"{path}[{place}].")
        if each.connection_id in ids[:place]:
            yield Problem(f"{path}[{place}].connection_id", "stands there twice; wanted: once")


def _of_one(state: TenantState, connection: EnabledConnection, prefix: str) -> Iterator[Problem]:
    if connection.connection_id not in {each.connection_id for each in state.connections}:
        yield Problem(f"{prefix}connection_id", f"no connection {shown(connection.connection_id)}")
    entry = OrganizationConnectionEntry(
        name=connection.connection_id,
        assign_membership_on_login=connection.assign_membership_on_login,
        is_signup_enabled=connection.is_signup_enabled,
    )
    yield from check_enabled(prefix.rstrip("."), entry)

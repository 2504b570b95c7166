"""Section ``organizations``: what a file says of them, made, changed, exported and refused."""

import pytest
import yaml
from tests.provisioning.conftest import TENANT, Room

from gatewright.organizations import EnabledConnection, Organization
from gatewright.provisioning import InvalidFile

REST = """
resourceServers: [{name: Invoices, identifier: "urn:invoices", scopes: [{value: read}]}]
clients:
- {name: Web, client_id: web}
- {name: Batch, client_id: batch, app_type: non_interactive}
clientGrants:
- {client_id: Batch, audience: "urn:invoices", scope: [read], organization_usage: require}
databases: [{name: Users, enabled_clients: [Web]}]
"""
FILE = (
    REST
    + """
organizations:
- name: acme
  display_name: Acme Ltd
  branding: {logo_url: "https://acme.example.test/logo.png", colors: {primary: "#102030"}}
  metadata: {plan: gold}
  connections: [{name: Users, assign_membership_on_login: true}]
  client_grants: [{client_id: Batch}]
  discovery_domains: [{domain: acme.example, status: verified}]
  clients: [{client_id: Web, use_for_member_access: true}]
"""
)


async def acme_of(room: Room) -> Organization:
    """The organization that the file makes."""
    (found,) = await room.platform.stores.organizations.all(TENANT)
    return found


async def test_names_become_ids(room: Room) -> None:
    """Connections, clients and grants are named in the file, and kept by their ids."""
    await room.apply(FILE)
    acme = await acme_of(room)
    (connection,) = await room.platform.stores.connections.all(TENANT)
    (grant,) = await room.platform.stores.apis.grants(TENANT)
    assert acme.connections == (
        EnabledConnection(connection_id=connection.connection_id, assign_membership_on_login=True),
    )
    assert acme.client_grants == (grant.grant_id,)
    assert [each.client_id for each in acme.clients] == ["web"]
    assert acme.metadata == {"plan": "gold"}


async def test_applied_again_changes_nothing(room: Room) -> None:
    """The same file, and what was exported, change nothing: ids stay, those of domains too."""
    await room.apply(FILE)
    before = await acme_of(room)
    assert (await room.apply(FILE)).steps == ()
    assert (await room.apply(await room.export())).steps == ()
    assert await acme_of(room) == before


async def test_exported_as_it_was_written(room: Room) -> None:
    """An export names what the file named, and the API of each grant."""
    await room.apply(FILE)
    (found,) = yaml.safe_load(await room.export())["organizations"]
    assert found["connections"][0]["name"] == "Users"
    assert found["client_grants"] == [{"client_id": "Batch", "audience": "urn:invoices"}]
    assert found["discovery_domains"][0]["domain"] == "acme.example"
    assert found["clients"] == [{"client_id": "Web", "use_for_member_access": True}]


async def test_left_out_is_left_alone(room: Room) -> None:
    """A file without the section touches no organization; one with an empty section deletes them."""
    await room.apply(FILE)
    await room.apply("roles: []")
    assert (await acme_of(room)).name == "acme"
    await room.apply("organizations: []")
    assert await room.platform.stores.organizations.all(TENANT) == []


async def test_what_goes_is_gone_from_organizations(room: Room) -> None:
    """A connection, client or grant that goes is enabled in no organization any more."""
    await room.apply(FILE)
    await room.apply("clients: []\ndatabases: []")
    acme = await acme_of(room)
    assert (acme.connections, acme.client_grants, acme.clients) == ((), (), ())


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("{name: Acme}", "organizations[0].name: read 'Acme'"),
        ("{name: org_1}", "organizations[0].name: read 'org_1'"),
        ("{name: a, connections: [{name: Userz}]}", "connections[0].name: no connection 'Userz'"),
        ("{name: a, connections: [{name: Users}, {name: Users}]}", "connections: 'Users' stands there 2"),
        (
            "{name: a, connections: [{name: Users, is_signup_enabled: true}]}",
            "connections[0].is_signup_enabled: read true without membership",
        ),
        ("{name: a, client_grants: [{client_id: Web}]}", "client_grants[0].client_id: no client grant"),
        (
            "{name: a, client_grants: [{client_id: Batch, audience: x}]}",
            "client_grants[0].client_id: no client grant of 'Batch' for 'x'",
        ),
        ("{name: a, clients: [{client_id: Webb}]}", "clients[0].client_id: no client 'Webb'"),
        ("{name: a, discovery_domains: [{domain: Acme}]}", "discovery_domains[0].domain: read 'Acme'"),
        ("{name: a}, {name: a}", "organizations[1].name: 'a' is organizations[0] already"),
        ("{name: a, members: [x]}", "organizations[0].members: no such field"),
    ],
)
async def test_wrong_entry_is_named(room: Room, entry: str, told: str) -> None:
    """What is wrong with an organization is told by its path, and nothing is applied."""
    with pytest.raises(InvalidFile) as refused:
        await room.apply(f"{REST}\norganizations: [{entry}]")
    assert told in str(refused.value)
    assert await room.platform.stores.organizations.all(TENANT) == []


async def test_what_has_no_effect_is_told(room: Room) -> None:
    """A quota that nothing enforces is stored and told of."""
    plan = await room.plan("organizations: [{name: a, token_quota: {client_credentials: {per_day: 1}}}]")
    assert plan.warnings == ("organizations[0].token_quota: stored, NOT ENFORCED yet",)

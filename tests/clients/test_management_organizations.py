"""Organizations by the management clients of Node's auth0 4 and 7 and of auth0-python 4 and the newest."""

import json
import os
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import httpx2
import pytest
from auth0.management import ManagementClient
from auth0.management.core.api_error import ApiError
from tests.support.gatewright_dev import GatewrightDev, gatewright_dev

pytestmark = [
    pytest.mark.library("auth0 4 (Node)", "ManagementClient.organizations"),
    pytest.mark.library("auth0 7 (Node)", "ManagementClient.organizations"),
    pytest.mark.library("auth0-python 4", "Auth0.organizations"),
    pytest.mark.library("auth0-python 6", "ManagementClient.organizations"),
]

FOLDER = Path(__file__).parent
FOUR = Path(sys.prefix) / "auth0-python-4"
SECONDS = 60
THINGS = "https://things.example.test/"
DATABASE = "Users"

TENANT: dict[str, Any] = {
    "resourceServers": [{"name": "Things", "identifier": THINGS, "scopes": [{"value": "read:things"}]}],
    "clients": [
        {
            "name": "App",
            "client_id": "app",
            "organization_usage": "allow",
            "initiate_login_uri": "https://app.example.test/login",
        },
        {"name": "Batch", "client_id": "batch", "app_type": "non_interactive"},
    ],
    "clientGrants": [
        {
            "client_id": "Batch",
            "audience": THINGS,
            "scope": ["read:things"],
            "organization_usage": "allow",
        }
    ],
    "databases": [{"name": DATABASE, "enabled_clients": ["App"]}],
    "roles": [{"name": "reader"}],
    "organizations": [
        {"name": "seed", "connections": [{"name": DATABASE}], "client_grants": [{"client_id": "Batch"}]}
    ],
    "users": [
        {
            "connection": DATABASE,
            "user_id": "5f0000000000000000000001",
            "email": "ada@example.test",
            "name": "Ada Example",
        }
    ],
}
USER = "auth0|5f0000000000000000000001"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewrightDev]:
    """A server whose tenant has something of everything that organizations name."""
    with gatewright_dev(tmp_path_factory.mktemp("organizations"), TENANT) as made:
        yield made


@pytest.fixture(scope="module")
def things(server: GatewrightDev) -> dict[str, str]:
    """Ids that the scripts need, as variables of their environment."""
    found = server.management()
    with server.client() as client:
        asked = {name: found[name] for name in ("client_id", "client_secret", "audience")}
        token = client.post("/oauth/token", data={"grant_type": "client_credentials", **asked}).json()
        client.headers["authorization"] = f"Bearer {token['access_token']}"
        seed = read(client, "/organizations/name/seed")["id"]
        return {
            "DOMAIN": found["domain"],
            "CLIENT_ID": found["client_id"],
            "CLIENT_SECRET": found["client_secret"],
            "CONNECTION_ID": read(client, f"/organizations/{seed}/enabled_connections")[0]["connection_id"],
            "GRANT_ID": read(client, f"/organizations/{seed}/client-grants")[0]["id"],
            "ROLE_ID": read(client, "/roles")[0]["id"],
            "USER_ID": USER,
            "APP_ID": "app",
        }


def read(client: httpx2.Client, path: str) -> Any:
    """What is at a path of the management API."""
    response = client.get(f"/api/v2{path}")
    assert response.status_code == 200, response.text
    return response.json()


def driven(server: GatewrightDev, things: dict[str, str], command: list[Any], **more: str) -> dict[str, Any]:
    """What the calls of a script gave, by their names."""
    environment = {**os.environ, **server.trust, **things, **more}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def node_4(server: GatewrightDev, things: dict[str, str]) -> dict[str, Any]:
    """What auth0 4 for Node was given."""
    return driven(server, things, ["node", FOLDER / "apps" / "management_organizations_4.cjs"])


@pytest.fixture(scope="module")
def node_7(server: GatewrightDev, things: dict[str, str]) -> dict[str, Any]:
    """What auth0 7 for Node was given."""
    return driven(server, things, ["node", FOLDER / "apps" / "management_organizations_7.cjs"])


@pytest.fixture(scope="module")
def python_4(server: GatewrightDev, things: dict[str, str]) -> dict[str, Any]:
    """What auth0-python 4 was given."""
    command = [sys.executable, FOLDER / "management_organizations_by_auth0_python_4.py"]
    return driven(server, things, command, PYTHONPATH=str(FOUR))


@pytest.fixture(params=["node_4", "node_7", "python_4"])
def told(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What each of them was given."""
    found: dict[str, Any] = request.getfixturevalue(request.param)
    return found


def test_organization_is_created_read_and_updated(told: dict[str, Any]) -> None:
    """A created organization is read by id and by name, and an update answers with it changed."""
    made = told["created"]
    assert told["read"] == told["byName"] == made
    assert told["updated"] == {**made, "metadata": {"plan": "gold"}}


def test_organizations_are_listed(told: dict[str, Any]) -> None:
    """The list has every organization, by pages or from checkpoints."""
    if "list" in told:
        assert {each["name"] for each in told["list"]} >= {"seed", told["created"]["name"]}
    else:
        assert (told["page"]["start"], told["page"]["limit"]) == (0, 1)
        assert told["page"]["total"] >= 2
        assert len(told["page"]["organizations"]) == 1


def test_connection(told: dict[str, Any]) -> None:
    """A connection is enabled, changed, read and listed."""
    assert told["enabled"]["connection"] == {"name": DATABASE, "strategy": "auth0"}
    assert told["enabledUpdated"] == {**told["enabled"], "assign_membership_on_login": True}
    assert told["enabledList"] == [told["enabledRead"]] == [told["enabledUpdated"]]
    assert told.get("connectionList", told["enabledList"]) == told["enabledList"]


def test_members_and_their_roles(told: dict[str, Any]) -> None:
    """A member is added, given a role, listed from every side, and taken out."""
    (member,) = told["members"]
    assert (member["user_id"], member["email"]) == (USER, "ada@example.test")
    assert [each["name"] for each in told["roles"]] == ["reader"]
    assert [each["name"] for each in told["ofUser"]] == [told["created"]["name"]]
    assert told["membersLeft"] == []


def test_newer_lists_of_roles(node_7: dict[str, Any]) -> None:
    """Version 7 lists roles that count, and those who have one."""
    assert [each["sources"] for each in node_7["effective"]] == [["direct"]]
    assert [each["user_id"] for each in node_7["holders"]] == [USER]


def test_invitation(told: dict[str, Any]) -> None:
    """An invitation comes with its link once, is read and listed without."""
    made = dict(told["invitation"])
    assert made.pop("invitation_url").startswith("https://app.example.test/login?invitation=")
    assert made.pop("ticket_id")
    assert told["invitationRead"] == made
    assert told["invitationList"] == [made]


def test_client_grant(told: dict[str, Any]) -> None:
    """A client grant is associated and listed."""
    assert told["grant"]["organization_usage"] == "allow"
    assert told["grantList"] == [told["grant"]]


def test_grant_from_its_own_side(node_7: dict[str, Any]) -> None:
    """Version 7 lists the organizations of a grant."""
    assert {each["name"] for each in node_7["grantOrganizations"]} == {"seed", "node-7"}


@pytest.mark.parametrize("library", ["node_4", "node_7"])
def test_domains(library: str, request: pytest.FixtureRequest) -> None:
    """Node's libraries add, change and list domains."""
    told = request.getfixturevalue(library)
    assert told["domainUpdated"] == {**told["domain"], "status": "verified"}
    assert told["domainList"] == [told["domainUpdated"]]


def test_associated_clients(node_7: dict[str, Any]) -> None:
    """Version 7 associates, changes and lists clients."""
    assert node_7["client"]["client"]["name"] == "App"
    assert node_7["clientUpdated"] == {**node_7["client"], "use_for_member_access": True}
    assert node_7["clientList"] == [node_7["clientUpdated"]]


def test_refusals(told: dict[str, Any]) -> None:
    """A refusal becomes the library's error with status, code and words."""
    assert (told["taken"]["statusCode"], told["taken"]["errorCode"]) == (409, "organization_conflict")
    assert (told["wrong"]["statusCode"], told["wrong"]["errorCode"]) == (400, "invalid_body")
    assert (told["gone"]["statusCode"], told["gone"]["errorCode"]) == (404, "inexistent_organization")


@pytest.fixture
def newest(trusted: GatewrightDev, things: dict[str, str]) -> Iterator[ManagementClient]:
    """The newest management client for Python."""
    with httpx.Client(verify=ssl.create_default_context(cafile=str(trusted.authority))) as connections:
        yield ManagementClient(
            domain=things["DOMAIN"],
            client_id=things["CLIENT_ID"],
            client_secret=things["CLIENT_SECRET"],
            httpx_client=connections,
        )


@pytest.fixture
def organization_id(newest: ManagementClient) -> Iterator[str]:
    """An organization that the newest library made."""
    made = newest.organizations.create(name="python-6", display_name="Python 6")
    assert made.id
    yield made.id
    newest.organizations.delete(made.id)
    with pytest.raises(ApiError) as gone:
        newest.organizations.get(made.id)
    assert gone.value.status_code == 404


def test_organization_by_the_newest(newest: ManagementClient, organization_id: str) -> None:
    """The newest reads, updates and lists organizations, and raises its error for a name that is taken."""
    organizations = newest.organizations
    assert organizations.get(organization_id).name == "python-6"
    assert organizations.get_by_name("python-6").id == organization_id
    assert organizations.update(organization_id, metadata={"plan": "gold"}).metadata == {"plan": "gold"}
    assert organization_id in [each.id for each in organizations.list(take=1)]
    with pytest.raises(ApiError) as taken:
        organizations.create(name="python-6")
    assert taken.value.status_code == 409


def test_connection_by_the_newest(
    newest: ManagementClient, organization_id: str, things: dict[str, str]
) -> None:
    """The newest enables, changes, lists and removes a connection, at either address."""
    organizations, connection = newest.organizations, things["CONNECTION_ID"]
    made = organizations.enabled_connections.add(organization_id, connection_id=connection)
    assert made.connection
    assert made.connection.name == DATABASE
    changed = organizations.connections.update(organization_id, connection, assign_membership_on_login=True)
    assert changed.assign_membership_on_login is True
    listed = [each.connection_id for each in organizations.enabled_connections.list(organization_id)]
    assert listed == [each.connection_id for each in organizations.connections.list(organization_id)]
    organizations.enabled_connections.delete(organization_id, connection)
    assert list(organizations.connections.list(organization_id)) == []


def test_members_by_the_newest(
    newest: ManagementClient, organization_id: str, things: dict[str, str]
) -> None:
    """The newest adds a member, gives them a role, lists both, and takes them out."""
    members, role = newest.organizations.members, things["ROLE_ID"]
    members.create(organization_id, members=[USER])
    assert [each.user_id for each in members.list(organization_id)] == [USER]
    members.roles.assign(organization_id, USER, roles=[role])
    assert [each.id for each in members.roles.list(organization_id, USER)] == [role]
    assert [each.id for each in members.effective_roles.list(organization_id, USER)] == [role]
    assert [each.id for each in newest.users.organizations.list(USER)] == [organization_id]
    members.roles.delete(organization_id, USER, roles=[role])
    members.delete(organization_id, members=[USER])
    assert list(members.list(organization_id)) == []


def test_invitation_by_the_newest(newest: ManagementClient, organization_id: str) -> None:
    """The newest invites, reads and lists invitations, and takes one back."""
    invitations = newest.organizations.invitations
    made = invitations.create(
        organization_id,
        inviter={"name": "Grace"},  # type: ignore[arg-type]
        invitee={"email": "new@example.test"},  # type: ignore[arg-type]
        client_id="app",
    )
    assert made.id
    assert made.invitation_url
    assert invitations.get(organization_id, made.id).created_at == made.created_at
    assert [each.id for each in invitations.list(organization_id)] == [made.id]
    invitations.delete(organization_id, made.id)
    assert list(invitations.list(organization_id)) == []


def test_the_rest_by_the_newest(
    newest: ManagementClient, organization_id: str, things: dict[str, str]
) -> None:
    """The newest associates a grant and a client, and adds a domain."""
    organizations = newest.organizations
    organizations.client_grants.create(organization_id, grant_id=things["GRANT_ID"])
    assert [each.id for each in organizations.client_grants.list(organization_id)] == [things["GRANT_ID"]]
    organizations.clients.create(organization_id, clients=[{"client_id": "app"}])  # type: ignore[list-item]
    assert [each.client_id for each in organizations.clients.list(organization_id)] == ["app"]
    made = organizations.discovery_domains.create(organization_id, domain="python6.example")
    assert [each.id for each in organizations.discovery_domains.list(organization_id)] == [made.id]

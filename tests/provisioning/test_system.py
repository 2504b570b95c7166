"""What the system keeps in a tenant, and what files cannot do to it."""

from tests.provisioning.conftest import ISSUER, TENANT, Room

from gatewright.provisioning import DEVELOPMENT_CLIENT, MANAGEMENT_SCOPES
from gatewright.provisioning.demo import demo_document

MANAGEMENT = f"{ISSUER}api/v2/"


async def test_every_tenant_has_its_management_api(room: Room) -> None:
    """Any application makes the system API under the issuer, with all its scopes."""
    await room.apply("roles: []")
    api = await room.platform.apis.by_identifier(TENANT, MANAGEMENT)
    assert api is not None
    assert (api.is_system, api.scope_values) == (True, frozenset(MANAGEMENT_SCOPES))


async def test_a_file_does_not_delete_what_is_the_systems(room: Room) -> None:
    """Empty sections leave the management API, the development client and its grant."""
    await room.apply("roles: []", management_client=True)
    plan = await room.apply("resourceServers: []\nclients: []\nclientGrants: []\n")
    assert plan.steps == ()
    assert await room.platform.apis.grant(TENANT, DEVELOPMENT_CLIENT, MANAGEMENT) is not None


async def test_the_development_client_may_do_everything(room: Room) -> None:
    """The client for scripts is granted every scope of the management API but those about oneself."""
    await room.apply("roles: []", management_client=True)
    client = await room.client(DEVELOPMENT_CLIENT)
    grant = await room.platform.apis.grant(TENANT, DEVELOPMENT_CLIENT, MANAGEMENT)
    assert client.grant_types == ("client_credentials",)
    assert grant is not None
    about_oneself = {scope for scope in MANAGEMENT_SCOPES if ":current_user" in scope}
    assert about_oneself
    assert set(grant.scope) == set(MANAGEMENT_SCOPES) - about_oneself


async def test_the_secret_of_the_development_client_is_random_and_kept(room: Room) -> None:
    """Its secret is made once: another tenant has another, the next application the same."""
    secrets = []
    for tenant_id, issuer in ((TENANT, ISSUER), ("b", "https://b.example.test/"), (TENANT, ISSUER)):
        await room.apply("roles: []", tenant_id=tenant_id, issuer=issuer, management_client=True)
        client = await room.platform.clients.get(tenant_id, DEVELOPMENT_CLIENT)
        assert client is not None
        secrets.append(room.platform.clients.secret(tenant_id, client))
    first, other, again = secrets
    assert first == again != other


async def test_a_client_may_be_granted_the_management_api(room: Room) -> None:
    """A file may give its own clients scopes of the management API, and only those there are."""
    file = (
        "clients: [{name: A, app_type: non_interactive}]\n"
        "clientGrants: [{client_id: A, audience: '%s', scope: [%s]}]"
    )
    assert (await room.plan(file % (MANAGEMENT, "'read:users'"))).steps
    (problem,) = await room.problems(file % (MANAGEMENT, "'rule:the_world'"))
    assert "has no scope 'rule:the_world'" in problem


async def test_the_demo_tenant_is_complete(room: Room) -> None:
    """The built-in tenant is free of problems and has applications, an API, a database and people."""
    demo = demo_document()
    assert demo.problems == ()
    sections = (demo.apis, demo.clients, demo.databases, demo.roles, demo.users)
    assert all(sections)


async def test_a_starting_point_fills_an_empty_tenant(room: Room) -> None:
    """A file that only adds makes everything in a tenant that has nothing, its settings included."""
    await room.apply("roles: []")
    plan = await room.apply(
        "tenant: {friendly_name: Demo}\nbranding: {colors: {primary: '#123456'}}\nclients: [{name: A}]",
        only_missing=True,
    )
    assert [f"{step.action} {step.kind}" for step in plan.steps] == ["update tenant", "create client"]


START = """
tenant: {friendly_name: Demo}
clients: [{name: A, client_id: a}, {name: B, client_id: b}]
databases: [{name: Users, enabled_clients: [A, B]}]
roles: [{name: r}]
users: [{connection: Users, email: a@b.example, user_id: ada, password: Correct-Horse-1, roles: [r]}]
"""


async def test_a_starting_point_leaves_changes_alone(room: Room) -> None:
    """A file that only adds neither reverts what was changed nor removes what was made."""
    await room.apply(START, only_missing=True)
    await room.apply(
        "tenant: {friendly_name: Mine}\nclients: [{name: A, client_id: a, description: mine}, {name: C}]\n"
        "databases: [{name: Users, enabled_clients: [C]}]\n"
        "users: [{connection: Users, email: a@b.example, user_id: ada, password: My-Own-Words-1, name: Me}]\n"
    )
    plan = await room.apply(START, only_missing=True)
    assert [f"{step.action} {step.kind} {step.label}" for step in plan.steps] == [
        "create client B",
        "update database Users",
    ]
    (connection,) = await room.platform.stores.connections.all(TENANT)
    assert connection.enabled_clients[-1] == "b"
    assert len(connection.enabled_clients) == 2
    assert (await room.user("auth0|ada")).name == "Me"
    stored = await room.platform.stores.users.password_hash(TENANT, "auth0|ada")
    assert await room.platform.hasher.verify("My-Own-Words-1", stored)


async def test_a_starting_point_is_idempotent(room: Room) -> None:
    """Started again, a development server finds nothing to do."""
    await room.apply(START, only_missing=True, management_client=True)
    assert (await room.apply(START, only_missing=True, management_client=True)).steps == ()

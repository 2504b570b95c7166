"""A tenant becomes equal to its file, in one unit, and a second time nothing happens."""

from pathlib import Path

import msgspec
import pytest
from tests.provisioning.conftest import ISSUER, TENANT, Room, changes

from gatewright.app.provisioning import build_provisioning
from gatewright.clients import Client, secret_matches
from gatewright.jose import MasterKey
from gatewright.kernel.errors import Conflict, Invalid
from gatewright.provisioning import ABSENT, DEVELOPMENT_CLIENT

ACME = Path(__file__).with_name("acme.yaml").read_text()


async def test_the_first_application_makes_everything(room: Room) -> None:
    """Every entity of the file is made, beside what the system keeps in each tenant."""
    plan = await room.apply(ACME)
    assert (plan.count("create"), plan.count("update"), plan.count("delete")) == (14, 0, 0)
    assert changes(plan) == [
        "create API Timesheets API",
        "create API Invoices API",
        "create client Timesheets SPA",
        "create client Regular Web App",
        "create client Legacy App",
        "create client Nightly Job",
        "create client grant Nightly Job → https://api.acme.test/timesheets",
        "create database Username-Password-Authentication",
        "create role approver",
        "create user ada@acme.test",
        "create user bob@acme.test",
    ]


async def test_the_second_application_does_nothing(room: Room) -> None:
    """Applied again, later, the same file changes nothing and records nothing."""
    await room.apply(ACME)
    room.clock.advance(86_400)
    before = await room.log_types()
    plan = await room.apply(ACME)
    assert (plan.steps, plan.unchanged) == ((), 13)
    assert await room.log_types() == before


async def test_a_plan_changes_nothing(room: Room) -> None:
    """Planning leaves the tenant as it is."""
    await room.plan(ACME)
    assert await room.platform.stores.tenants.get(TENANT) is None
    assert await room.platform.stores.clients.all(TENANT) == []


async def test_the_tenant_takes_issuer_and_host(room: Room) -> None:
    """A new tenant answers on the host of its issuer."""
    await room.apply(ACME)
    tenant = await room.platform.tenants.by_host("id.example.test")
    assert tenant is not None
    assert (tenant.tenant_id, tenant.issuer, tenant.name) == (TENANT, ISSUER, "Acme")


async def test_what_the_file_no_longer_has_is_deleted(room: Room) -> None:
    """Within a section of the file, entities it does not name go, and so does what refers to them."""
    await room.apply(ACME)
    plan = await room.apply(
        "clients: [{name: Regular Web App, client_id: web_client}]\n"
        "resourceServers:\n"
        "- {name: Invoices API, identifier: https://api.acme.test/invoices, signing_alg: HS256}\n"
    )
    assert [line for line in changes(plan) if line.startswith("delete")] == [
        "delete client grant Nightly Job → https://api.acme.test/timesheets",
        "delete client Timesheets SPA",
        "delete client Nightly Job",
        "delete client Legacy App",
        "delete API Timesheets API",
    ]
    (connection,) = await room.platform.stores.connections.all(TENANT)
    (role,) = await room.platform.stores.roles.all(TENANT)
    assert connection.enabled_clients == ("web_client",)
    assert role.permissions == ()
    assert (await room.apply(await room.export())).steps == ()


async def test_a_deleted_directory_is_no_default_any_more(room: Room) -> None:
    """A tenant whose default directory goes has none."""
    await room.apply(ACME)
    await room.apply("databases: []")
    assert (await room.platform.tenants.get(TENANT)).settings.default_directory == ""


async def test_sections_that_are_not_in_the_file_stay(room: Room) -> None:
    """A file with one section touches nothing else."""
    await room.apply(ACME)
    plan = await room.apply("roles: []")
    assert changes(plan) == ["delete role approver"]


async def test_users_are_never_deleted(room: Room) -> None:
    """A user whom the file does not name stays."""
    await room.apply(ACME)
    assert (await room.apply("users: []")).steps == ()
    await room.user("auth0|5f0000000000000000000001")


async def test_an_update_tells_each_field(room: Room) -> None:
    """A change is told field by field, before and after, as the file writes it."""
    await room.apply(ACME)
    plan = await room.apply(
        ACME.replace('["http://localhost:3010/callback"]', '["http://localhost:3011/callback"]').replace(
            "lifetime_in_seconds: 36000 }", "lifetime_in_seconds: 600 }"
        )
    )
    told = {step.label: {d.path: (d.before, d.after) for d in step.differences} for step in plan.steps}
    old, new = ["http://localhost:3010/callback"], ["http://localhost:3011/callback"]
    assert told["Regular Web App"] == {"callbacks": (old, new)}
    assert told["Timesheets SPA"]["jwt_configuration"][1] == {"lifetime_in_seconds": 600}


async def test_nested_settings_are_told_one_by_one(room: Room) -> None:
    """A change deep in an entity is told by its path, with what is not set as absent."""
    await room.apply("databases: [{name: D, options: {passwordPolicy: low, mfa: {active: true}}}]")
    plan = await room.apply("databases: [{name: D, options: {passwordPolicy: fair, disable_signup: true}}]")
    (step,) = plan.steps
    assert [(d.path, d.before, d.after) for d in step.differences] == [
        ("options.passwordPolicy", "low", "fair"),
        ("options.mfa", {"active": True}, ABSENT),
        ("options.disable_signup", ABSENT, True),
    ]


async def test_an_update_keeps_identity_and_birth(room: Room) -> None:
    """A changed client keeps its id and its creation time and is updated now."""
    await room.apply(ACME)
    born = room.clock.now()
    room.clock.advance(60)
    await room.apply(ACME.replace("http://localhost:3010/callback", "http://localhost:3011/callback"))
    client = await room.client("web_client")
    assert (client.created_at, client.updated_at) == (born, born + 60)
    assert (await room.client("spa_client")).updated_at == born


@pytest.mark.parametrize(
    ("app_type", "grant_types", "method", "keeps_secret"),
    [
        ("spa", ("authorization_code", "refresh_token"), "none", False),
        ("native", ("authorization_code", "refresh_token"), "none", False),
        ("regular_web", ("authorization_code", "refresh_token"), "client_secret_post", True),
        ("non_interactive", ("client_credentials",), "client_secret_post", True),
    ],
)
async def test_a_client_has_the_defaults_of_its_type(
    room: Room, app_type: str, grant_types: tuple[str, ...], method: str, keeps_secret: bool
) -> None:
    """Grant types, authentication and secret follow the type of application where the file is silent."""
    plan = await room.apply(f"clients: [{{name: A, app_type: {app_type}}}]")
    client = next(step.after for step in plan.steps if step.kind == "client")
    assert (client.grant_types, client.token_endpoint_auth_method) == (grant_types, method)
    assert bool(client.secrets) is keeps_secret
    assert len(client.client_id) == 32


async def test_an_empty_list_of_grant_types_is_kept(room: Room) -> None:
    """A client whose list is empty may use no grant at all."""
    await room.apply("clients: [{name: A, client_id: a, grant_types: []}]")
    assert (await room.client("a")).grant_types == ()


async def test_a_client_without_an_id_is_found_by_its_name(room: Room) -> None:
    """The id and secret that were made for a client stay when the file is applied again."""
    file = "clients: [{name: A}]"
    await room.apply(file)
    (first,) = await room.platform.stores.clients.all(TENANT)
    await room.apply("clients: [{name: A, description: changed}]")
    (second,) = await room.platform.stores.clients.all(TENANT)
    assert (first.client_id, first.secrets) == (second.client_id, second.secrets)
    assert second.description == "changed"


async def test_a_name_that_two_clients_have_needs_an_id(room: Room) -> None:
    """An entry without an id is refused when its name is that of several clients."""
    await room.apply("clients: [{name: A, client_id: x}]")
    twin: Client = msgspec.structs.replace(await room.client("x"), client_id="y")
    await room.platform.bus.commit((room.platform.stores.clients.put(TENANT, twin),))
    (problem,) = await room.problems("clients: [{name: A}]")
    assert problem == "line 1: clients[0]: 2 clients are called 'A'; wanted: client_id"


async def test_a_secret_that_is_written_is_accepted(room: Room) -> None:
    """A given secret is the one that opens the token endpoint, and replaces an earlier one."""
    await room.apply("clients: [{name: A, client_id: a, client_secret: first-secret-0123456789}]")
    plan = await room.apply("clients: [{name: A, client_id: a, client_secret: second-secret-012345}]")
    client = await room.client("a")
    assert secret_matches("second-secret-012345", client.secrets)
    assert not secret_matches("first-secret-0123456789", client.secrets)
    assert "second-secret-012345" not in repr(plan)


async def test_a_secret_that_is_not_written_is_kept(room: Room) -> None:
    """A file without the secret leaves the client's own in force."""
    await room.apply("clients: [{name: A, client_id: a, client_secret: first-secret-0123456789}]")
    assert (await room.apply("clients: [{name: A, client_id: a}]")).steps == ()
    assert room.platform.clients.secret(TENANT, await room.client("a")) == "first-secret-0123456789"


async def test_a_secret_in_rotation_is_kept(room: Room) -> None:
    """While two secrets are accepted, a file with the newer one changes nothing."""
    await room.apply("clients: [{name: A, client_id: a, client_secret: first-secret-0123456789}]")
    client = await room.client("a")
    newer = room.platform.clients.sealed(TENANT, "a", "second-secret-012345", 0)
    both = msgspec.structs.replace(client, secrets=(*client.secrets, newer))
    await room.platform.bus.commit((room.platform.stores.clients.put(TENANT, both),))
    file = "clients: [{name: A, client_id: a, client_secret: second-secret-012345}]"
    assert (await room.apply(file)).steps == ()


async def test_an_api_keeps_its_shared_secret(room: Room) -> None:
    """The secret of an HS256 API is sealed, kept when the file is silent, and dropped with HS256."""
    entry = "resourceServers: [{name: R, identifier: urn:r, signing_alg: %s%s}]"
    await room.apply(entry % ("HS256", ", signing_secret: " + "s" * 32))
    again = await room.apply(entry % ("HS256", ", signing_secret: " + "s" * 32))
    silent = await room.apply(entry % ("HS256", ""))
    assert (again.steps, silent.steps) == ((), ())
    api = await room.platform.apis.by_identifier(TENANT, "urn:r")
    assert api is not None
    assert room.platform.apis.secret(TENANT, api) == "s" * 32
    await room.apply(entry % ("RS256", ""))
    api = await room.platform.apis.by_identifier(TENANT, "urn:r")
    assert api is not None
    assert api.sealed_secret == ""


async def test_a_secret_under_a_lost_master_key_is_sealed_anew(room: Room) -> None:
    """A written API secret replaces one that nobody can unseal any more."""
    entry = (
        f"resourceServers: [{{name: R, identifier: urn:r, signing_alg: HS256, signing_secret: {'s' * 32}}}]"
    )
    await room.apply(entry)
    api = await room.platform.apis.by_identifier(TENANT, "urn:r")
    assert api is not None
    lost = msgspec.structs.replace(api, sealed_secret=MasterKey(b"x" * 32).seal("s" * 32, "main/api/lost"))
    stores = room.platform.stores
    await room.platform.bus.commit((stores.apis.put(TENANT, lost), stores.tenants.touched(TENANT)))
    (step,) = (await room.apply(entry)).steps
    assert [difference.path for difference in step.differences] == ["signing_secret"]
    assert room.platform.apis.secret(TENANT, step.after) == "s" * 32


async def test_a_short_lifetime_shortens_that_of_the_browser(room: Room) -> None:
    """An API whose tokens live shorter than the usual browser token gives browsers no longer ones."""
    await room.apply("resourceServers: [{name: R, identifier: urn:r, token_lifetime: 60}]")
    api = await room.platform.apis.by_identifier(TENANT, "urn:r")
    assert api is not None
    assert api.token_lifetime_for_web == 60


async def test_keys_are_made_for_every_algorithm_chosen(room: Room) -> None:
    """RS256 keys always, others when an API or a client signs with them; HS256 needs none."""
    plan = await room.apply(
        "resourceServers: [{name: R, identifier: urn:r, signing_alg: ES256}]\n"
        "clients: [{name: A, jwt_configuration: {alg: PS256}}, {name: B, jwt_configuration: {alg: HS256}}]\n"
    )
    assert [step.label for step in plan.steps if step.kind == "signing keys"] == ["ES256", "PS256", "RS256"]
    ring = await room.platform.keys.ring(TENANT)
    assert {(key.alg, key.status) for key in ring.keys} == {
        (alg, status) for alg in ("ES256", "PS256", "RS256") for status in ("current", "next")
    }


async def test_the_application_is_one_entry_of_the_audit_log(room: Room) -> None:
    """What was done is recorded with it, counted and listed, without a secret."""
    await room.apply(ACME)
    (entry,) = await room.platform.stores.logs.newest(TENANT, limit=5)
    assert (entry.type, entry.event) == ("sapi", "TenantProvisioned")
    assert entry.details["create"] == 14
    assert "create client Nightly Job" in entry.details["steps"]  # type: ignore[operator]
    assert "secret" not in repr(entry)


async def test_a_concurrent_change_undoes_all_of_it(room: Room) -> None:
    """When what the plan deletes is gone already, nothing at all is applied."""
    await room.apply(ACME)
    plan = await room.plan("roles: []\nclients: [{name: New, client_id: new}]")
    await room.apply("roles: []")
    with pytest.raises(Conflict, match="was changed meanwhile; nothing was applied"):
        await build_provisioning(room.platform).apply(plan)
    assert await room.platform.clients.get(TENANT, "new") is None
    await room.client("web_client")


async def test_a_second_tenant_is_its_own_world(room: Room) -> None:
    """The same file makes another tenant under another issuer, with its own entities."""
    await room.apply(ACME)
    await room.apply(ACME, tenant_id="other", issuer="https://other.example.test/")
    assert len(await room.platform.stores.clients.all("other")) == 4
    other = await room.platform.tenants.by_host("other.example.test")
    assert other is not None
    assert other.tenant_id == "other"


async def test_an_issuer_that_another_tenant_has_is_refused(room: Room) -> None:
    """Two tenants cannot answer on one host."""
    await room.apply(ACME)
    with pytest.raises(Invalid, match="belongs to tenant 'main'"):
        await room.plan("roles: []", tenant_id="other")


async def test_a_new_issuer_moves_the_management_api(room: Room) -> None:
    """When the issuer changes, host and management API follow, with every grant and permission for it."""
    management = f"{ISSUER}api/v2/"
    await room.apply(
        "clients: [{name: A, client_id: a}]\n"
        f"clientGrants: [{{client_id: a, audience: '{management}', scope: ['read:users']}}]\n"
        f"roles: [{{name: r, permissions: [{{permission_name: 'read:users', "
        f"resource_server_identifier: '{management}'}}]}}]\n",
        management_client=True,
    )
    moved = "https://new.example.test/"
    await room.apply("tenant: {}", issuer=moved, management_client=True)
    grants = await room.platform.stores.apis.grants(TENANT)
    assert {(grant.client_id, grant.audience) for grant in grants} == {
        ("a", f"{moved}api/v2/"),
        (DEVELOPMENT_CLIENT, f"{moved}api/v2/"),
    }
    (role,) = await room.platform.stores.roles.all(TENANT)
    assert role.permissions[0].resource_server_identifier == f"{moved}api/v2/"
    assert await room.platform.tenants.by_host("id.example.test") is None
    (system,) = [api for api in await room.platform.stores.apis.all(TENANT) if api.is_system]
    assert system.identifier == f"{moved}api/v2/"


async def test_other_hosts_of_the_tenant_stay(room: Room) -> None:
    """A tenant that answers on more hosts keeps them."""
    await room.apply("tenant: {}")
    tenant = await room.platform.tenants.get(TENANT)
    more = msgspec.structs.replace(tenant, hosts=(*tenant.hosts, "alias.example.test"))
    await room.platform.bus.commit(room.platform.stores.tenants.put(more))
    assert (await room.apply("tenant: {}")).steps == ()
    assert await room.platform.tenants.by_host("alias.example.test") is not None


async def test_an_empty_branding_is_plain_again(room: Room) -> None:
    """A section branding sets the looks, and an empty one takes them away."""
    await room.apply("branding: {colors: {primary: '#123456'}}")
    assert (await room.platform.tenants.get(TENANT)).branding.colors.primary == "#123456"
    await room.apply("branding: {}")
    assert (await room.platform.tenants.get(TENANT)).branding.colors.primary == ""

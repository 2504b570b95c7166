"""What is exported makes the same tenant again."""

import base64
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
import yaml
from tests.provisioning.conftest import ISSUER, TENANT, Room

from gatewright.app import build_platform
from gatewright.cli.workshop import exporter_of
from gatewright.kernel.errors import Conflict, NotFound
from gatewright.provisioning import DEVELOPMENT_CLIENT, read_document

ACME = Path(__file__).with_name("acme.yaml").read_text()
SECRETS = (
    "web_client_secret_0123456789abcdef",
    "invoices-api-shared-secret-0123456789abcdef",
    "Correct-Horse-1",
    "$argon2id$",
)


@pytest.mark.parametrize("with_secrets", [False, True])
async def test_applying_an_export_changes_nothing(room: Room, with_secrets: bool) -> None:
    """An export applied to the tenant it came from is a no-op."""
    await room.apply(ACME, management_client=True)
    exported = await room.export(with_secrets=with_secrets)
    assert (await room.apply(exported)).steps == ()


RICH = """
tenant: {friendly_name: "no", picture_url: "https://a.example/x.png", session_lifetime: 1.5,
  idle_session_lifetime: 1, enabled_locales: [de],
  flags: {revoke_refresh_token_grant: true, enable_sso: true}, session_cookie: {mode: non-persistent},
  device_flow: {charset: digits}, allowed_logout_urls: ["https://a.example/"]}
branding: {colors: {primary: "#123456"}, logo_url: "https://a.example/logo.png"}
attackProtection: {bruteForceProtection: {max_attempts: 3, allowlist: ["192.0.2.0/24"]},
  suspiciousIpThrottling: {enabled: false, stage: {pre-login: {max_attempts: 5}}}}
resourceServers:
- {name: "08", identifier: "1e5", token_lifetime: 60, token_lifetime_for_web: 30, signing_alg: ES256,
   token_dialect: rfc9068_profile, authorization_details: [{type: x}],
   skip_consent_for_verifiable_first_party_clients: false}
clients:
- {name: A, client_id: a, grant_types: [], mobile: {ios: {team_id: x}}, addons: {samlp: {a: 1}},
   default_max_age: 0, id_token_claims: requested_only, client_metadata: {yes: "on"},
   refresh_token: {policies: [{audience: x, scope: [y]}], leeway: 0}, jwt_configuration: {scopes: {a: {}}}}
- {name: B, app_type: native, token_endpoint_auth_method: client_secret_basic,
   description: "multi\\nline: #x"}
databases:
- {name: Users, realms: [Users, Other], enabled_clients: [B, A], metadata: {a: b}, display_name: "~",
   options: {passwordPolicy: none, customScripts: {login: "function () {\\n  return '#';\\n}\\n"},
   precedence: [email], password_dictionary: {enable: true, dictionary: [secret]},
   validation: {username: {min: 2, max: 20}}}}
roles: [{name: empty}]
users:
- {connection: Users, username: ada, blocked: true, birthdate: "0000-01-01", address: {country: "NO"},
   user_metadata: {n: 1.5, l: [null, true, "true"], s: "2001-01-01"}, app_metadata: {"": ""}}
"""


async def test_every_kind_of_value_comes_back(room: Room) -> None:
    """Stored-only fields, odd texts, empty lists and nested settings survive export and application."""
    await room.apply(RICH)
    exported = await room.export()
    assert (await room.apply(exported)).steps == ()
    again = await room.export()
    assert again == exported
    plan = await room.apply(exported, tenant_id="copy", issuer="https://copy.example.test/")
    assert (plan.count("update"), plan.count("delete")) == (0, 0)
    assert await room.platform.stores.tenants.get("copy") is not None


SCRIPTED = """
databases: [{name: Users, options: {customScripts: {login: "f()"}, configuration: {KEY: script-secret-1}}}]
"""


async def test_secrets_of_scripts_come_back(room: Room) -> None:
    """Secrets of a database's scripts are written down only when asked for, and survive either export."""
    await room.apply(SCRIPTED)
    assert (await room.apply(SCRIPTED)).steps == ()
    plain, whole = await room.export(), await room.export(with_secrets=True)
    assert ("script-secret-1" in plain, "script-secret-1" in whole) == (False, True)
    for exported in (plain, whole):
        assert (await room.apply(exported)).steps == ()
    (database,) = await room.platform.stores.connections.all(TENANT)
    assert room.platform.connections.configuration(TENANT, database) == {"KEY": "script-secret-1"}


async def test_secret_of_a_script_is_not_told_by_the_plan(room: Room) -> None:
    """A changed secret of a script says only that it changes."""
    await room.apply(SCRIPTED)
    plan = await room.plan(SCRIPTED.replace("script-secret-1", "script-secret-2"))
    assert "script-secret" not in repr([step.differences for step in plan.steps])
    assert [each.path for step in plan.steps for each in step.differences] == ["options.configuration.KEY"]


async def test_secrets_stay_at_home(room: Room) -> None:
    """Without the flag no secret and no password hash is written."""
    await room.apply(ACME)
    exported = await room.export()
    assert not [secret for secret in SECRETS if secret in exported]


async def test_with_secrets_another_installation_can_take_over(room: Room, tmp_path: Path) -> None:
    """With the flag client secrets, API secrets and password hashes are written and work elsewhere."""
    await room.apply(ACME)
    exported = await room.export(with_secrets=True)
    assert [secret in exported for secret in SECRETS] == [True, True, False, True]
    await room.apply(exported, tenant_id="copy", issuer="https://copy.example.test/")
    stored = await room.platform.stores.users.password_hash("copy", "auth0|5f0000000000000000000001")
    assert await room.platform.hasher.verify("Correct-Horse-1", stored)
    copy = await room.platform.clients.get("copy", "web_client")
    assert copy is not None
    assert room.platform.clients.secret("copy", copy) == SECRETS[0]


async def test_what_belongs_to_the_system_is_not_exported(room: Room) -> None:
    """The management API and the development client stay out of the file."""
    await room.apply(ACME, management_client=True)
    exported = await room.export(with_secrets=True)
    assert DEVELOPMENT_CLIENT not in exported
    assert f"{ISSUER}api/v2/" not in exported


async def test_the_file_is_ordinary_yaml_in_the_order_of_the_format(room: Room) -> None:
    """Any YAML reader sees the sections of the format, in their order, without aliases or tags."""
    await room.apply(ACME)
    exported = await room.export()
    assert list(yaml.safe_load(exported)) == [
        "tenant",
        "branding",
        "themes",
        "prompts",
        "attackProtection",
        "customDomains",
        "resourceServers",
        "clients",
        "clientGrants",
        "databases",
        "connections",
        "roles",
        "organizations",
        "emailProvider",
        "emailTemplates",
        "logStreams",
        "users",
    ]
    assert yaml.safe_load(exported) == read_document(exported.encode()).source.value


async def test_names_stand_for_ids(room: Room) -> None:
    """Grants, databases and users name clients and roles; a client whose name is shared goes by its id."""
    await room.apply(ACME)
    web = await room.client("web_client")
    twin = msgspec.structs.replace(web, client_id="twin")
    (connection,) = await room.platform.stores.connections.all(TENANT)
    both = msgspec.structs.replace(connection, enabled_clients=(*connection.enabled_clients, "twin"))
    stores = room.platform.stores
    await room.platform.bus.commit(
        (
            stores.clients.put(TENANT, twin),
            stores.connections.put(TENANT, both),
            stores.tenants.touched(TENANT),
        )
    )
    exported = yaml.safe_load(await room.export())
    assert exported["databases"][0]["enabled_clients"] == [
        "Timesheets SPA",
        "web_client",
        "Legacy App",
        "twin",
    ]
    assert exported["clientGrants"][0]["client_id"] == "Nightly Job"
    assert sorted(user["roles"] for user in exported["users"]) == [[], ["approver"]]


async def test_users_may_be_left_out(room: Room) -> None:
    """Without users the file has no such section, so that applying it touches none."""
    await room.apply(ACME)
    assert "users" not in yaml.safe_load(await room.export(with_users=False))


async def test_many_users_come_page_by_page(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """All users are written, whatever the size of a page."""
    monkeypatch.setattr("gatewright.provisioning.export._PAGE", 3)
    people = "".join(f"- {{connection: Users, username: u{n}}}\n" for n in range(10))
    await room.apply(f"databases: [{{name: Users}}]\nusers:\n{people}")
    written = yaml.safe_load(await room.export())["users"]
    assert sorted(user["username"] for user in written) == sorted(f"u{n}" for n in range(10))


async def test_users_of_a_database_that_is_gone_are_not_exported(room: Room) -> None:
    """A user who cannot come in by any database is not part of the file."""
    await room.apply("databases: [{name: Users}]\nusers: [{connection: Users, username: u}]")
    await room.apply("databases: []")
    exported = await room.export()
    assert yaml.safe_load(exported)["users"] == []
    assert (await room.apply(exported)).steps == ()


async def test_a_tenant_that_does_not_exist_is_not_exported(room: Room) -> None:
    """Exporting nothing is an error."""
    with pytest.raises(NotFound, match="no tenant 'main'"):
        await room.export()


async def test_a_foreign_master_key_is_told(room: Room) -> None:
    """Secrets sealed under another master key cannot be exported, and whose they are is said."""
    await room.apply(ACME)
    settings = room.platform.settings
    secrets = replace(settings.secrets, master_key=base64.b64decode("A" * 43 + "="))
    foreign = build_platform(
        type(settings)(
            **{name: getattr(settings, name) for name in settings.__slots__} | {"secrets": secrets}
        ),
        room.platform.database,
    )
    with pytest.raises(Conflict, match="Invoices API was sealed under another master key"):
        _ = [piece async for piece in exporter_of(foreign, with_secrets=True).pieces(TENANT)]

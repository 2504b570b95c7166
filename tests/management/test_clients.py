"""``/api/v2/clients``: applications by the management API."""

from typing import Any

import pytest
from tests.support.management import Caller, caller, refused
from tests.support.world import SECRET, World

from gatewright.clients import secret_matches

pytestmark = [pytest.mark.anyio, pytest.mark.wire("/api/v2/*")]

NEW = {"name": "New App", "app_type": "regular_web", "callbacks": ["https://new.example.test/cb"]}


async def test_created_client_has_what_was_sent_and_the_defaults(robot: Caller) -> None:
    """A created client is answered whole: what was sent, an id, a secret, the usual grants."""
    made = await robot.made("/clients", **NEW)
    assert (made["name"], made["callbacks"]) == (NEW["name"], NEW["callbacks"])
    assert len(made["client_id"]) == 32
    assert len(made["client_secret"]) == 64
    assert made["grant_types"] == ["authorization_code", "refresh_token"]
    assert made["token_endpoint_auth_method"] == "client_secret_post"
    assert (made["tenant"], made["global"], made["is_first_party"]) == ("main", False, True)


async def test_created_client_is_read_back(robot: Caller) -> None:
    """What was created is what is read."""
    made = await robot.made("/clients", **NEW)
    assert await robot.read(f"/clients/{made['client_id']}") == made


async def test_created_client_works_at_once(world: World, robot: Caller) -> None:
    """A created client gets tokens with the secret that it was answered with."""
    made = await robot.made(
        "/clients", name="Machine", app_type="non_interactive", grant_types=["client_credentials"]
    )
    grant = {"client_id": made["client_id"], "audience": "https://api.example.test/timesheets"}
    await robot.made("/client-grants", **grant, scope=["read:timesheets"])
    answer = await world.browser().token(
        grant_type="client_credentials",
        client_id=made["client_id"],
        client_secret=made["client_secret"],
        audience=grant["audience"],
    )
    assert answer.json()["scope"] == "read:timesheets"


async def test_public_client_gets_no_secret(robot: Caller) -> None:
    """An application that runs in a browser has no secret."""
    made = await robot.made("/clients", name="Page", app_type="spa")
    assert "client_secret" not in made
    assert made["token_endpoint_auth_method"] == "none"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "name: missing"),
        ({"name": ""}, "name: 0 characters"),
        ({"name": 5}, "name: read 5; wanted: text"),
        ({"name": "A", "calbacks": []}, "calbacks: no such field; did you mean callbacks?"),
        ({"name": "A", "client_id": "mine"}, "client_id: is chosen by the server"),
        ({"name": "A", "client_secret": "s" * 40}, "client_secret: is chosen by the server"),
        ({"name": "A", "tenant": "other"}, "tenant: no such field"),
        ({"name": "A", "callbacks": ["https://*.example.test/"]}, "callbacks[0]: read "),
        ({"name": "A", "callbacks": "https://a.test/"}, "callbacks: read "),
        ({"name": "A", "jwt_configuration": {"alg": "none"}}, "jwt_configuration.alg: read 'none'"),
        ({"name": "A", "refresh_token": {"leeway": 61}}, "refresh_token.leeway: read 61"),
        ({"name": "A", "grant_types": ["magic"]}, "grant_types[0]: read 'magic'"),
        ({"name": "A", "allowed_clients": ["nobody"]}, "allowed_clients[0]: no client 'nobody'"),
        ({"name": "A", "allowed_clients": ["Web App"]}, "allowed_clients[0]: no client 'Web App'"),
    ],
)
async def test_wrong_field_is_named(world: World, robot: Caller, body: dict[str, Any], told: str) -> None:
    """A body that breaks a rule is refused by the path of the field, and nothing is made."""
    before = len(await world.platform.clients.all(world.tenant_id))
    response = await robot.post("/clients", body)
    assert refused(response) == (400, "invalid_body")
    assert told in response.json()["message"]
    assert len(await world.platform.clients.all(world.tenant_id)) == before


async def test_update_changes_what_was_sent_alone(robot: Caller) -> None:
    """An update leaves every field that it does not name as it was."""
    before = await robot.read("/clients/web")
    response = await robot.patch("/clients/web", {"description": "The web"})
    assert response.status_code == 200
    after = response.json()
    assert after.pop("description") == "The web"
    assert after.pop("updated_at") > before.pop("updated_at")
    assert after == before


async def test_update_merges_settings_by_key(robot: Caller) -> None:
    """Metadata and token settings are changed by key; null takes a key away."""
    await robot.patch("/clients/web", {"client_metadata": {"a": "1", "b": "2"}})
    response = await robot.patch(
        "/clients/web", {"client_metadata": {"b": None, "c": "3"}, "refresh_token": {"leeway": 9}}
    )
    assert response.json()["client_metadata"] == {"a": "1", "c": "3"}
    assert response.json()["refresh_token"]["leeway"] == 9
    assert response.json()["refresh_token"]["rotation_type"] == "rotating"


async def test_null_brings_back_the_default(robot: Caller) -> None:
    """A field set to null has its default again."""
    await robot.patch("/clients/web", {"description": "The web", "is_first_party": False})
    response = await robot.patch("/clients/web", {"description": None, "is_first_party": None})
    assert "description" not in response.json()
    assert response.json()["is_first_party"] is True


async def test_updated_client_is_seen_at_once(world: World, robot: Caller) -> None:
    """A callback that is taken away leads nowhere from the next request on."""
    await robot.patch("/clients/web", {"callbacks": ["https://app.example.test/other"]})
    response = await world.browser().authorize()
    assert response.status_code == 400


async def test_secret_is_changed_by_its_own_scope(world: World) -> None:
    """Only ``update:client_keys`` changes a secret, and it changes nothing else."""
    secret = {"client_secret": "a-new-secret-0123456789abcdef0123456789"}
    plain, keys = await caller(world, "update:clients"), await caller(world, "update:client_keys")
    assert refused(await plain.patch("/clients/web", secret)) == (403, "insufficient_scope")
    assert refused(await keys.patch("/clients/web", {"name": "Mine"})) == (403, "insufficient_scope")
    assert (await keys.patch("/clients/web", secret)).status_code == 200
    client = await world.platform.clients.get(world.tenant_id, "web")
    assert client is not None
    assert secret_matches(secret["client_secret"], client.secrets)
    assert not secret_matches(SECRET, client.secrets)


@pytest.mark.parametrize(
    ("scopes", "seen", "unseen"),
    [
        (("read:client_summary",), {"client_id", "name", "app_type"}, {"callbacks", "client_secret"}),
        (("read:clients",), {"client_id", "callbacks"}, {"client_secret"}),
        (("read:client_keys",), {"client_id", "callbacks", "client_secret"}, set()),
        (("read:client_credentials",), {"client_id", "name", "client_secret"}, {"callbacks"}),
    ],
)
async def test_scopes_govern_what_is_seen(
    world: World, scopes: tuple[str, ...], seen: set[str], unseen: set[str]
) -> None:
    """Each scope for reading shows its fields, alone and in lists."""
    reader = await caller(world, *scopes)
    one = await reader.read("/clients/web")
    (listed,) = [each for each in await reader.read("/clients") if each["client_id"] == "web"]
    for shown in (one, listed):
        assert seen <= shown.keys()
        assert not unseen & shown.keys()


async def test_update_answers_without_the_secret(world: World) -> None:
    """Whoever may change a client but not read its secret is not shown it."""
    writer = await caller(world, "update:clients", "update:client_keys")
    response = await writer.patch("/clients/web", {"description": "x"})
    assert "client_secret" not in response.json()
    assert SECRET not in response.text


async def test_rotated_secret_replaces_the_old_one(world: World, robot: Caller) -> None:
    """A rotated secret is answered with the whole client, and the old one is refused at once."""
    response = await robot.post("/clients/web/rotate-secret")
    assert response.status_code == 200
    new = response.json()["client_secret"]
    assert response.json()["callbacks"]
    asked = {"grant_type": "client_credentials", "audience": "https://api.example.test/timesheets"}
    assert (await world.browser().token(**asked)).status_code == 401
    assert (await world.browser().token(**asked, client_secret=new)).status_code == 200


async def test_deleted_client_is_gone_everywhere(world: World, robot: Caller) -> None:
    """A deleted client takes its grants and its places in connections with it, and its tokens are void."""
    tokens = await world.browser().tokens(scope="openid offline_access")
    assert (await robot.delete("/clients/web")).status_code == 204
    assert refused(await robot.get("/clients/web")) == (404, "inexistent_client")
    grants = await world.platform.apis.grants(world.tenant_id)
    assert "web" not in {grant.client_id for grant in grants}
    (connection,) = await world.platform.stores.connections.all(world.tenant_id)
    assert "web" not in connection.enabled_clients
    userinfo = await world.browser().get(
        "/userinfo", headers={"authorization": f"Bearer {tokens['access_token']}"}
    )
    assert userinfo.status_code == 401


async def test_deleted_caller_is_refused_at_once(robot: Caller) -> None:
    """A client that deletes itself has made its last call."""
    assert (await robot.delete("/clients/robot")).status_code == 204
    assert refused(await robot.get("/clients")) == (401, "")


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
async def test_unknown_client(robot: Caller, method: str) -> None:
    """An unknown client is 404 to every method."""
    response = await robot.call(method, "/clients/nobody", json={} if method == "PATCH" else None)
    assert refused(response) == (404, "inexistent_client")


async def test_list_is_an_array(robot: Caller) -> None:
    """Without totals the list is a bare array, sorted by name."""
    names = [client["name"] for client in await robot.read("/clients")]
    assert names == sorted(names)
    assert "Web App" in names


async def test_list_with_totals(robot: Caller) -> None:
    """With totals the list is wrapped, and tells start, limit and how many there are."""
    everything = await robot.read("/clients")
    page = await robot.read("/clients?page=1&per_page=2&include_totals=true")
    assert {name: page[name] for name in ("start", "limit", "total")} == {
        "start": 2,
        "limit": 2,
        "total": len(everything),
    }
    assert page["clients"] == everything[2:4]


async def test_list_by_fields(robot: Caller) -> None:
    """Fields are chosen, or left out."""
    chosen = await robot.read("/clients?fields=client_id,name")
    assert {frozenset(each) for each in chosen} == {frozenset({"client_id", "name"})}
    without = await robot.read("/clients?fields=client_secret&include_fields=false")
    assert not any("client_secret" in each for each in without)
    assert all("callbacks" in each for each in without)


async def test_list_by_filter(robot: Caller) -> None:
    """Clients are filtered by type and by whether they are first-party; the global client is none."""
    assert [each["client_id"] for each in await robot.read("/clients?app_type=spa")] == ["spa"]
    assert [each["client_id"] for each in await robot.read("/clients?is_first_party=false")] == ["third"]
    assert await robot.read("/clients?is_global=true") == []


async def test_list_tells_of_secrets_it_shows(world: World, robot: Caller) -> None:
    """Reading secrets is recorded with whose they were; reading without them is not."""
    await robot.read("/clients?fields=client_id")
    assert "mgmt_api_read" not in {entry.type for entry in await world.logs()}
    await robot.read("/clients/web")
    entry = (await world.logs(1))[0]
    assert (entry.type, entry.client_id, entry.details) == ("mgmt_api_read", "robot", {"of": ["web"]})


async def test_change_is_recorded_before_and_after(world: World, robot: Caller) -> None:
    """The log tells who changed what, from what to what, and repeats no secret."""
    secret = "a-new-secret-0123456789abcdef0123456789"
    await robot.patch("/clients/web", {"description": "The web", "client_secret": secret})
    entry = (await world.logs(1))[0]
    assert (entry.type, entry.client_id, entry.description) == ("sapi", "robot", "Update a client")
    (change,) = entry.details["changes"]
    assert (change["action"], change["kind"], change["name"]) == ("update", "client", "Web App")
    assert change["fields"] == {
        "description": {"after": "The web"},
        "client_secret": {"before": "(secret)", "after": "(another secret)"},
    }
    assert secret not in str(await world.logs())


async def test_update_that_changes_nothing_is_not_recorded(world: World, robot: Caller) -> None:
    """An update with what is there already leaves no trace."""
    before = await world.logs()
    assert (await robot.patch("/clients/web", {"name": "Web App"})).status_code == 200
    new = [entry.type for entry in await world.logs() if entry not in before]
    assert "sapi" not in new


async def test_credentials_are_an_empty_list(robot: Caller) -> None:
    """A client's list of keys is empty; an unknown client has none."""
    assert await robot.read("/clients/web/credentials") == []
    assert refused(await robot.get("/clients/nobody/credentials")) == (404, "inexistent_client")

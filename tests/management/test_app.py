"""The management API as an application: loaded late, described, and the same manners everywhere."""

import subprocess
import sys

import msgspec
import pytest
from tests.support.management import Caller, refused
from tests.support.world import World

from gatewright.management import rates
from gatewright.management.errors import TooManyCalls
from gatewright.provisioning.entry_kinds import ApiEntry, ClientEntry, GrantEntry

pytestmark = [pytest.mark.anyio, pytest.mark.wire("/api/v2/*")]

_LOADED = """
import sys
import gatewright.app, gatewright.cli.serve, gatewright.cli.web_server
found = [name for name in ("fastapi", "pydantic", "gatewright.management.app") if name in sys.modules]
print(" ".join(found))
"""


def test_nothing_is_loaded_at_start() -> None:
    """A server that nobody manages never imports FastAPI, pydantic or the resources."""
    run = subprocess.run([sys.executable, "-c", _LOADED], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ""


async def test_document_needs_no_token(world: World) -> None:
    """The OpenAPI document is public, of version 3.1, and names the tenant's own address."""
    response = await world.browser().get("/api/v2/openapi.json")
    document = response.json()
    assert document["openapi"].startswith("3.1")
    assert document["servers"] == [{"url": "https://id.example.test/api/v2"}]


@pytest.mark.parametrize(
    ("schema", "kind", "fixed"),
    [
        ("ClientCreate", ClientEntry, {"client_id", "client_secret"}),
        ("ClientUpdate", ClientEntry, {"client_id"}),
        ("ApiCreate", ApiEntry, set()),
        ("ApiUpdate", ApiEntry, {"identifier"}),
        ("GrantCreate", GrantEntry, set()),
    ],
)
async def test_bodies_in_the_document(
    world: World, schema: str, kind: type[msgspec.Struct], fixed: set[str]
) -> None:
    """Every field that is read stands in the schema of its body, and no field that is refused."""
    schemas = (await world.browser().get("/api/v2/openapi.json")).json()["components"]["schemas"]
    names = {field.encode_name for field in msgspec.structs.fields(kind)}
    assert set(schemas[schema]["properties"]) == names - fixed
    assert ("required" in schemas[schema]) == (not schema.endswith("Update"))


async def test_references_lead_somewhere(world: World) -> None:
    """Every reference in the document names a schema that is there."""
    response = await world.browser().get("/api/v2/openapi.json")
    schemas = response.json()["components"]["schemas"]
    named = {piece.partition('"')[0] for piece in response.text.split("#/components/schemas/")[1:]}
    assert named <= set(schemas)


async def test_docs_page_needs_nothing_from_elsewhere(world: World) -> None:
    """The page lists the endpoints, runs no script and loads nothing."""
    response = await world.browser().get("/api/v2/docs")
    assert response.headers["content-type"].startswith("text/html")
    assert response.headers["content-security-policy"].startswith("default-src 'none'")
    assert "/clients/{id}/rotate-secret" in response.text
    assert "<script" not in response.text
    assert "http://" not in response.text.replace("https://id.example.test/api/v2/", "")


@pytest.mark.parametrize("path", ["", "/", "/nothing", "/clients/a/b/c", "/clients/", "//clients"])
async def test_unknown_address(robot: Caller, path: str) -> None:
    """An address that is not there is 404 in the API's own shape."""
    assert refused(await robot.get(path)) == (404, "")


async def test_wrong_method(robot: Caller) -> None:
    """Another method is 405, and Allow lists those there are."""
    response = await robot.call("PUT", "/clients/web")
    assert refused(response) == (405, "")
    assert response.headers["allow"] == "GET, PATCH, DELETE"


async def test_any_page_may_read_answers(world: World, robot: Caller) -> None:
    """Scripts of any origin may call with a token: preflight and answers say so, and no cookie counts."""
    asked = await world.browser().client.request(
        "OPTIONS",
        "/api/v2/clients/web",
        headers={"origin": "https://spa.example.test", "access-control-request-method": "PATCH"},
    )
    assert asked.status_code == 204
    assert asked.headers["access-control-allow-origin"] == "https://spa.example.test"
    assert "PATCH" in asked.headers["access-control-allow-methods"]
    assert "Authorization" in asked.headers["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in asked.headers
    answer = await robot.get("/clients/web")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "ETag" in answer.headers["access-control-expose-headers"]


@pytest.mark.parametrize(
    "query",
    [
        "page=-1",
        "page=x",
        "per_page=0",
        "per_page=101",
        "per_page=١",
        "include_totals=yes",
        "page=1&page=2",
        "fields=%FF",
        "fields=%00",
        "app_type=" + "x" * 20_000,
        "&".join(f"fields={number}" for number in range(300)),
    ],
    ids=lambda query: query[:20],
)
async def test_odd_query(robot: Caller, query: str) -> None:
    """A query that is not understood wholly is refused with 400."""
    assert refused(await robot.get(f"/clients?{query}")) == (400, "invalid_query_string")


async def test_checkpoint_of_somebody_else(robot: Caller) -> None:
    """A checkpoint we never gave, or one together with a page, is refused."""
    for query in ("from=%21%21%21%21%21", "take=0", "take=1&page=0", "from=/w"):
        assert refused(await robot.get(f"/client-grants?{query}")) == (400, "invalid_query_string"), query


async def test_if_match(robot: Caller) -> None:
    """A change on the condition of a state is made in that state, and refused with 412 in another."""
    first = (await robot.get("/clients/web")).headers["etag"]
    changed = await robot.patch("/clients/web", {"description": "1"}, headers={"if-match": first})
    assert changed.status_code == 200
    late = await robot.patch("/clients/web", {"description": "2"}, headers={"if-match": first})
    assert refused(late) == (412, "precondition_failed")
    assert refused(await robot.delete("/clients/web", headers={"if-match": first}))[0] == 412
    now = changed.headers["etag"]
    again = await robot.patch("/clients/web", {"description": "3"}, headers={"if-match": f'"x", {now}'})
    assert again.status_code == 200
    assert (await robot.delete("/clients/web", headers={"if-match": "*"})).status_code == 204


async def test_too_many_calls(world: World) -> None:
    """Beyond so many calls in a minute one caller gets 429 with the time to wait; the next minute is new."""
    counter = rates.CallRates(world.clock, limit=2)
    assert [counter.count("main", "robot").remaining for _ in range(2)] == [1, 0]
    assert counter.count("main", "other").remaining == 1
    with pytest.raises(TooManyCalls) as refusal:
        counter.count("main", "robot")
    assert 0 < refusal.value.retry_after <= rates.WINDOW
    world.clock.advance(rates.WINDOW)
    assert counter.count("main", "robot").remaining == 1


@pytest.mark.parametrize("number", ["9007199254740993", "-9007199254740993", "1e30", "1e400"])
async def test_numbers_that_readers_disagree_on(robot: Caller, number: str) -> None:
    """A number past 2^53 is refused: what is kept of it could not be answered again."""
    body = f'{{"name": "A", "identifier": "https://a.test/", "token_lifetime": {number}}}'
    response = await robot.call(
        "POST", "/resource-servers", content=body, headers={"content-type": "application/json"}
    )
    assert refused(response) == (400, "invalid_body")


@pytest.mark.parametrize(
    "query", ["include_totals=", "include_fields=1", "per_page=", "page=x", "fields=name&include_fields=null"]
)
async def test_parameters_that_mean_nothing(robot: Caller, query: str) -> None:
    """A flag or a number that cannot be read is refused, whether or not it would have been asked for."""
    assert refused(await robot.get(f"/clients?{query}")) == (400, "invalid_query_string")


async def test_null_stands_for_the_default(robot: Caller) -> None:
    """The document allows null wherever a field has a default, and a call with it is made."""
    made = await robot.made("/clients", name="A", description=None, callbacks=None)
    schema = (await robot.read("/openapi.json"))["components"]["schemas"]["ClientCreate"]
    assert {"type": "null"} in schema["properties"]["callbacks"]["anyOf"]
    assert "anyOf" not in schema["properties"]["name"]
    assert made["callbacks"] == []


async def test_fields_left_out(robot: Caller) -> None:
    """Where fields can be chosen, the document requires none of them; elsewhere it says which there are."""
    document = await robot.read("/openapi.json")
    named = document["paths"]["/clients/{id}"]["get"]["responses"]["200"]["content"]["application/json"]
    assert named["schema"] == {"$ref": "#/components/schemas/ShownClientPart"}
    assert "required" not in document["components"]["schemas"]["ShownClientPart"]
    assert "client_id" in document["components"]["schemas"]["ShownClient"]["required"]


async def test_answers_without_a_body(robot: Caller) -> None:
    """Where nothing is answered the document promises no JSON."""
    paths = (await robot.read("/openapi.json"))["paths"]
    assert "content" not in paths["/refresh-tokens/revoke"]["post"]["responses"]["202"]
    assert "content" not in paths["/clients/{id}"]["delete"]["responses"]["204"]

"""Who is this client? none, basic and post, and every way to get them wrong (RFC 6749 §2.3)."""

import base64

import httpx2
import pytest
from tests.support.protocol import basic, newest_log, refusal
from tests.support.world import API, SECRET, World

from gatewright.protection import CLIENT_SECRET

pytestmark = [pytest.mark.anyio, pytest.mark.wire("client authentication")]

GRANT = {"grant_type": "client_credentials", "audience": API}


async def ask(
    world: World, headers: dict[str, str] | None = None, ip: str = "203.0.113.7", **fields: str
) -> httpx2.Response:
    """A client_credentials request from an address."""
    transport = httpx2.ASGITransport(app=world.app, client=(ip, 5000))
    async with httpx2.AsyncClient(transport=transport, base_url="https://id.example.test") as client:
        return await client.post("/oauth/token", data={**GRANT, **fields}, headers=headers)


async def test_secret_in_the_body(world: World) -> None:
    """A client proves itself with id and secret in the body."""
    assert (await ask(world, client_id="web", client_secret=SECRET)).status_code == 200


async def test_secret_in_the_header(world: World) -> None:
    """A client proves itself with HTTP Basic."""
    assert (await ask(world, basic("web", SECRET))).status_code == 200


async def test_header_and_client_id_in_the_body(world: World) -> None:
    """The same client_id in the body beside the header is no contradiction."""
    assert (await ask(world, basic("web", SECRET), client_id="web")).status_code == 200


HEADER, BODY = (basic("web", SECRET), {}), ({}, {"client_id": "web", "client_secret": SECRET})


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
@pytest.mark.parametrize(("headers", "fields"), [HEADER, BODY], ids=["in the header", "in the body"])
async def test_either_way_whatever_the_method(
    world: World, method: str, headers: dict[str, str], fields: dict[str, str]
) -> None:
    """A client with a secret may send it in header or body, whichever token_endpoint_auth_method says."""
    await world.change_client("web", token_endpoint_auth_method=method)
    assert (await ask(world, headers, **fields)).status_code == 200
    for path in ("/oauth/introspect", "/oauth/revoke"):
        browser = world.browser()
        assert (await browser.post(path, data={"token": "x", **fields}, headers=headers)).status_code == 200


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
async def test_a_secret_is_wanted_whatever_the_method(world: World, method: str) -> None:
    """A client with a secret must send it, and is told which method it is set to."""
    await world.change_client("web", token_endpoint_auth_method=method)
    response = await ask(world, client_id="web")
    assert refusal(response) == (401, "invalid_client")
    assert method in response.json()["error_description"]


NO_SECRET = {
    "any in the body": ({}, {"client_id": "spa", "client_secret": SECRET}),
    "any in the header": (basic("spa", SECRET), {}),
    "empty in the header": (basic("spa", ""), {}),
    "its own name": ({}, {"client_id": "spa", "client_secret": "spa"}),
    "none": ({}, {"client_id": "spa", "client_secret": "none"}),
}


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/introspect", "/oauth/revoke"])
@pytest.mark.parametrize(("headers", "fields"), NO_SECRET.values(), ids=NO_SECRET.keys())
async def test_secret_that_a_public_client_does_not_have(
    world: World, path: str, headers: dict[str, str], fields: dict[str, str]
) -> None:
    """A client whose method is none is not recognised by a secret, for it has none."""
    data = {"grant_type": "refresh_token", "refresh_token": "x", "token": "x", **fields}
    response = await world.browser().post(path, data=data, headers=headers)
    assert refusal(response) == (401, "invalid_client")


@pytest.mark.parametrize("more", [{}, {"client_secret": ""}], ids=["id alone", "parameter without a value"])
async def test_public_client_is_known_by_its_id(world: World, more: dict[str, str]) -> None:
    """A client whose method is none sends its id; a parameter without a value is none (RFC 6749 §3.2)."""
    data = {"token": "x", "client_id": "spa", **more}
    assert (await world.browser().post("/oauth/revoke", data=data)).status_code == 200


async def test_left_secret_makes_nobody_confidential(world: World) -> None:
    """A public client that was left a secret, or has one for HS256, gets no more with it than without."""
    await world.change_client("web", token_endpoint_auth_method="none")
    for headers, fields in (HEADER, BODY):
        assert refusal(await ask(world, headers, **fields)) == (400, "unauthorized_client")
        data = {"token": "x", **fields}
        response = await world.browser().post("/oauth/introspect", data=data, headers=headers)
        assert refusal(response) == (400, "unauthorized_client")


@pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC"])
async def test_scheme_in_any_case(world: World, scheme: str) -> None:
    """The scheme's name is case-insensitive (RFC 9110 §11.1)."""
    header = basic("web", SECRET)["authorization"].replace("Basic", scheme)
    assert (await ask(world, {"authorization": header})).status_code == 200


async def test_header_is_form_encoded(world: World) -> None:
    """Both halves of HTTP Basic are decoded as forms are (RFC 6749 §2.3.1)."""
    odd = "s3cr:t +%&\u00e9" + "x" * 32
    client = await world.platform.clients.get(world.tenant_id, "web")
    assert client is not None
    await world.put_client(client, secret=odd)
    assert (await ask(world, basic("web", odd))).status_code == 200


async def test_two_secrets_during_a_rotation(world: World) -> None:
    """While a secret is being replaced both are accepted."""
    client = await world.platform.clients.get(world.tenant_id, "web")
    assert client is not None
    newer = world.platform.clients.sealed(world.tenant_id, "web", "the-newer-secret", 0)
    await world.change_client("web", secrets=(*client.secrets, newer))
    assert (await ask(world, client_id="web", client_secret=SECRET)).status_code == 200
    assert (await ask(world, client_id="web", client_secret="the-newer-secret")).status_code == 200


def raw(text: bytes) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(text).decode()}


WRONG = {
    "wrong secret in the body": ({}, {"client_id": "web", "client_secret": "wrong"}),
    "wrong secret in the header": (basic("web", "wrong"), {}),
    "secret with another ending": ({}, {"client_id": "web", "client_secret": SECRET + "x"}),
    "part of the secret": ({}, {"client_id": "web", "client_secret": SECRET[:-1]}),
    "secret missing": ({}, {"client_id": "web"}),
    "secret empty": ({}, {"client_id": "web", "client_secret": ""}),
    "header with empty secret": (raw(b"web:"), {}),
    "unknown client": ({}, {"client_id": "nobody", "client_secret": SECRET}),
    "unknown client in the header": (basic("nobody", SECRET), {}),
    "secret of another client": (basic("spa", SECRET), {}),
    "public client with a secret": ({}, {"client_id": "spa", "client_secret": "x"}),
    "header no base64": ({"authorization": "Basic ???"}, {}),
    "header no UTF-8": (raw(b"\xff\xfe:x"), {}),
    "header without colon": (raw(b"web"), {}),
    "header without anything": ({"authorization": "Basic "}, {}),
    "header with NUL": (raw(b"we%00b:x"), {}),
}


@pytest.mark.parametrize(("headers", "fields"), WRONG.values(), ids=WRONG.keys())
async def test_client_that_does_not_prove_itself(
    world: World, headers: dict[str, str], fields: dict[str, str]
) -> None:
    """Whoever does not prove to be the client gets 401, with a challenge if it used a header."""
    response = await ask(world, headers, **fields)
    assert refusal(response) == (401, "invalid_client")
    assert response.headers.get("www-authenticate", "").startswith("Basic ") == bool(headers)
    assert SECRET not in response.text


async def test_unknown_and_wrong_are_told_alike(world: World) -> None:
    """The answer does not tell whether the client exists."""
    unknown = await ask(world, client_id="nobody", client_secret="wrong")
    wrong = await ask(world, client_id="web", client_secret="wrong")
    assert unknown.json() == wrong.json()


async def test_missing_secret_says_what_to_do(world: World) -> None:
    """A confidential client that sends no secret is told that it must."""
    response = await ask(world, client_id="web")
    assert "token_endpoint_auth_method" in response.json()["error_description"]


async def test_credentials_given_twice(world: World) -> None:
    """A secret in header and body at once is refused (RFC 6749 §2.3)."""
    response = await ask(world, basic("web", SECRET), client_id="web", client_secret=SECRET)
    assert refusal(response) == (400, "invalid_request")


async def test_header_and_body_name_two_clients(world: World) -> None:
    """A client_id in the body that is not the header's client is refused."""
    assert refusal(await ask(world, basic("web", SECRET), client_id="third")) == (400, "invalid_request")


async def test_no_client_at_all(world: World) -> None:
    """A request that names no client is refused as incomplete."""
    response = await ask(world)
    assert refusal(response) == (400, "invalid_request")
    assert "client_id" in response.json()["error_description"]


async def test_bearer_header_is_no_client(world: World) -> None:
    """A bearer token does not authenticate a client."""
    response = await ask(world, {"authorization": "Bearer x"})
    assert refusal(response) == (400, "invalid_request")


async def test_public_client_cannot_act_for_itself(world: World) -> None:
    """A client that keeps no secret gets no token for itself, even if it lists the grant."""
    await world.change_client("spa", grant_types=("client_credentials",))
    assert refusal(await ask(world, client_id="spa")) == (400, "unauthorized_client")


async def test_deleted_client(world: World) -> None:
    """A deleted client is unknown at once."""
    await world.commit(world.platform.stores.clients.delete(world.tenant_id, "web"))
    assert refusal(await ask(world, client_id="web", client_secret=SECRET)) == (401, "invalid_client")


async def test_refusal_is_on_record_without_the_secret(world: World) -> None:
    """A refused client is in the audit log with what it called itself, and without what it sent."""
    await ask(world, client_id="web", client_secret="a-wrong-secret-nobody-should-read")
    entry = await newest_log(world, "feacft")
    assert entry.client_id == "web"
    assert "a-wrong-secret" not in str(entry)


async def exhaust(world: World, limit: int = CLIENT_SECRET.attempts) -> None:
    for _ in range(limit):
        assert (await ask(world, client_id="web", client_secret="wrong")).status_code == 401


async def test_too_many_wrong_secrets(world: World) -> None:
    """Guessing a client's secret is stopped, and the answer says for how long."""
    await exhaust(world)
    response = await ask(world, client_id="web", client_secret="wrong")
    assert refusal(response) == (429, "too_many_attempts")
    assert response.headers["retry-after"] == str(CLIENT_SECRET.window)
    assert response.headers["x-ratelimit-reset"] == str(world.clock.now() + CLIENT_SECRET.window)
    assert response.headers["x-ratelimit-limit"] == str(CLIENT_SECRET.attempts)
    assert response.headers["x-ratelimit-remaining"] == "0"


async def test_right_secret_during_the_block(world: World) -> None:
    """While an address is blocked not even the right secret tells anything."""
    await exhaust(world, CLIENT_SECRET.attempts)
    await ask(world, client_id="web", client_secret="wrong")
    response = await ask(world, client_id="web", client_secret=SECRET)
    assert refusal(response) == (429, "too_many_attempts")


async def test_block_is_of_one_address(world: World) -> None:
    """Nobody can lock a client out from elsewhere."""
    await exhaust(world)
    await ask(world, client_id="web", client_secret="wrong")
    assert (await ask(world, ip="198.51.100.9", client_id="web", client_secret=SECRET)).status_code == 200


async def test_block_is_of_one_client(world: World) -> None:
    """The block of one client leaves others at the same address alone."""
    await exhaust(world)
    await ask(world, client_id="web", client_secret="wrong")
    response = await ask(world, client_id="third", client_secret=SECRET)
    assert refusal(response) == (403, "access_denied")


async def test_block_ends(world: World) -> None:
    """After the window the right secret works again."""
    await exhaust(world)
    await ask(world, client_id="web", client_secret="wrong")
    world.clock.advance(CLIENT_SECRET.window)
    assert (await ask(world, client_id="web", client_secret=SECRET)).status_code == 200


async def test_right_secrets_are_not_counted(world: World) -> None:
    """A client that proves itself may do so as often as it likes."""
    for _ in range(CLIENT_SECRET.attempts + 5):
        assert (await ask(world, client_id="web", client_secret=SECRET)).status_code == 200


async def test_block_is_told_once(world: World) -> None:
    """However long an attack goes on, the audit log tells of the limit once."""
    await exhaust(world)
    for _ in range(5):
        await ask(world, client_id="web", client_secret="wrong")
    kinds = [entry.event for entry in await world.logs(100)]
    assert kinds.count("LimitReached") == 1
    assert kinds.count("TokenRequestFailed") == CLIENT_SECRET.attempts


async def test_neighbours_in_one_ipv6_network_are_one(world: World) -> None:
    """Addresses of one IPv6 network of 64 bits share their attempts."""
    for number in range(CLIENT_SECRET.attempts):
        await ask(world, ip=f"2001:db8::{number + 1:x}", client_id="web", client_secret="wrong")
    response = await ask(world, ip="2001:db8::ffff", client_id="web", client_secret="wrong")
    assert response.status_code == 429
    elsewhere = await ask(world, ip="2001:db8:0:1::1", client_id="web", client_secret=SECRET)
    assert elsewhere.status_code == 200

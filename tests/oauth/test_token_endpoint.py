"""The token endpoint reads forms and JSON strictly, and refuses in one shape (RFC 6749 §3.2, §5.2)."""

import json
from typing import Any

import httpx2
import pytest
from tests.support.protocol import newest_log, refusal
from tests.support.world import API, CALLBACK, SECRET, World

from gatewright.oauth.grants import GRANT_TYPES

pytestmark = [pytest.mark.anyio, pytest.mark.wire("POST /oauth/token")]

GRANT = {"grant_type": "client_credentials", "audience": API, "client_id": "web", "client_secret": SECRET}
FORM = "application/x-www-form-urlencoded"


async def send(world: World, content: bytes | str, content_type: str = FORM) -> httpx2.Response:
    headers = {"content-type": content_type} if content_type else {}
    return await world.browser().post("/oauth/token", content=content, headers=headers)


async def send_json(world: World, body: Any) -> httpx2.Response:
    return await send(world, json.dumps(body), "application/json")


async def test_form(world: World) -> None:
    """A form body is read."""
    assert (await world.browser().post("/oauth/token", data=GRANT)).status_code == 200


async def test_json(world: World) -> None:
    """A JSON body is read as well, for the SDKs that send one."""
    assert (await send_json(world, GRANT)).status_code == 200


@pytest.mark.parametrize("content_type", [f"{FORM}; charset=UTF-8", FORM.upper(), f"{FORM};charset=utf-8"])
async def test_content_type_with_parameters(world: World, content_type: str) -> None:
    """A charset beside the content type, or capitals in it, change nothing."""
    body = "&".join(f"{name}={value}" for name, value in GRANT.items())
    assert (await send(world, body, content_type)).status_code == 200


async def test_answer_of_success(world: World) -> None:
    """A token answer is JSON with token_type Bearer and a positive lifetime, and nobody keeps it."""
    response = await world.browser().post("/oauth/token", data=GRANT)
    assert response.headers["content-type"] == "application/json"
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["pragma"] == "no-cache"
    found = response.json()
    assert found["token_type"] == "Bearer"
    assert found["expires_in"] == 86_400
    assert set(found) == {"access_token", "token_type", "expires_in", "scope"}


async def test_unknown_parameters_are_ignored(world: World) -> None:
    """Parameters we do not know change nothing, in a form or in JSON."""
    assert (await world.browser().post("/oauth/token", data={**GRANT, "foo": "bar"})).status_code == 200
    assert (await send_json(world, {**GRANT, "foo": "bar", "device": None})).status_code == 200


@pytest.mark.parametrize("name", ["grant_type", "client_id", "client_secret", "audience", "scope", "foo"])
async def test_repeated_in_a_form(world: World, name: str) -> None:
    """A parameter that came twice is refused, even with the same value."""
    body = "&".join(f"{n}={v}" for n, v in {**GRANT, name: GRANT.get(name, "x")}.items())
    response = await send(world, f"{body}&{name}={GRANT.get(name, 'x')}")
    assert refusal(response) == (400, "invalid_request")
    assert name in response.json()["error_description"]


@pytest.mark.parametrize("name", ["grant_type", "client_id", "foo"])
async def test_repeated_in_json(world: World, name: str) -> None:
    """A member that came twice in a JSON body is refused, although JSON readers forgive it."""
    body = json.dumps({**GRANT, name: GRANT.get(name, "x")})
    response = await send(world, body[:-1] + f', "{name}": "web"}}', "application/json")
    assert refusal(response) == (400, "invalid_request")
    assert name in response.json()["error_description"]


BODIES = {
    "no body": ("", FORM),
    "only separators": ("&&&===&", FORM),
    "no UTF-8": (b"grant_type=\xff\xfe", FORM),
    "escaped no UTF-8": ("grant_type=%ff%fe", FORM),
    "NUL": ("grant_type=a%00", FORM),
    "NUL in a name": ("grant%00type=a", FORM),
    "too many parameters": ("&".join(f"p{n}=1" for n in range(101)), FORM),
    "too large": ("a=" + "x" * 70_000, FORM),
    "JSON sent as form": (json.dumps(GRANT), FORM),
    "no JSON": ("{", "application/json"),
    "JSON of another kind": ("[]", "application/json"),
    "JSON text": ('"x"', "application/json"),
    "JSON null": ("null", "application/json"),
    "JSON number": ('{"grant_type": 1}', "application/json"),
    "JSON list": ('{"grant_type": ["client_credentials"]}', "application/json"),
    "JSON nested": ('{"grant_type": {"a": "b"}}', "application/json"),
    "JSON true": ('{"grant_type": true}', "application/json"),
    "JSON NUL": ('{"grant_type": "a\\u0000"}', "application/json"),
    "JSON with half a character": ('{"grant_type": "\\ud800"}', "application/json"),
    "JSON very deep": ("[" * 5_000, "application/json"),
    "JSON a bit deep": ('{"a":' + "[" * 900 + "]" * 900 + "}", "application/json"),
    "JSON no UTF-8": (b'{"grant_type": "\xff"}', "application/json"),
    "JSON of many members": (json.dumps({f"p{n}": "1" for n in range(101)}), "application/json"),
    "JSON NaN": ('{"grant_type": NaN}', "application/json"),
    "form sent as JSON": ("grant_type=client_credentials", "application/json"),
    "text": ("grant_type=client_credentials", "text/plain"),
    "multipart": ("--x--", "multipart/form-data; boundary=x"),
    "no content type": ("grant_type=client_credentials", ""),
    "odd content type": ("a=b", "application/x-www-form-urlencoded-not"),
}


@pytest.mark.parametrize(("content", "content_type"), BODIES.values(), ids=BODIES.keys())
async def test_body_that_cannot_be_read(world: World, content: bytes | str, content_type: str) -> None:
    """A body that cannot be read is an invalid_request in JSON that says what was expected."""
    response = await send(world, content, content_type)
    assert refusal(response) == (400, "invalid_request")
    description = response.json()["error_description"]
    assert all(" " <= c <= "~" and c not in '"\\' for c in description)
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("query", ["grant_type=client_credentials", "client_secret=x", "x"])
async def test_parameters_in_the_url(world: World, query: str) -> None:
    """Credentials or anything else in the URL are refused: URLs are logged (RFC 6749 §2.3.1)."""
    response = await world.browser().post(f"/oauth/token?{query}", data=GRANT)
    assert refusal(response) == (400, "invalid_request")


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/revoke", "/oauth/introspect"])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "HEAD"])
async def test_only_post(world: World, path: str, method: str) -> None:
    """Endpoints that take a secret answer POST alone (RFC 6749 §3.2)."""
    response = await world.browser().client.request(method, path)
    assert response.status_code == 405
    assert response.headers["allow"] == "POST"


async def test_refused_method_is_told_in_json(world: World) -> None:
    """A refused method gets the error shape of the endpoint."""
    assert refusal(await world.browser().get("/oauth/token")) == (405, "method_not_allowed")


@pytest.mark.parametrize(
    "grant_type", ["", "Password", "implicit", "urn:x:y", "Client_Credentials", "\u2713"]
)
async def test_grant_type_we_do_not_have(world: World, grant_type: str) -> None:
    """A missing grant type is an invalid_request, an unknown one an unsupported_grant_type."""
    response = await world.browser().post("/oauth/token", data={**GRANT, "grant_type": grant_type})
    code = "unsupported_grant_type" if grant_type else "invalid_request"
    assert refusal(response) == (400, code)


@pytest.mark.parametrize("grant_type", GRANT_TYPES)
async def test_grant_the_client_does_not_list(world: World, grant_type: str) -> None:
    """A grant that exists but is not listed for the client is an unauthorized_client."""
    await world.change_client("web", grant_types=())
    response = await world.browser().post("/oauth/token", data={**GRANT, "grant_type": grant_type})
    assert refusal(response) == (400, "unauthorized_client")
    assert grant_type in response.json()["error_description"]


@pytest.mark.parametrize(
    ("grant_type", "name"), [("authorization_code", "code"), ("refresh_token", "refresh_token")]
)
async def test_parameter_of_the_grant_missing(world: World, grant_type: str, name: str) -> None:
    """A grant without its own parameter is an invalid_request that names it."""
    response = await world.browser().token(grant_type=grant_type, redirect_uri=CALLBACK)
    assert refusal(response) == (400, "invalid_request")
    assert name in response.json()["error_description"]


async def test_client_is_checked_before_the_grant(world: World) -> None:
    """Whoever is not a client learns nothing about grants."""
    response = await world.browser().token(grant_type="nonsense", client_secret="wrong")
    assert refusal(response) == (401, "invalid_client")


async def test_refusal_is_on_record(world: World) -> None:
    """A refused request is in the audit log with client and reason."""
    await world.browser().token(grant_type="nonsense")
    entry = await newest_log(world, "feacft")
    assert (entry.client_id, entry.description) == ("web", "Unsupported grant type: nonsense")


@pytest.mark.parametrize(
    ("grant_type", "kind"),
    [("authorization_code", "feacft"), ("refresh_token", "fertft"), ("client_credentials", "feccft")],
)
async def test_refusal_has_the_code_of_its_grant(world: World, grant_type: str, kind: str) -> None:
    """The audit log tells failed exchanges apart by the wire's codes."""
    await world.browser().token(
        grant_type=grant_type, code="x", refresh_token="x", audience="https://no.test"
    )
    assert (await newest_log(world, kind)).client_id == "web"

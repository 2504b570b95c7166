"""``/api/v2/clients/{client_id}/credentials``: keys that are kept, and those that count."""

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.support.assertions import (
    assertion,
    certificate_pem,
    private_key,
    private_pem,
    proof,
    public_pem,
)
from tests.support.management import Caller, caller, refused
from tests.support.world import API, World

pytestmark = [pytest.mark.anyio, pytest.mark.wire("/api/v2/*")]

KEYS = "/clients/web/credentials"


def key(which: str = "one", **fields: Any) -> dict[str, Any]:
    """A key as it is sent."""
    return {"credential_type": "public_key", "pem": public_pem(private_key(which)), **fields}


async def comes_in(world: World, **fields: Any) -> bool:
    asked = {"grant_type": "client_credentials", "audience": API, **proof(assertion(world, **fields))}
    return (await world.browser().post("/oauth/token", data=asked)).status_code == 200


async def test_kept_key(robot: Caller) -> None:
    """A key is kept with its thumbprint as its name, read back, and not repeated itself."""
    made = await robot.made(KEYS, **key(name="Laptop"))
    assert made["id"].startswith("cred_")
    assert (made["name"], made["alg"], made["credential_type"]) == ("Laptop", "RS256", "public_key")
    assert made["kid"] == made["thumbprint_sha256"]
    assert "pem" not in made
    assert await robot.read(KEYS) == [made]
    assert await robot.read(f"{KEYS}/{made['id']}") == made


async def test_key_counts_once_it_is_named(world: World, robot: Caller) -> None:
    """A kept key counts when the client names it, and no longer when a secret is chosen again."""
    made = await robot.made(KEYS, **key())
    assert not await comes_in(world)
    methods = {"private_key_jwt": {"credentials": [{"id": made["id"]}]}}
    wanted = {"client_authentication_methods": methods, "token_endpoint_auth_method": None}
    changed = (await robot.patch("/clients/web", wanted)).json()
    assert changed["client_authentication_methods"] == methods
    assert "token_endpoint_auth_method" not in changed
    assert await comes_in(world, jti="two")
    back = {"client_authentication_methods": None, "token_endpoint_auth_method": "client_secret_post"}
    changed = (await robot.patch("/clients/web", back)).json()
    assert "client_authentication_methods" not in changed
    assert not await comes_in(world, jti="three")
    response = await world.browser().token(grant_type="client_credentials", audience=API)
    assert response.status_code == 200
    assert [each["id"] for each in await robot.read(KEYS)] == [made["id"]]


async def test_client_made_with_a_key(world: World, robot: Caller) -> None:
    """A client can be created with its key; it gets no secret."""
    made = await robot.made(
        "/clients",
        name="Keyed",
        app_type="non_interactive",
        client_authentication_methods={"private_key_jwt": {"credentials": [key(name="First")]}},
    )
    assert "client_secret" not in made
    (held,) = await robot.read(f"/clients/{made['client_id']}/credentials")
    assert held["name"] == "First"
    asked = {"token": "x", **proof(assertion(world, made["client_id"]))}
    assert (await world.browser().post("/oauth/introspect", data=asked)).status_code == 200


async def test_other_changes_leave_the_key(world: World, robot: Caller) -> None:
    """An update of something else keeps how the client proves itself."""
    made = await robot.made(KEYS, **key())
    methods = {"private_key_jwt": {"credentials": [{"id": made["id"]}]}}
    await robot.patch("/clients/web", {"client_authentication_methods": methods})
    changed = (await robot.patch("/clients/web", {"description": "Changed"})).json()
    assert changed["client_authentication_methods"] == methods
    assert await comes_in(world)


async def test_secret_and_key_exclude_each_other(robot: Caller) -> None:
    """A method by secret beside keys is refused, in one call and over a key that counts."""
    made = await robot.made(KEYS, **key())
    methods = {"private_key_jwt": {"credentials": [{"id": made["id"]}]}}
    both = {"client_authentication_methods": methods, "token_endpoint_auth_method": "client_secret_basic"}
    assert refused(await robot.patch("/clients/web", both)) == (400, "invalid_body")
    await robot.patch("/clients/web", {"client_authentication_methods": methods})
    response = await robot.patch("/clients/web", {"token_endpoint_auth_method": "none"})
    assert refused(response) == (400, "invalid_body")
    assert "stands beside client_authentication_methods" in response.json()["message"]


async def test_named_key_is_not_deleted(robot: Caller) -> None:
    """A key that counts cannot be deleted; one that does not can."""
    made = await robot.made(KEYS, **key())
    other = await robot.made(KEYS, **key("two"))
    methods = {"private_key_jwt": {"credentials": [{"id": made["id"]}]}}
    await robot.patch("/clients/web", {"client_authentication_methods": methods})
    assert refused(await robot.delete(f"{KEYS}/{made['id']}")) == (409, "credential_conflict")
    assert (await robot.delete(f"{KEYS}/{other['id']}")).status_code == 204
    assert refused(await robot.get(f"{KEYS}/{other['id']}")) == (404, "inexistent_credential")


async def test_expiry_is_set_and_taken_away(robot: Caller) -> None:
    """When a key ends is all that can be changed of it; null takes it away."""
    made = await robot.made(KEYS, **key(expires_at="2040-01-01T00:00:00.000Z"))
    assert made["expires_at"] == "2040-01-01T00:00:00.000Z"
    one = f"{KEYS}/{made['id']}"
    changed = (await robot.patch(one, {"expires_at": "2041-06-01T02:00:00+02:00"})).json()
    assert changed["expires_at"] == "2041-06-01T00:00:00.000Z"
    assert "expires_at" not in (await robot.patch(one, {"expires_at": None})).json()
    assert refused(await robot.patch(one, {"alg": "PS256"})) == (400, "invalid_body")
    assert refused(await robot.patch(one, {"expires_at": "soon"})) == (400, "invalid_body")


async def test_certificate(robot: Caller) -> None:
    """A certificate brings its key, and its end if that is asked for."""
    pem = certificate_pem(private_key(), datetime(2035, 5, 5, tzinfo=UTC))
    made = await robot.made(KEYS, **key(pem=pem, parse_expiry_from_cert=True))
    assert made["expires_at"] == "2035-05-05T00:00:00.000Z"


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"pem": ""}, "pem: missing"),
        ({"pem": "nothing"}, "pem: not one public key"),
        ({"alg": "HS256"}, "alg: read 'HS256'"),
        ({"alg": "none"}, "alg: read 'none'"),
        ({"kid": "short"}, "kid: read 'short'"),
        ({"credential_type": "x509_cert"}, "credential_type: read 'x509_cert'"),
        ({"expires_at": "2040-01-01"}, "expires_at: read '2040-01-01'"),
        ({"parse_expiry_from_cert": True}, "parse_expiry_from_cert: a bare key has no expiry"),
        ({"name": "x" * 129}, "name: 129 characters"),
        ({"id": "cred_mine"}, "id: is chosen by the server"),
        ({"subject_dn": "CN=a"}, "subject_dn: no such field"),
    ],
)
async def test_wrong_field_is_named(robot: Caller, fields: dict[str, Any], told: str) -> None:
    """A body that breaks a rule is refused by the path of the field, and nothing is kept."""
    response = await robot.post(KEYS, {**key(), **fields})
    assert refused(response) == (400, "invalid_body")
    assert told in response.json()["message"]
    assert await robot.read(KEYS) == []


async def test_private_key_is_neither_kept_nor_told(world: World, robot: Caller) -> None:
    """Who sends the private half by mistake is refused, and finds it nowhere again."""
    pem = private_pem(private_key())
    response = await robot.post(KEYS, key(pem=pem))
    assert refused(response) == (400, "invalid_body")
    line = pem.splitlines()[3]
    assert line not in response.text
    assert not [each for each in world.dump() if line in each]


async def test_small_key_is_refused(robot: Caller) -> None:
    """A key of 1024 bits proves nothing to anybody."""
    response = await robot.post(KEYS, key(pem=public_pem(private_key("small", 1024))))
    assert "not an RSA key of 2048 to 8192 bits" in response.json()["message"]


async def test_same_key_once(robot: Caller) -> None:
    """A key is kept once, and at most ten of a client are."""
    await robot.made(KEYS, **key())
    assert refused(await robot.post(KEYS, key())) == (409, "credential_conflict")
    for number in range(9):
        await robot.made(KEYS, **key(kid=f"number-00000{number}"))
    assert refused(await robot.post(KEYS, key("two"))) == (400, "invalid_body")


@pytest.mark.parametrize(
    "credentials", [[], [{"id": "cred_none"}], [{"id": "cred_none", "pem": "x"}]], ids=["none", "id", "pem"]
)
async def test_keys_that_lead_nowhere(robot: Caller, credentials: Any) -> None:
    """A client cannot be told to prove itself by keys that are not there."""
    methods = {"private_key_jwt": {"credentials": credentials}}
    response = await robot.patch("/clients/web", {"client_authentication_methods": methods})
    assert refused(response) == (400, "invalid_body")
    assert "client_authentication_methods.private_key_jwt.credentials" in response.json()["message"]


async def test_key_of_another_client(robot: Caller) -> None:
    """A key belongs to its client: another one neither reads it nor counts it as its own."""
    made = await robot.made(KEYS, **key())
    response = await robot.get(f"/clients/third/credentials/{made['id']}")
    assert refused(response) == (404, "inexistent_credential")
    methods = {"private_key_jwt": {"credentials": [{"id": made["id"]}]}}
    response = await robot.patch("/clients/third", {"client_authentication_methods": methods})
    assert refused(response) == (400, "invalid_body")


async def test_keys_have_scopes_of_their_own(world: World) -> None:
    """Who may update clients may not say by which keys they prove themselves, nor read that."""
    robot = await caller(world, "update:clients", "read:clients")
    methods = {"private_key_jwt": {"credentials": [{"id": "cred_x"}]}}
    response = await robot.patch("/clients/web", {"client_authentication_methods": methods})
    assert refused(response) == (403, "insufficient_scope")
    assert refused(await robot.post(KEYS, key())) == (403, "insufficient_scope")


async def test_change_is_told(world: World, robot: Caller) -> None:
    """The audit log says that a key was kept."""
    made = await robot.made(KEYS, **key())
    (told,) = await world.logs(limit=1)
    assert (told.type, told.client_id, told.description) == ("sapi", "robot", "Create a client credential")
    assert made["id"] in repr(told.details)

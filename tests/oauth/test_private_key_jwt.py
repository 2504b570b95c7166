"""private_key_jwt: a client proves itself by an assertion (RFC 7521, RFC 7523)."""

import asyncio
import hmac
from typing import Any

import httpx2
import orjson
import pytest
from tests.support.assertions import assertion, give_key, private_key, proof, public_pem
from tests.support.world import API, ISSUER, SECRET, World

from gatewright.jose.encoding import b64url

pytestmark = [pytest.mark.anyio, pytest.mark.wire("POST /oauth/token", "client authentication")]

TOKEN = f"{ISSUER}oauth/token"
PATHS = ("/oauth/token", "/oauth/introspect", "/oauth/revoke")


async def send(world: World, token: str, path: str = "/oauth/token", **fields: str) -> httpx2.Response:
    """What a client that acts for itself asks, proving itself by the assertion."""
    asked = (
        {"grant_type": "client_credentials", "audience": API} if path == "/oauth/token" else {"token": "x"}
    )
    return await world.browser().post(path, data={**asked, **proof(token), **fields})


def refused(response: httpx2.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error"]


@pytest.mark.parametrize("path", PATHS)
async def test_assertion_proves_the_client(world: World, path: str) -> None:
    """An assertion proves the client at each endpoint that asks for it, with client_id beside it or not."""
    await give_key(world)
    assert (await send(world, assertion(world), path)).status_code == 200
    assert (await send(world, assertion(world, jti="two"), path, client_id="web")).status_code == 200


@pytest.mark.parametrize("audience", [ISSUER, TOKEN, [ISSUER], [ISSUER, TOKEN]])
async def test_audiences(world: World, audience: Any) -> None:
    """The audience is the issuer or its token endpoint, alone or in a list."""
    await give_key(world)
    assert (await send(world, assertion(world, aud=audience))).status_code == 200


@pytest.mark.parametrize("alg", ["RS256", "RS384", "PS256"])
async def test_algorithms(world: World, alg: str) -> None:
    """Each algorithm serves a key that was kept for it."""
    await give_key(world, alg=alg)
    assert (await send(world, assertion(world, alg=alg))).status_code == 200


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "https://elsewhere.example.test/"},
        {"aud": [ISSUER, "https://elsewhere.example.test/"]},
        {"aud": f"{ISSUER}api/v2/"},
        {"aud": None},
        {"iss": "spa"},
        {"iss": None},
        {"jti": None},
        {"jti": ""},
        {"jti": 7},
        {"jti": "x" * 256},
        {"exp": None},
        {"exp": 1},
        {"nbf": 4_000_000_000},
        {"key": "another"},
        {"alg": "PS256"},
        {"alg": "RS512"},
        {"header": {"kid": "another-key"}},
        {"header": {"typ": "at+jwt"}},
    ],
    ids=lambda changed: "-".join(f"{k}={str(v)[:20]}" for k, v in changed.items()),
)
async def test_assertion_that_proves_nothing(world: World, changed: dict[str, Any]) -> None:
    """Another audience, issuer, key, algorithm or time, or a missing claim proves nothing."""
    await give_key(world)
    assert refused(await send(world, assertion(world, **changed))) == (401, "invalid_client")


async def test_life_is_short(world: World) -> None:
    """An assertion that would live for long is refused, since its use is not remembered for long."""
    await give_key(world)
    now = world.clock.now()
    response = await send(world, assertion(world, exp=now + 3_600))
    assert refused(response) == (401, "invalid_client")
    assert "at most 300" in response.json()["error_description"]
    assert (await send(world, assertion(world, exp=now + 300))).status_code == 200


async def test_used_once(world: World) -> None:
    """CVE-2020-5300, CVE-2020-15222: an assertion counts once, until it has expired."""
    await give_key(world)
    token = assertion(world)
    assert (await send(world, token)).status_code == 200
    for _ in range(4):
        assert refused(await send(world, token)) == (401, "invalid_client")
        world.clock.advance(20)


async def test_used_once_at_once(world: World) -> None:
    """Of many who bring one assertion at the same time one comes in."""
    await give_key(world)
    token = assertion(world)
    found = await asyncio.gather(*(send(world, token) for _ in range(8)))
    assert sorted(response.status_code for response in found) == [200, *[401] * 7]


async def test_same_jti_of_another_client(world: World) -> None:
    """What one client used says nothing of another's."""
    await give_key(world)
    await give_key(world, "third")
    assert (await send(world, assertion(world), "/oauth/introspect")).status_code == 200
    assert (await send(world, assertion(world, "third"), "/oauth/introspect")).status_code == 200


async def test_wrong_ones_use_nothing_up(world: World) -> None:
    """Who cannot sign cannot use up the ``jti`` of somebody else's assertion."""
    await give_key(world)
    await send(world, assertion(world, key="another"))
    assert (await send(world, assertion(world))).status_code == 200


async def test_secret_proves_no_more(world: World) -> None:
    """A client with a key comes in by no secret, however right."""
    await give_key(world)
    response = await world.browser().token(grant_type="client_credentials", audience=API)
    assert refused(response) == (401, "invalid_client")
    assert "private_key_jwt" in response.json()["error_description"]


async def test_key_without_the_client(world: World) -> None:
    """A client without keys, or one nobody knows, proves nothing, be the assertion well made."""
    assert refused(await send(world, assertion(world))) == (401, "invalid_client")
    assert refused(await send(world, assertion(world, "nobody"))) == (401, "invalid_client")
    assert refused(await send(world, "no.token.at-all")) == (401, "invalid_client")
    assert refused(await send(world, "x" * 9_000)) == (401, "invalid_client")


async def test_expired_key(world: World) -> None:
    """A key counts until its end; the client gets no other proof by it."""
    await give_key(world, expires_at=world.clock.now() + 100)
    assert (await send(world, assertion(world))).status_code == 200
    world.clock.advance(100)
    assert refused(await send(world, assertion(world, jti="two"))) == (401, "invalid_client")
    response = await world.browser().token(grant_type="client_credentials", audience=API)
    assert refused(response) == (401, "invalid_client")


async def test_public_key_is_no_secret(world: World) -> None:
    """CVE-2024-37568: who signs by HMAC with the public key as its secret proves nothing."""
    await give_key(world)
    now = world.clock.now()
    claims = {"iss": "web", "sub": "web", "aud": ISSUER, "exp": now + 60, "jti": "one"}
    signed = ".".join(b64url(orjson.dumps(part)) for part in ({"alg": "HS256"}, claims))
    signature = hmac.digest(public_pem(private_key()).encode(), signed.encode(), "sha256")
    response = await send(world, f"{signed}.{b64url(signature)}")
    assert refused(response) == (401, "invalid_client")


@pytest.mark.parametrize(
    "more",
    [
        {"client_secret": SECRET},
        {"client_assertion_type": ""},
        {"client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"},
        {"client_id": "spa"},
        {"client_assertion": ""},
    ],
)
async def test_two_proofs_or_half_of_one(world: World, more: dict[str, str]) -> None:
    """Two proofs, another kind of assertion, or another client beside it is a bad request."""
    await give_key(world)
    assert refused(await send(world, assertion(world), **more)) == (400, "invalid_request")


async def test_wrong_assertions_are_counted(world: World) -> None:
    """Wrong assertions pass the attempt limiter like wrong secrets."""
    await give_key(world)
    for _ in range(20):
        await send(world, assertion(world, key="another"))
    assert (await send(world, assertion(world, key="another"))).status_code == 429
    assert (await send(world, assertion(world))).status_code == 429


async def test_discovery(world: World) -> None:
    """Discovery says that and how clients may prove themselves by keys."""
    found = (await world.browser().get("/.well-known/openid-configuration")).json()
    for endpoint in ("token", "revocation", "introspection"):
        assert "private_key_jwt" in found[f"{endpoint}_endpoint_auth_methods_supported"]
        algorithms = found[f"{endpoint}_endpoint_auth_signing_alg_values_supported"]
        assert algorithms == ["RS256", "RS384", "PS256"]

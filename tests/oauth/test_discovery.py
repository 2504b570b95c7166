"""Discovery and the key set: what they tell, and how long it may be kept (OIDC Discovery §3)."""

import pytest
from tests.support.world import API, ISSUER, World, claims_of, header_of

from gatewright.oauth.grants import GRANT_TYPES
from gatewright.oauth.vocabulary import RESPONSE_TYPES
from gatewright.tenants.model import OidcLogout
from gatewright_guard import Expectations, StaticKeys, verify

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.wire(
        "GET /.well-known/openid-configuration",
        "GET /.well-known/oauth-authorization-server",
        "GET /.well-known/jwks.json",
    ),
]

DOCUMENTS = ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server")
KEYS = "/.well-known/jwks.json"
PUBLIC = {"kid", "use", "alg", "kty", "n", "e", "crv", "x", "y", "x5t", "x5c"}


async def rotate(world: World, alg: str = "RS256") -> str:
    """Promotes the next key; returns its kid."""
    unit, promoted = await world.platform.keys.rotated(world.tenant_id, ISSUER, alg)
    await world.commit(*unit)
    return promoted.kid


async def kids(world: World) -> list[str]:
    return [key["kid"] for key in (await world.browser().get(KEYS)).json()["keys"]]


async def test_both_addresses_tell_the_same(world: World) -> None:
    """The OpenID and the OAuth address of the metadata give one document."""
    one, other = [(await world.browser().get(path)).json() for path in DOCUMENTS]
    assert one == other
    assert one["issuer"] == ISSUER


@pytest.mark.parametrize("path", [*DOCUMENTS, KEYS])
async def test_headers(world: World, path: str) -> None:
    """The documents are JSON, readable by every script, and kept for a quarter of a minute."""
    response = await world.browser().get(path)
    assert response.headers["content-type"] == "application/json"
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["cache-control"].startswith("public, max-age=15")
    assert "set-cookie" not in response.headers


async def test_endpoints_answer(world: World) -> None:
    """Every address that the document names is one we answer on."""
    document = (await world.browser().get(DOCUMENTS[0])).json()
    addresses = {name: url for name, url in document.items() if name.endswith(("_endpoint", "_uri"))}
    assert len(addresses) == 7
    for url in addresses.values():
        assert url.startswith(ISSUER)
        assert (await world.browser().get(url)).status_code != 404


async def test_lists_come_from_the_code(world: World) -> None:
    """Grant types, response types and modes are those that exist."""
    document = (await world.browser().get(DOCUMENTS[0])).json()
    assert document["grant_types_supported"] == [*GRANT_TYPES, "implicit"]
    assert document["response_types_supported"] == list(RESPONSE_TYPES)
    assert document["response_modes_supported"] == ["query", "fragment", "form_post", "web_message"]
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert document["token_endpoint_auth_methods_supported"] == [
        "client_secret_basic",
        "client_secret_post",
        "private_key_jwt",
        "none",
    ]


async def test_scopes_come_in_one_order(world: World) -> None:
    """The list of scopes is the same in every process: those of OIDC first, then by name."""
    scopes = (await world.browser().get(DOCUMENTS[0])).json()["scopes_supported"]
    assert scopes[:2] == ["openid", "profile"]
    assert scopes[6:] == sorted(scopes[6:])
    assert len(scopes) == 14


async def test_acr_values_of_the_tenant(world: World) -> None:
    """Authentication contexts are listed when the tenant has some."""
    assert "acr_values_supported" not in (await world.browser().get(DOCUMENTS[0])).json()
    await world.change_tenant(acr_values_supported=("urn:one",))
    assert (await world.browser().get(DOCUMENTS[0])).json()["acr_values_supported"] == ["urn:one"]


async def test_logout_can_be_left_out(world: World) -> None:
    """A tenant can keep its logout endpoint to itself."""
    assert (await world.browser().get(DOCUMENTS[0])).json()["end_session_endpoint"] == ISSUER + "oidc/logout"
    await world.change_tenant(oidc_logout=OidcLogout(rp_logout_end_session_endpoint_discovery=False))
    assert "end_session_endpoint" not in (await world.browser().get(DOCUMENTS[0])).json()


async def test_key_set_holds_public_halves_alone(world: World) -> None:
    """No member of a published key is private, and all kids differ."""
    keys = (await world.browser().get(KEYS)).json()["keys"]
    assert len(keys) == 2
    assert all(set(key) <= PUBLIC for key in keys)
    assert {(key["kty"], key["alg"], key["use"]) for key in keys} == {("RSA", "RS256", "sig")}
    assert len({key["kid"] for key in keys}) == 2


async def test_next_key_is_published_before_it_signs(world: World) -> None:
    """The key that signs after a rotation stood in the key set before it."""
    before = await kids(world)
    assert await rotate(world) in before


async def test_rotation_is_published_at_once(world: World) -> None:
    """The key set that was read before a rotation is not the one read after it: a new next key is there."""
    before = await kids(world)
    await rotate(world)
    after = await kids(world)
    assert set(before) < set(after)
    assert len(after) == len(before) + 1


async def test_rotation_keeps_the_old_key(world: World) -> None:
    """Tokens of before a rotation still verify with the key set of after."""
    browser = world.browser()
    old = (await browser.tokens(audience=API))["access_token"]
    promoted = await rotate(world)
    new = (await browser.tokens(audience=API))["access_token"]
    assert header_of(new)["kid"] == promoted != header_of(old)["kid"]
    keys = StaticKeys.from_jwks((await browser.get(KEYS)).json())
    for token in (old, new):
        expected = Expectations(issuer=ISSUER, audience=(API,))
        assert verify(token, keys, expected, world.clock.now()).subject == claims_of(token)["sub"]


async def test_userinfo_after_a_rotation(world: World) -> None:
    """A token of before a rotation still opens userinfo."""
    browser = world.browser()
    token = (await browser.tokens(audience=API))["access_token"]
    await rotate(world)
    response = await browser.get("/userinfo", headers={"authorization": f"Bearer {token}"})
    assert response.status_code == 200


async def test_second_rotation_drops_the_oldest(world: World) -> None:
    """Two rotations later the first key has left the key set, and its tokens are refused."""
    browser = world.browser()
    token = (await browser.tokens(audience=API))["access_token"]
    await rotate(world)
    await rotate(world)
    assert header_of(token)["kid"] not in await kids(world)
    response = await browser.get("/userinfo", headers={"authorization": f"Bearer {token}"})
    assert response.status_code == 401


async def test_revoked_key(world: World) -> None:
    """A revoked key leaves the key set at once, and its tokens are refused."""
    browser = world.browser()
    token = (await browser.tokens(audience=API))["access_token"]
    kid = header_of(token)["kid"]
    await rotate(world)
    await world.commit(*await world.platform.keys.revoked(world.tenant_id, kid))
    assert kid not in await kids(world)
    response = await browser.get("/userinfo", headers={"authorization": f"Bearer {token}"})
    assert response.status_code == 401


async def test_second_algorithm(world: World) -> None:
    """Keys of another algorithm stand beside the first ones."""
    await world.commit(*await world.platform.keys.missing(world.tenant_id, ISSUER, "ES256"))
    keys = (await world.browser().get(KEYS)).json()["keys"]
    assert {(key["kty"], key["alg"]) for key in keys} == {("RSA", "RS256"), ("EC", "ES256")}
    assert all(set(key) <= PUBLIC for key in keys)


@pytest.mark.parametrize("path", [*DOCUMENTS, KEYS])
async def test_only_get(world: World, path: str) -> None:
    """The documents can be read, and nothing else."""
    response = await world.browser().post(path)
    assert response.status_code == 405
    assert response.headers["allow"] == "GET"

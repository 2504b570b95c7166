"""Claims that a tenant's rules add to tokens and to userinfo."""

from typing import Any

import pytest
from tests.support.legacy import delegated, id_token, make_legacy, put_target
from tests.support.protocol import refresh, userinfo
from tests.support.world import API, CALLBACK, SECRET, World, answer, claims_of

from gatewright.roles import Holding
from gatewright.tenants import ClaimRule

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("quick_keys")]

OURS = "https://example.test/"
EMAIL = ClaimRule(claim=OURS + "email", value="user.email")


async def ruled(world: World, *rules: ClaimRule) -> None:
    """The tenant has these rules."""
    await world.change_tenant(token_claims=rules)


async def told(world: World, **parameters: str) -> dict[str, dict[str, Any]]:
    """What each token and userinfo say after a sign-in."""
    browser = world.browser()
    tokens = await browser.tokens(**{"audience": API, "scope": "openid read:timesheets", **parameters})
    return {
        "id_token": claims_of(tokens["id_token"]),
        "access_token": claims_of(tokens["access_token"]),
        "userinfo": (await userinfo(browser, tokens["access_token"])).json(),
    }


async def test_claim_is_in_every_token(world: World) -> None:
    """A rule adds its claim to id_token, access token and userinfo, though no scope asks for it."""
    await ruled(world, EMAIL)
    for claims in (await told(world)).values():
        assert claims[EMAIL.claim] == "ada@example.test"
        assert "email" not in claims


@pytest.mark.parametrize("token", ["id_token", "access_token", "userinfo"])
async def test_rule_for_one_token(world: World, token: Any) -> None:
    """A rule that names one kind of token adds its claim there alone."""
    await ruled(world, ClaimRule(claim=EMAIL.claim, value="user.email", tokens=(token,)))
    assert [kind for kind, claims in (await told(world)).items() if EMAIL.claim in claims] == [token]


async def test_profile_attribute_keeps_its_name(world: World) -> None:
    """The e-mail address can be told to an API under its standard name."""
    await ruled(
        world,
        ClaimRule(claim="email", value="user.email", tokens=("access_token",)),
        ClaimRule(claim="email_verified", value="user.email_verified", tokens=("access_token",)),
    )
    claims = (await told(world))["access_token"]
    assert (claims["email"], claims["email_verified"]) == ("ada@example.test", True)


async def test_metadata_by_path(world: World) -> None:
    """A path leads into metadata; values keep their JSON types."""
    metadata = {"plan": {"name": "gold", "seats": 3}, "flags": ["a", True], "off": False, "zero": 0}
    await world.change_user("auth0|ada", app_metadata=metadata, user_metadata={"plan": "mine"})
    await ruled(
        world,
        *(
            ClaimRule(claim=OURS + path, value=f"user.app_metadata.{path}")
            for path in ("plan", "plan.name", "flags", "off", "zero")
        ),
    )
    claims = (await told(world))["access_token"]
    assert {name.removeprefix(OURS): value for name, value in claims.items() if name.startswith(OURS)} == {
        "plan": {"name": "gold", "seats": 3},
        "plan.name": "gold",
        "flags": ["a", True],
        "off": False,
        "zero": 0,
    }


@pytest.mark.parametrize(
    "value",
    ["user.app_metadata.nothing", "user.app_metadata.word.deeper", "user.website", "user.phone_number"],
)
async def test_claim_without_value_is_left_out(world: World, value: str) -> None:
    """Who has no such value gets no such claim, whatever the path runs into."""
    await world.change_user("auth0|ada", app_metadata={"word": "x", "null": None})
    await ruled(world, ClaimRule(claim=OURS + "x", value=value))
    assert not [kind for kind, claims in (await told(world)).items() if OURS + "x" in claims]


async def test_names_of_roles(world: World) -> None:
    """The names of a user's roles are a list, empty for who has none."""
    await ruled(world, ClaimRule(claim=OURS + "roles", value="user.roles"))
    assert (await told(world))["access_token"][OURS + "roles"] == []
    await world.commit(world.platform.stores.roles.assign(world.tenant_id, "auth0|ada", "rol_reader"))
    assert (await told(world))["id_token"][OURS + "roles"] == ["reader"]


async def test_rule_for_some_clients(world: World) -> None:
    """A rule for another client says nothing here."""
    await ruled(world, ClaimRule(claim=EMAIL.claim, value="user.email", clients=("spa", "third")))
    assert not [kind for kind, claims in (await told(world)).items() if EMAIL.claim in claims]
    await ruled(world, ClaimRule(claim=EMAIL.claim, value="user.email", clients=("spa", "web")))
    assert all(EMAIL.claim in claims for claims in (await told(world)).values())


async def test_rule_for_some_apis(world: World) -> None:
    """``audiences`` narrows access tokens, and leaves id_tokens and userinfo alone."""
    await ruled(world, ClaimRule(claim=EMAIL.claim, value="user.email", audiences=("https://other.test",)))
    found = await told(world)
    assert [kind for kind, claims in found.items() if EMAIL.claim in claims] == ["id_token", "userinfo"]
    await ruled(world, ClaimRule(claim=EMAIL.claim, value="user.email", audiences=(API,)))
    assert EMAIL.claim in (await told(world))["access_token"]


async def test_value_is_of_now_at_a_refresh(world: World) -> None:
    """A refresh tells what the profile says then."""
    await ruled(world, EMAIL)
    browser = world.browser()
    tokens = await browser.tokens(audience=API, scope="openid offline_access")
    await world.change_user("auth0|ada", email="new@example.test")
    again = (await refresh(browser, tokens["refresh_token"])).json()
    assert claims_of(again["access_token"])[EMAIL.claim] == "new@example.test"
    assert claims_of(again["id_token"])[EMAIL.claim] == "new@example.test"


async def test_client_for_itself_has_no_profile(world: World) -> None:
    """An access token without a person gets no claims of people."""
    await ruled(world, EMAIL, ClaimRule(claim=OURS + "roles", value="user.roles"))
    body = {"grant_type": "client_credentials", "client_id": "web", "client_secret": SECRET, "audience": API}
    response = await world.browser().post("/oauth/token", data=body)
    claims = claims_of(response.json()["access_token"])
    assert not [name for name in claims if name.startswith(OURS)]


async def test_token_in_front(world: World) -> None:
    """Tokens from the authorization endpoint carry the claims too."""
    await ruled(world, EMAIL)
    await world.change_client("web", grant_types=("implicit",))
    found = answer(
        await world.browser().sign_in(
            response_type="id_token token", nonce="n", audience=API, redirect_uri=CALLBACK
        )
    )
    assert claims_of(found["access_token"])[EMAIL.claim] == "ada@example.test"
    assert claims_of(found["id_token"])[EMAIL.claim] == "ada@example.test"


async def test_legacy_pipeline(world: World) -> None:
    """id_tokens of the legacy pipeline carry the claims; delegated ones by the rules of their target."""
    await make_legacy(world)
    await put_target(world)
    await ruled(world, ClaimRule(claim=OURS + "plan", value="user.email", clients=("timesheets",)), EMAIL)
    browser = world.browser()
    token = await id_token(browser, scope="openid")
    assert {name for name in claims_of(token) if name.startswith(OURS)} == {EMAIL.claim}
    handed = claims_of((await delegated(browser, id_token=token, scope="openid"))["id_token"])
    assert {name for name in handed if name.startswith(OURS)} == {EMAIL.claim, OURS + "plan"}


async def test_roles_cost_one_read_and_other_rules_none(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only a rule that speaks of roles asks the database, once a token answer."""
    asked: list[str] = []
    store = world.platform.stores.roles

    async def holding(tenant_id: str, user_id: str) -> Holding:
        asked.append(user_id)
        return Holding()

    monkeypatch.setattr(store, "holding", holding)
    await ruled(world, EMAIL)
    await world.browser().tokens(audience=API, scope="openid")
    assert asked == []
    await ruled(world, EMAIL, ClaimRule(claim=OURS + "roles", value="user.roles"))
    await world.browser().tokens(audience=API, scope="openid")
    assert asked == ["auth0|ada"]

"""Which scopes a token gets: what is asked, offered, allowed to the client and allowed to the user."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.protocol import refresh
from tests.support.world import API, ISSUER, World, answer, claims_of

from gatewright.apis import Api, ApiScope
from gatewright.oauth.errors import InvalidScope
from gatewright.oauth.scopes import granted, is_identity_scope, parse_scope
from gatewright.oauth.vocabulary import IDENTITY_SCOPES, SINGLE_CLAIM_SCOPES

pytestmark = pytest.mark.anyio

ALL = "openid read:timesheets create:timesheets"
WORDS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters='"\\'), min_size=1)
NAMES = st.sampled_from(("openid", "profile", "name", "read:x", "write:x", "offline_access", "nothing"))
OFFERED = st.sets(st.sampled_from(("read:x", "write:x", "name", "profile")))


def api_with(values: set[str]) -> Api:
    scopes = tuple(ApiScope(value=value) for value in sorted(values))
    return Api(api_id="a", identifier="https://x.test", name="X", scopes=scopes, allow_offline_access=True)


async def token_claims(world: World, **parameters: str) -> dict[str, Any]:
    tokens = await world.browser().tokens(audience=API, **parameters)
    return claims_of(tokens["access_token"])


async def hold_role(world: World) -> None:
    await world.commit(world.platform.stores.roles.assign(world.tenant_id, "auth0|ada", "rol_reader"))


@given(st.lists(WORDS, max_size=20))
def test_words_in_their_order_each_once(words: list[str]) -> None:
    """A scope parameter is read as its words, in their order, each once."""
    assert parse_scope(" ".join(words)) == tuple(dict.fromkeys(words))


@given(st.text())
def test_scope_is_read_or_refused(text: str) -> None:
    """Any text is either a list of legal scope words or an invalid_scope."""
    try:
        found = parse_scope(text)
    except InvalidScope:
        return
    assert all(word.isascii() and word.isprintable() and " " not in word for word in found)


@given(st.lists(NAMES), OFFERED, st.none() | st.frozensets(NAMES), st.booleans())
def test_granted_is_an_intersection(
    requested: list[str], offered: set[str], allowed: frozenset[str] | None, identity: bool
) -> None:
    """Nothing is granted that was not asked, and no scope of an API beyond what it offers and allows."""
    api = api_with(offered)
    found = granted(requested, api=api, allowed=allowed, identity=identity)
    assert set(found) <= set(requested)
    for scope in found:
        if scope in offered:
            assert allowed is None or scope in allowed or is_identity_scope(scope)
        else:
            assert identity
            assert is_identity_scope(scope)


@given(st.lists(NAMES), OFFERED, st.frozensets(NAMES))
def test_more_rights_never_grant_less(
    requested: list[str], offered: set[str], allowed: frozenset[str]
) -> None:
    """Whoever may do more is never granted less."""
    api = api_with(offered)
    fewer = granted(requested, api=api, allowed=allowed)
    assert set(fewer) <= set(granted(requested, api=api, allowed=None))


async def test_scope_the_api_does_not_have(world: World) -> None:
    """A scope that nobody defined is left out, silently."""
    assert (await token_claims(world, scope="openid read:timesheets fly"))[
        "scope"
    ] == "openid read:timesheets"


async def test_scope_of_an_api_without_naming_it(world: World) -> None:
    """An API's scope is granted only together with its audience."""
    tokens = await world.browser().tokens(scope="openid read:timesheets")
    assert tokens["scope"] == "openid"


async def test_answer_tells_the_granted_scopes(world: World) -> None:
    """The token answer tells what was granted, not what was asked."""
    tokens = await world.browser().tokens(audience=API, scope="openid read:timesheets fly")
    assert tokens["scope"] == "openid read:timesheets"


async def test_no_scope_means_openid(world: World) -> None:
    """A request without scope is one for openid, as the wire has it."""
    tokens = await world.browser().tokens(scope="")
    assert tokens["scope"] == "openid"
    assert "id_token" in tokens


async def test_without_openid_no_id_token(world: World) -> None:
    """Without the scope openid there is no id_token."""
    assert "id_token" not in await world.browser().tokens(audience=API, scope="read:timesheets")


async def test_rbac_off_gives_what_is_asked(world: World) -> None:
    """Without role-based control a user gets every scope asked for, roles or not."""
    claims = await token_claims(world, scope=ALL)
    assert claims["scope"] == ALL
    assert "permissions" not in claims


async def test_rbac_without_a_role(world: World) -> None:
    """With role-based control a user without a role gets no scope of the API."""
    await world.change_api(API, enforce_policies=True)
    assert (await token_claims(world, scope=ALL))["scope"] == "openid"


async def test_rbac_with_a_role(world: World) -> None:
    """With role-based control a user gets those scopes that their roles permit."""
    await world.change_api(API, enforce_policies=True)
    await hold_role(world)
    assert (await token_claims(world, scope=ALL))["scope"] == "openid read:timesheets"


async def test_permissions_claim(world: World) -> None:
    """With the authz dialect the token tells the user's permissions, whatever scopes were asked."""
    await world.change_api(API, enforce_policies=True, token_dialect="access_token_authz")
    await hold_role(world)
    assert (await token_claims(world, scope="openid"))["permissions"] == ["read:timesheets"]


async def test_permissions_claim_of_nobody(world: World) -> None:
    """With the authz dialect a user without a role has an empty list of permissions."""
    await world.change_api(API, enforce_policies=True, token_dialect="access_token_authz")
    assert (await token_claims(world, scope="openid"))["permissions"] == []


async def test_authz_dialect_without_rbac(world: World) -> None:
    """Without role-based control no permissions are told, whatever the dialect."""
    await world.change_api(API, token_dialect="access_token_authz")
    assert "permissions" not in await token_claims(world, scope="openid")


async def test_permissions_for_another_api_do_not_count(world: World) -> None:
    """A permission names its API: held for one, it gives nothing at another."""
    await hold_role(world)
    await world.put_api(
        Api(
            api_id="b",
            identifier="https://other.test",
            name="Other",
            scopes=(ApiScope(value="read:timesheets"),),
            enforce_policies=True,
        )
    )
    tokens = await world.browser().tokens(audience="https://other.test", scope=ALL)
    assert tokens["scope"] == "openid"


async def test_default_audience(world: World) -> None:
    """A tenant's default audience counts where the request names none."""
    await world.change_tenant(default_audience=API)
    tokens = await world.browser().tokens(scope="openid read:timesheets")
    assert claims_of(tokens["access_token"])["aud"] == [API, ISSUER + "userinfo"]


async def test_userinfo_audience_means_no_api(world: World) -> None:
    """Naming the userinfo endpoint gives an opaque token, even with a default audience."""
    await world.change_tenant(default_audience=API)
    tokens = await world.browser().tokens(audience=ISSUER + "userinfo")
    assert "." not in tokens["access_token"]


async def test_default_audience_that_is_gone(world: World) -> None:
    """A default audience that no API has is refused by name."""
    await world.change_tenant(default_audience="https://gone.test")
    found = answer(await world.browser().authorize())
    assert found["error"] == "access_denied"
    assert "https://gone.test" in found["error_description"]


async def test_withdrawn_role_counts_at_the_next_refresh(world: World) -> None:
    """A permission that was withdrawn is not in the next access token."""
    await world.change_api(API, enforce_policies=True)
    await hold_role(world)
    browser = world.browser()
    tokens = await browser.tokens(audience=API, scope="openid read:timesheets offline_access")
    await world.commit(world.platform.stores.roles.withdraw(world.tenant_id, "auth0|ada", "rol_reader"))
    refreshed = (await refresh(browser, tokens["refresh_token"])).json()
    assert "read:timesheets" not in claims_of(refreshed["access_token"])["scope"]


async def test_offline_access_that_leads_to_nothing(world: World) -> None:
    """Where no refresh token can follow, offline_access is not granted either."""
    await world.change_client("web", grant_types=("authorization_code",))
    tokens = await world.browser().tokens(scope="openid offline_access")
    assert tokens["scope"] == "openid"
    assert "refresh_token" not in tokens


async def test_offline_access_that_the_api_forbids(world: World) -> None:
    """An API without allow_offline_access gives no refresh token."""
    await world.change_api(API, allow_offline_access=False)
    tokens = await world.browser().tokens(audience=API, scope="openid offline_access read:timesheets")
    assert tokens["scope"] == "openid read:timesheets"
    assert "refresh_token" not in tokens


async def test_refresh_token_only_for_offline_access(world: World) -> None:
    """Without offline_access there is no refresh token (OIDC Core §11)."""
    assert "refresh_token" not in await world.browser().tokens(scope="openid")


async def test_scope_of_the_api_that_is_called_like_a_claim(world: World) -> None:
    """An API's own scope called like a single-claim scope is the API's to give."""
    named = (ApiScope(value="nickname", description="See nicknames"),)
    await world.change_api(API, scopes=named, enforce_policies=True)
    assert (await token_claims(world, scope="openid nickname"))["scope"] == "openid"


@pytest.mark.parametrize("scope", sorted({*IDENTITY_SCOPES, *SINGLE_CLAIM_SCOPES}))
async def test_every_identity_scope_is_granted(world: World, scope: str) -> None:
    """Each identity scope that discovery lists is granted to whoever asks."""
    tokens = await world.browser().tokens(scope=f"openid {scope}" if scope != "openid" else scope)
    assert scope in tokens["scope"].split()

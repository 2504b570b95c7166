"""Organizations at the authorization endpoint and in tokens."""

import pytest
from tests.support.organizations import (
    ACME,
    ADA,
    change_organization,
    denied,
    give_role,
    let_organizations,
    organization_of,
    put_organization,
    tell_names,
)
from tests.support.protocol import introspect, refresh, refusal
from tests.support.world import API, PASSWORD, World, answer, claims_of

from gatewright.apis import ClientGrant
from gatewright.organizations import EnabledConnection

pytestmark = [pytest.mark.anyio, pytest.mark.wire("organization and invitation")]

MEMBER_OF_NONE = f"user {ADA} is not part of the {ACME} organization"


async def test_tokens_name_the_organization(world: World) -> None:
    """A member who signs in for an organization gets tokens with its id, and no name of it."""
    await put_organization(world, members=(ADA,))
    await let_organizations(world)
    tokens = await world.browser().tokens(organization=ACME, audience=API)
    for token in (tokens["id_token"], tokens["access_token"]):
        assert claims_of(token)["org_id"] == ACME
        assert "org_name" not in claims_of(token)


async def test_tokens_tell_the_name_where_the_tenant_says_so(world: World) -> None:
    """Where names are allowed, a request may name the organization by it in any case, and tokens tell it."""
    await put_organization(world, members=(ADA,))
    await let_organizations(world)
    await tell_names(world)
    tokens = await world.browser().tokens(organization="Acme", audience=API)
    for token in (tokens["id_token"], tokens["access_token"]):
        assert (claims_of(token)["org_id"], claims_of(token)["org_name"]) == (ACME, "acme")


async def test_tokens_without_an_organization_say_nothing(world: World) -> None:
    """A request that names none gets tokens for none, from a member too."""
    await put_organization(world, members=(ADA,))
    await let_organizations(world)
    assert "org_id" not in claims_of((await world.browser().tokens())["id_token"])


@pytest.mark.parametrize("usage", ["deny", None])
async def test_client_that_has_no_organizations(world: World, usage: str) -> None:
    """A client that is not for organizations is refused when it names one."""
    await put_organization(world, members=(ADA,))
    await let_organizations(world, usage)
    refused = denied(await world.browser().authorize(organization=ACME))
    assert refused == ("invalid_request", "parameter organization is not allowed for this client")


async def test_client_that_needs_an_organization(world: World) -> None:
    """A client that is for organizations alone is refused when it names none."""
    await let_organizations(world, "require")
    refused = denied(await world.browser().authorize())
    assert refused == ("invalid_request", "parameter organization is required for this client")


@pytest.mark.parametrize("named", ["org_nobody", "acme", "Acme", "auth0|ada"])
async def test_unknown_organization(world: World, named: str) -> None:
    """An id that is none is refused, and so is a name where names are not allowed."""
    await put_organization(world, members=(ADA,))
    await let_organizations(world)
    error, _ = denied(await world.browser().authorize(organization=named))
    assert error == "invalid_request"


async def test_stranger_is_denied(world: World) -> None:
    """Whoever does not belong there is denied with the reason, and becomes no member."""
    await put_organization(world)
    await let_organizations(world)
    assert denied(await world.browser().sign_in(organization=ACME)) == ("access_denied", MEMBER_OF_NONE)
    assert world.rows("SELECT * FROM organization_members") == []


async def test_session_of_a_stranger_is_denied(world: World) -> None:
    """A session that began for another organization opens no other, asked silently or not."""
    await put_organization(world, "other", members=(ADA,))
    await put_organization(world)
    await let_organizations(world)
    browser = world.browser()
    assert await organization_of(browser, await browser.sign_in(organization="org_other")) == "org_other"
    for prompt in ("", "none"):
        response = await browser.authorize(organization=ACME, prompt=prompt)
        assert denied(response) == ("access_denied", MEMBER_OF_NONE)


async def test_session_is_used_for_each_own_organization(world: World) -> None:
    """A member of two changes between them without a password; each answer is for the one asked."""
    for name in ("acme", "other"):
        await put_organization(world, name, members=(ADA,))
    await let_organizations(world)
    browser = world.browser()
    await browser.sign_in(organization=ACME)
    for organization in ("org_other", ACME):
        response = await browser.authorize(organization=organization, prompt="none")
        assert await organization_of(browser, response) == organization


async def test_membership_on_login(world: World) -> None:
    """Where the connection makes members, whoever comes in through it is one from then on, and it is told."""
    enabled = EnabledConnection(connection_id="con_db", assign_membership_on_login=True)
    await put_organization(world, connections=(enabled,))
    await let_organizations(world)
    browser = world.browser()
    assert await organization_of(browser, await browser.sign_in(organization=ACME)) == ACME
    assert world.rows("SELECT user_id FROM organization_members") == [(ADA,)]
    assert "organization_member_added" in [entry.type for entry in await world.logs()]


async def test_connection_must_be_enabled_there(world: World) -> None:
    """Members come in through the organization's connections alone: an older session does not do."""
    await put_organization(world, connections=(), members=(ADA,))
    await let_organizations(world)
    browser = world.browser()
    await browser.sign_in()
    response = await browser.authorize(organization=ACME, prompt="none")
    assert denied(response)[0] == "login_required"
    named = "Username-Password-Authentication"
    assert denied(await browser.authorize(organization=ACME, connection=named))[0] == "invalid_request"


async def test_roles_in_the_organization_count_there(world: World) -> None:
    """What a member may do there is what their roles there and everywhere allow, and nowhere else."""
    await put_organization(world, members=(ADA,))
    await let_organizations(world)
    await give_role(world, ADA)
    await world.change_api(API, enforce_policies=True, token_dialect="access_token_authz")
    asked = {"audience": API, "scope": "openid read:timesheets create:timesheets"}
    there = claims_of((await world.browser().tokens(organization=ACME, **asked))["access_token"])
    assert (there["scope"], there["permissions"]) == ("openid read:timesheets", ["read:timesheets"])
    elsewhere = claims_of((await world.browser().tokens(**asked))["access_token"])
    assert (elsewhere["scope"], elsewhere["permissions"]) == ("openid", [])


async def test_refresh_keeps_the_organization(world: World) -> None:
    """Refreshed tokens are for the same organization, with what the member may do there now."""
    await put_organization(world, members=(ADA,))
    await let_organizations(world)
    await world.change_api(API, enforce_policies=True, token_dialect="access_token_authz")
    await give_role(world, ADA)
    browser = world.browser()
    scope = "openid offline_access read:timesheets"
    tokens = await browser.tokens(organization=ACME, audience=API, scope=scope)
    again = (await refresh(browser, tokens["refresh_token"])).json()
    assert claims_of(again["access_token"])["org_id"] == claims_of(again["id_token"])["org_id"] == ACME
    assert claims_of(again["access_token"])["permissions"] == ["read:timesheets"]
    await world.commit(world.platform.stores.members.take_role(world.tenant_id, ACME, ADA, "rol_reader"))
    last = (await refresh(browser, again["refresh_token"])).json()
    assert claims_of(last["access_token"])["permissions"] == []


async def leave(world: World) -> None:
    await world.commit(*world.platform.stores.members.remove(world.tenant_id, ACME, ADA))


async def delete(world: World) -> None:
    await world.commit(*world.platform.stores.organizations.delete(world.tenant_id, ACME))


async def disconnect(world: World) -> None:
    await change_organization(world, connections=())


@pytest.mark.parametrize("ends", [leave, delete, disconnect], ids=lambda ends: ends.__name__)
async def test_refresh_stops(world: World, ends: object) -> None:
    """Whoever leaves, or whose organization is deleted or cut off, refreshes no more."""
    await put_organization(world, members=(ADA,))
    await let_organizations(world)
    browser = world.browser()
    tokens = await browser.tokens(organization=ACME, scope="openid offline_access")
    await ends(world)  # type: ignore[operator]
    assert refusal(await refresh(browser, tokens["refresh_token"])) == (400, "invalid_grant")
    assert await introspect(browser, tokens["refresh_token"]) == {"active": False}


async def test_code_of_whoever_left(world: World) -> None:
    """A code is worth nothing once its person left the organization."""
    await put_organization(world, members=(ADA,))
    await let_organizations(world)
    browser = world.browser()
    code = await browser.code(organization=ACME)
    await leave(world)
    assert refusal(await browser.redeem(code)) == (400, "invalid_grant")


async def test_consent_does_not_lose_the_organization(world: World) -> None:
    """Whoever consents on the way arrives for the organization that was asked for."""
    await put_organization(world, members=(ADA,))
    await world.change_client("third", organization_usage="allow")
    browser = world.browser()
    third = {"client_id": "third", "redirect_uri": "https://third.example.test/callback"}
    page = await browser.sign_in(organization=ACME, **third)
    code = answer(await browser.submit(page, action="accept"))["code"]
    tokens = (await browser.redeem(code, **third)).json()
    assert claims_of(tokens["id_token"])["org_id"] == ACME


async def put_grant(world: World, **fields: object) -> None:
    """The web client's grant for the API."""
    grant = ClientGrant(
        grant_id="cgr_web",
        client_id="web",
        audience=API,
        scope=("read:timesheets",),
        **fields,  # type: ignore[arg-type]
    )
    await world.commit(world.platform.stores.apis.put_grant(world.tenant_id, grant))


async def machine(world: World, **fields: str) -> dict[str, object]:
    """What the client gets for itself: claims of a token, or a refusal."""
    response = await world.browser().token(grant_type="client_credentials", audience=API, **fields)
    found: dict[str, object] = response.json()
    return claims_of(str(found["access_token"])) if response.status_code == 200 else found


async def test_client_acts_for_an_organization(world: World) -> None:
    """A client whose grant is associated with an organization gets a token for it, and for no other."""
    await put_organization(world, client_grants=("cgr_web",))
    await put_organization(world, "other")
    await put_grant(world, organization_usage="allow")
    assert (await machine(world, organization=ACME))["org_id"] == ACME
    assert "org_id" not in await machine(world)
    assert (await machine(world, organization="org_other"))["error"] == "access_denied"
    await put_grant(world, organization_usage="allow", allow_any_organization=True)
    assert (await machine(world, organization="org_other"))["org_id"] == "org_other"


async def test_client_grant_decides_about_organizations(world: World) -> None:
    """A grant that denies refuses a name, one that requires refuses none, and nobody is found by a guess."""
    await put_organization(world, client_grants=("cgr_web",))
    assert (await machine(world, organization=ACME))["error"] == "invalid_request"
    await put_grant(world, organization_usage="require")
    assert (await machine(world))["error"] == "invalid_request"
    assert (await machine(world, organization="acme"))["error"] == "invalid_request"
    assert (await machine(world, organization=ACME))["org_id"] == ACME


async def test_default_organization_of_a_client(world: World) -> None:
    """A client may have an organization that it acts for unless it names another."""
    await put_organization(world, client_grants=("cgr_web",))
    await put_grant(world, organization_usage="require")
    default = {"organization_id": ACME, "flows": ["client_credentials"]}
    await world.change_client("web", default_organization=default)
    assert (await machine(world))["org_id"] == ACME


async def test_password_grant_for_an_organization(world: World) -> None:
    """A client that takes passwords names the organization too, and only members get tokens."""
    await put_organization(world)
    await world.change_client("kiosk", organization_usage="require")
    browser = world.browser()
    assert refusal(await browser.bring_password()) == (400, "invalid_request")
    assert refusal(await browser.bring_password(organization=ACME)) == (403, "access_denied")
    await world.commit(*world.platform.stores.members.add(world.tenant_id, ACME, ADA))
    tokens = (await browser.bring_password(organization=ACME)).json()
    assert claims_of(tokens["id_token"])["org_id"] == ACME
    await change_organization(world, connections=())
    assert refusal(await browser.bring_password(organization=ACME)) == (400, "invalid_request")


async def test_first_organization_named_counts_in_the_legacy_pipeline(world: World) -> None:
    """The legacy pipeline has no organizations, and says so rather than to leave it out."""
    await put_organization(world, members=(ADA,))
    await let_organizations(world, oidc_conformant=False)
    assert denied(await world.browser().authorize(organization=ACME))[0] == "invalid_request"


async def test_password_after_the_organization_is_that_of_a_member(world: World) -> None:
    """A wrong password is refused on the page, and no membership is told before the right one."""
    await put_organization(world)
    await let_organizations(world)
    page = await world.browser().sign_in(password="wrong", organization=ACME)
    assert page.status_code == 400
    assert PASSWORD not in page.text
    assert "part of" not in page.text

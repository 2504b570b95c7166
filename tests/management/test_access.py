"""Who may call the management API, and what of it is in their tokens."""

from typing import Any

import httpx2
import pytest
from tests.support.management import (
    AUDIENCE,
    EVERYTHING,
    Caller,
    caller,
    put_grant,
    refused,
    token_of,
)
from tests.support.world import API, CALLBACK, Browser, World, answer, claims_of

from gatewright.protection import TOKEN_PER_IP
from gatewright.roles import Permission, Role

pytestmark = [pytest.mark.anyio, pytest.mark.wire("/api/v2/*")]

OF_ADA = "read:current_user update:current_user_metadata"
WANTED = f"openid offline_access {OF_ADA} read:clients delete:users"


async def give_role(world: World, *scopes: str, user_id: str = "auth0|ada") -> None:
    """Gives a person a role with scopes of the management API."""
    permissions = tuple(
        Permission(permission_name=scope, resource_server_identifier=AUDIENCE) for scope in scopes
    )
    role = Role(role_id="rol_admin", name="admin", permissions=permissions)
    stores = world.platform.stores
    await world.commit(
        stores.roles.put(world.tenant_id, role), stores.roles.assign(world.tenant_id, user_id, "rol_admin")
    )


async def of_person(browser: Browser, scope: str = WANTED) -> dict[str, Any]:
    """The token answer of a person who signs in for the management API."""
    return await browser.tokens(audience=AUDIENCE, scope=scope)


def words(text: str) -> set[str]:
    return set(text.split())


async def test_person_gets_what_is_about_themselves(world: World) -> None:
    """Whatever an application asks for, a person's token has the scopes about themselves alone."""
    found = await of_person(world.browser())
    assert words(found["scope"]) == words(f"openid {OF_ADA}")
    assert words(claims_of(found["access_token"])["scope"]) == words(f"openid {OF_ADA}")


async def test_roles_give_more(world: World) -> None:
    """What a role of the person permits is in the token too, and works."""
    await give_role(world, "read:clients")
    found = await of_person(world.browser())
    assert words(found["scope"]) == words(f"openid {OF_ADA} read:clients")
    admin = Caller(world.browser(), found["access_token"])
    assert (await admin.get("/clients")).status_code == 200


async def test_role_of_another_api_gives_nothing(world: World) -> None:
    """A permission of the same name for another API does not count."""
    permission = Permission(permission_name="read:clients", resource_server_identifier=API)
    stores = world.platform.stores
    role = Role(role_id="rol_x", name="x", permissions=(permission,))
    await world.commit(
        stores.roles.put(world.tenant_id, role), stores.roles.assign(world.tenant_id, "auth0|ada", "rol_x")
    )
    assert "read:clients" not in (await of_person(world.browser()))["scope"]


async def test_fragment_answers_are_bounded_too(world: World) -> None:
    """A token that comes straight from the authorization endpoint has no more."""
    await world.change_client("web", grant_types=("implicit", "authorization_code"))
    browser = world.browser()
    response = await browser.sign_in(
        response_type="token", scope=WANTED, audience=AUDIENCE, nonce="n", redirect_uri=CALLBACK
    )
    scope = claims_of(answer(response)["access_token"])["scope"]
    assert words(scope) <= words(f"openid {OF_ADA}")


async def test_password_grant_is_bounded_too(world: World) -> None:
    """A token for a password has no more."""
    response = await world.browser().bring_password(audience=AUDIENCE, scope=WANTED)
    scope = claims_of(response.json()["access_token"])["scope"]
    assert words(scope) <= words(f"openid {OF_ADA}")


async def test_role_taken_away_counts_at_once(world: World) -> None:
    """A token that is out may do only what the person's roles still permit."""
    await give_role(world, "read:clients")
    admin = Caller(world.browser(), (await of_person(world.browser()))["access_token"])
    assert (await admin.get("/clients")).status_code == 200
    await give_role(world)
    assert refused(await admin.get("/clients")) == (403, "insufficient_scope")


async def test_blocked_person_is_refused_at_once(world: World) -> None:
    """A person who is blocked is refused with the token they have."""
    await give_role(world, "read:clients")
    admin = Caller(world.browser(), (await of_person(world.browser()))["access_token"])
    await world.change_user("auth0|ada", blocked=True)
    assert refused(await admin.get("/clients")) == (401, "")


async def test_person_is_named_in_the_log(world: World) -> None:
    """A change by a person is recorded with their id and the application's."""
    await give_role(world, "update:clients")
    found = await of_person(world.browser(), "openid update:clients")
    admin = Caller(world.browser(), found["access_token"])
    assert (await admin.patch("/clients/spa", {"description": "x"})).status_code == 200
    entry = (await world.logs(1))[0]
    assert (entry.type, entry.user_id, entry.client_id) == ("sapi", "auth0|ada", "web")


async def test_clients_have_nothing_of_their_own(world: World) -> None:
    """A client that acts for itself is granted no scope about oneself by the grant for everything."""
    assert "current_user" not in claims_of(await token_of(world))["scope"]


async def test_scope_that_the_grant_lacks_is_refused(world: World) -> None:
    """A client asks in vain for a scope that its grant does not have."""
    await put_grant(world, ("read:clients",))
    with pytest.raises(AssertionError, match="invalid_scope"):
        await token_of(world, "delete:clients")


async def test_grant_deleted_stops_tokens_at_once(world: World) -> None:
    """Without its grant a client may do nothing with the token it has."""
    robot = await caller(world)
    await world.commit(world.platform.stores.apis.delete_grant(world.tenant_id, "cgr_robot"))
    assert refused(await robot.get("/clients")) == (403, "insufficient_scope")
    await put_grant(world, EVERYTHING)
    assert (await robot.get("/clients")).status_code == 200


async def test_expired_token(world: World) -> None:
    """A token that expired is refused."""
    robot = await caller(world)
    world.clock.advance(86_401)
    assert refused(await robot.get("/clients")) == (401, "")


@pytest.mark.parametrize("kind", ["id_token", "opaque", "refresh_token"])
async def test_other_tokens(world: World, kind: str) -> None:
    """An id_token, an opaque access token and a refresh token open nothing."""
    found = await world.browser().tokens(scope="openid offline_access", audience=API if "re" in kind else "")
    token = found["access_token" if kind == "opaque" else kind]
    assert refused(await Caller(world.browser(), token).get("/clients")) == (401, "")


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic abc", "Bearer x.y.z", "Bearer " + "x" * 20_000, "Bearer \xff"]
)
async def test_odd_headers(world: World, header: str) -> None:
    """Whatever stands in the header without being a token of ours is 401."""
    headers = {"authorization": header.encode("latin-1")}
    response = await world.browser().client.get("/api/v2/clients", headers=headers)
    assert refused(response) == (401, "")


async def test_token_in_the_address_or_in_a_cookie_counts_for_nothing(world: World) -> None:
    """A token is read from the header alone, so that no page can have a browser send one."""
    token = await token_of(world)
    browser = world.browser()
    browser.client.cookies.set("access_token", token)
    assert refused(await browser.get(f"/api/v2/clients?access_token={token}")) == (401, "")


async def test_altered_token(world: World) -> None:
    """A token whose claims were changed is refused, and so is one without a signature."""
    head, _, signature = (await token_of(world, "read:clients")).split(".")
    _, claims, _ = (await token_of(world)).split(".")
    none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0"
    for token in (f"{head}.{claims}.{signature}", f"{none}.{claims}.", f"{head}.{claims}."):
        assert refused(await Caller(world.browser(), token).get("/clients")) == (401, "")


async def test_wrong_tokens_are_counted(world: World) -> None:
    """Too many wrong tokens from one network are refused for a while, a good one of theirs as well."""
    attacker = world.browser(address="198.51.100.9")
    answers: list[httpx2.Response] = []
    for _ in range(TOKEN_PER_IP.attempts + 1):
        answers.append(await Caller(attacker, "a.b.c").get("/clients"))
    assert {refused(each)[0] for each in answers[:-1]} == {401}
    assert refused(answers[-1]) == (429, "too_many_requests")
    assert int(answers[-1].headers["retry-after"]) > 0
    good = await token_of(world)
    assert refused(await Caller(attacker, good).get("/clients"))[0] == 429
    assert (await Caller(world.browser(), good).get("/clients")).status_code == 200


async def test_deleted_client_of_a_person(world: World) -> None:
    """A person's token is void when the application it was given to is gone."""
    await give_role(world, "read:clients")
    admin = Caller(world.browser(), (await of_person(world.browser()))["access_token"])
    await (await caller(world)).delete("/clients/web")
    assert refused(await admin.get("/clients")) == (401, "")


async def test_refused_change_is_in_the_log(world: World) -> None:
    """A change that is refused is on record: who wanted what, and with which code; not what was sent."""
    reader = await caller(world, "read:roles", "create:roles")
    await reader.post("/roles", {"name": "hunter2", "secret": "hunter2"})
    await reader.delete("/roles/hunter2")
    await reader.get("/roles/hunter2")
    told = [entry for entry in await world.logs() if entry.event == "CallRefused"][::-1]
    assert [(each.type, each.client_id, each.details["call"]) for each in told] == [
        ("fapi", "robot", "POST /roles"),
        ("fapi", "robot", "DELETE /roles/{id}"),
    ]
    assert [(each.details["status"], each.details["error"]) for each in told] == [
        (400, "invalid_body"),
        (403, "insufficient_scope"),
    ]
    assert "hunter2" not in str(told)

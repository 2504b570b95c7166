"""``/api/v2/device-credentials``: refresh tokens by the devices that hold them."""

import pytest
from tests.support.access import Person, signed_in
from tests.support.legacy import make_legacy
from tests.support.management import AUDIENCE, Caller, refused
from tests.support.protocol import spa_tokens
from tests.support.world import World

pytestmark = [pytest.mark.anyio, pytest.mark.wire("/api/v2/*")]

OF_ADA = "/device-credentials?user_id=auth0%7Cada"
OWN = "delete:current_user_device_credentials"


async def test_device_is_listed(world: World, robot: Caller) -> None:
    """A refresh token is listed as a device: its name is the user agent, its type says whether it rotates."""
    ada = await signed_in(world)
    world.clock.advance(60)
    await ada.can_refresh()
    (device,) = await robot.read(OF_ADA)
    assert device.pop("last_used").endswith("Z")
    assert device == {
        "id": ada.grant_id,
        "device_name": "Browser/1",
        "type": "rotating_refresh_token",
        "user_id": "auth0|ada",
        "client_id": "web",
    }


async def test_device_of_the_legacy_pipeline(world: World, robot: Caller) -> None:
    """An application of the legacy pipeline names the device, and its token stays."""
    await make_legacy(world)
    await signed_in(world, device="Ada's phone")
    (device,) = await robot.read(OF_ADA)
    assert (device["device_name"], device["type"]) == ("Ada's phone", "refresh_token")


async def test_pages_and_filters(world: World, robot: Caller) -> None:
    """The list is wrapped with totals, and narrowed by user, application, type and fields."""
    for _ in range(2):
        await signed_in(world)
    await spa_tokens(world.browser(), scope="openid offline_access")
    page = await robot.read("/device-credentials?include_totals=true&per_page=2&page=1")
    assert (page["start"], page["limit"], page["total"], len(page["device_credentials"])) == (2, 2, 3, 1)
    page = await robot.read(f"{OF_ADA}&type=rotating_refresh_token&include_totals=true&per_page=2")
    assert (page["total"], len(page["device_credentials"])) == (3, 2)
    assert await robot.read(f"{OF_ADA}&client_id=spa&fields=client_id") == [{"client_id": "spa"}]
    for kind in ("refresh_token", "public_key"):
        assert await robot.read(f"{OF_ADA}&type={kind}") == []


@pytest.mark.parametrize("query", ["type=refresh_token", "user_id=a&type=phone", "take=50"])
async def test_wrong_query(robot: Caller, query: str) -> None:
    """A filter that cannot be followed is refused and not overlooked."""
    assert refused(await robot.get(f"/device-credentials?{query}")) == (400, "invalid_query_string")


async def test_deleted_device(world: World, robot: Caller) -> None:
    """A deleted device refreshes no more."""
    ada, elsewhere = await signed_in(world), await signed_in(world)
    response = await robot.delete(f"/device-credentials/{ada.grant_id}")
    assert (response.status_code, response.content) == (204, b"")
    assert not await ada.can_refresh()
    assert await elsewhere.can_refresh()
    gone = await robot.delete(f"/device-credentials/{ada.grant_id}")
    assert refused(gone) == (404, "inexistent_device_credential")


async def test_own_device(world: World) -> None:
    """A person removes their own devices with a token of their own, and nobody else's (CVE-2026-27946)."""
    await world.put_user("bob@example.test", subject="bob")
    browser = world.browser()
    await browser.sign_in("bob@example.test", scope="openid offline_access")
    bob = Person(browser, await browser.tokens(scope="openid offline_access"))
    ada = await signed_in(world)
    tokens = await ada.browser.tokens(audience=AUDIENCE, scope=f"openid {OWN}")
    person = Caller(ada.browser, tokens["access_token"])
    theirs = await person.delete(f"/device-credentials/{bob.grant_id}")
    assert refused(theirs) == (404, "inexistent_device_credential")
    assert await bob.can_refresh()
    assert (await person.delete(f"/device-credentials/{ada.grant_id}")).status_code == 204
    assert not await ada.can_refresh()


async def test_public_keys_are_not_taken(robot: Caller) -> None:
    """Nothing would open to a public key, so none is stored."""
    response = await robot.post("/device-credentials", {"type": "public_key", "value": "x"})
    assert refused(response)[0] == 405

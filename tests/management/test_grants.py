"""``/api/v2/grants``: what users allowed applications, and taking it back."""

from typing import Any

import pytest
from tests.support.access import signed_in
from tests.support.management import Caller, refused
from tests.support.protocol import THIRD, refresh
from tests.support.world import API, ISSUER, SECRET, Browser, World, answer

pytestmark = [pytest.mark.anyio, pytest.mark.wire("/api/v2/*")]

USER = "auth0|ada"
OF_ADA = "/grants?user_id=auth0%7Cada"
AS_THIRD = {"client_id": "third", "client_secret": SECRET}


async def allowed(world: World, **parameters: str) -> tuple[Browser, dict[str, Any]]:
    """Ada allows the third party what it asks for; her browser, and the tokens it got."""
    browser = world.browser()
    asked = {**THIRD, "scope": "openid offline_access", **parameters}
    page = await browser.sign_in(**asked)
    if page.status_code == 200:
        page = await browser.submit(page, action="accept")
    response = await browser.redeem(answer(page)["code"], redirect_uri=THIRD["redirect_uri"], **AS_THIRD)
    assert response.status_code == 200, response.text
    return browser, response.json()


async def can_refresh(browser: Browser, tokens: dict[str, Any]) -> bool:
    response = await refresh(browser, tokens["refresh_token"], **AS_THIRD)
    if response.status_code == 200:
        tokens |= response.json()
    return response.status_code == 200


async def test_consents_are_listed(world: World, robot: Caller) -> None:
    """What was allowed is listed with the wire's names: to whom, for what, which scopes."""
    await allowed(world, audience=API, scope="openid read:timesheets")
    await allowed(world)
    userinfo, api = sorted(await robot.read(OF_ADA), key=lambda each: str(each["audience"]), reverse=True)
    assert (api["clientID"], api["user_id"], api["audience"]) == ("third", USER, API)
    assert api["scope"] == ["openid", "read:timesheets"]
    assert userinfo["audience"] == f"{ISSUER}userinfo"
    assert api["id"] != userinfo["id"]


async def test_trusted_applications_have_none(world: World, robot: Caller) -> None:
    """An application that need not ask leaves no consent."""
    await signed_in(world)
    assert await robot.read("/grants") == []


async def test_pages_and_filters(world: World, robot: Caller) -> None:
    """The list is wrapped with totals, and narrowed by user, application and API."""
    await allowed(world, audience=API, scope="openid read:timesheets")
    await allowed(world)
    page = await robot.read(f"{OF_ADA}&include_totals=true&per_page=1&page=1")
    assert (page["start"], page["limit"], page["total"], len(page["grants"])) == (1, 1, 2, 1)
    for query, count in (
        ("client_id=third", 2),
        ("client_id=web", 0),
        (f"audience={API}", 1),
        (f"audience={ISSUER}userinfo", 1),
        ("user_id=nobody", 0),
    ):
        assert len(await robot.read(f"/grants?{query}")) == count


async def test_deleted_consent(world: World, robot: Caller) -> None:
    """A consent taken back takes along the refresh tokens got by it, and is asked for again."""
    browser, tokens = await allowed(world, audience=API, scope="openid offline_access read:timesheets")
    other_browser, others = await allowed(world)
    (consent,) = await robot.read(f"/grants?audience={API}")
    response = await robot.delete(f"/grants/{consent['id']}")
    assert (response.status_code, response.content) == (204, b"")
    assert not await can_refresh(browser, tokens)
    assert await can_refresh(other_browser, others)
    page = await browser.authorize(**THIRD, audience=API, scope="openid read:timesheets")
    assert 'id="consent-form"' in page.text
    assert refused(await robot.delete(f"/grants/{consent['id']}")) == (404, "inexistent_grant")


async def test_id_outlives_more_scopes(world: World, robot: Caller) -> None:
    """A consent keeps its id when more is allowed."""
    await allowed(world, scope="openid")
    (before,) = await robot.read(OF_ADA)
    await allowed(world, scope="openid email")
    (after,) = await robot.read(OF_ADA)
    assert (after["id"], after["scope"]) == (before["id"], ["email", "openid"])


async def test_all_of_a_user(world: World, robot: Caller) -> None:
    """All that a user allowed is taken back at once; their sign-ins at trusted applications go on."""
    browser, tokens = await allowed(world)
    ada = await signed_in(world)
    assert (await robot.delete(OF_ADA)).status_code == 204
    assert await robot.read(OF_ADA) == []
    assert not await can_refresh(browser, tokens)
    assert await ada.doors() == (True, True, True)
    assert refused(await robot.delete("/grants")) == (400, "invalid_query_string")


async def test_told_in_the_log(world: World, robot: Caller) -> None:
    """Taking back is told: by whom, of whom, to which application and API."""
    await allowed(world, audience=API, scope="openid read:timesheets")
    await robot.delete(OF_ADA)
    (entry,) = [each for each in await world.logs() if each.event == "UserAccessChanged"]
    assert (entry.description, entry.user_id) == ("Delete all grants of a user", USER)
    assert entry.details["grants"] == [{"client_id": "third", "audience": API}]

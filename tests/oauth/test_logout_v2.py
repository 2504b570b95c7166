"""Logout in the wire's manner: ``GET /v2/logout`` (the wire §2.9)."""

import pytest
from tests.login.visits import heading
from tests.support.protocol import is_shown, newest_log
from tests.support.world import Browser, World, answer, text_of

pytestmark = [pytest.mark.anyio, pytest.mark.wire("GET /v2/logout")]

HOME = "https://app.example.test/"
OFFICE = "https://office.example.test/"


async def is_signed_in(browser: Browser) -> bool:
    return "code" in answer(await browser.authorize(prompt="none"))


async def signed_in(world: World) -> Browser:
    await world.change_tenant(allowed_logout_urls=(OFFICE,))
    browser = world.browser()
    await browser.sign_in()
    return browser


async def test_back_to_the_application(world: World) -> None:
    """With a client's registered returnTo the session ends and the browser goes there."""
    browser = await signed_in(world)
    response = await browser.get(f"/v2/logout?client_id=web&returnTo={HOME}")
    assert (response.status_code, response.headers["location"]) == (302, HOME)
    assert response.headers["cache-control"] == "no-store"
    assert not await is_signed_in(browser)


@pytest.mark.wire("GET /logout")
@pytest.mark.parametrize(("target", "status"), [(HOME, 302), ("https://evil.test/", 400)])
async def test_older_address(world: World, target: str, status: int) -> None:
    """The address that older libraries send people to does the same, with the same refusals."""
    browser = await signed_in(world)
    response = await browser.get(f"/logout?client_id=web&returnTo={target}")
    assert response.status_code == status
    assert await is_signed_in(browser) == (status == 400)


async def test_federated_is_accepted(world: World) -> None:
    """The flag federated changes nothing where no upstream provider is."""
    browser = await signed_in(world)
    response = await browser.get(f"/v2/logout?federated&client_id=web&returnTo={HOME}")
    assert response.headers["location"] == HOME


async def test_without_a_client(world: World) -> None:
    """Without client_id the tenant's own list decides."""
    browser = await signed_in(world)
    assert (await browser.get(f"/v2/logout?returnTo={OFFICE}")).headers["location"] == OFFICE


async def test_nothing_asked(world: World) -> None:
    """Without returnTo the answer is OK, as the wire has it."""
    browser = await signed_in(world)
    response = await browser.get("/v2/logout")
    assert (response.status_code, response.text) == (200, "OK")
    assert not await is_signed_in(browser)


async def test_nothing_asked_by_a_person(world: World) -> None:
    """A browser that comes without returnTo gets a page."""
    browser = await signed_in(world)
    response = await browser.get("/v2/logout", headers={"accept": "text/html"})
    assert "You are signed out" in text_of(response)


async def test_cookie_is_taken_away(world: World) -> None:
    """The answer takes the session cookie back."""
    browser = await signed_in(world)
    cookies = (await browser.get("/v2/logout")).headers.get_list("set-cookie")
    assert cookies
    assert all("Max-Age=0" in cookie for cookie in cookies)


async def test_nobody_signed_in(world: World) -> None:
    """A browser without a session is sent on all the same."""
    response = await world.browser().get(f"/v2/logout?client_id=web&returnTo={HOME}")
    assert response.headers["location"] == HOME


WRONG = {
    "unregistered": ("client_id=web&returnTo=https://evil.test/", "https://evil.test/"),
    "the tenant's, with a client": (f"client_id=web&returnTo={OFFICE}", OFFICE),
    "the client's, without one": (f"returnTo={HOME}", HOME),
    "prefix": (f"client_id=web&returnTo={HOME}more", HOME + "more"),
    "without its slash": (f"client_id=web&returnTo={HOME[:-1]}", HOME),
    "query added": (f"client_id=web&returnTo={HOME}?x=1", HOME),
    "another's user information": ("client_id=web&returnTo=https://app.example.test@evil.test/", "evil"),
    "backslash": ("client_id=web&returnTo=https://app.example.test\\.evil.test/", "evil"),
    "scheme-relative": ("client_id=web&returnTo=//evil.test/", "evil.test"),
    "relative": ("client_id=web&returnTo=/evil", "/evil"),
    "javascript": ("client_id=web&returnTo=javascript:alert(1)", "javascript"),
    "newline": (f"client_id=web&returnTo={HOME}%0d%0aset-cookie:a=b", HOME),
    "unknown client": (f"client_id=nobody&returnTo={HOME}", "nobody"),
    "twice": (f"client_id=web&returnTo={HOME}&returnTo=https://evil.test/", "returnTo"),
    "client twice": (f"client_id=web&client_id=third&returnTo={HOME}", "client_id"),
    "not UTF-8": ("returnTo=%ff", "UTF-8"),
}


@pytest.mark.parametrize(("query", "words"), WRONG.values(), ids=WRONG.keys())
async def test_nowhere_else(world: World, query: str, words: str) -> None:
    """A returnTo that is not registered to the character is shown, and the session stays (CVE-2021-43812)."""
    browser = await signed_in(world)
    response = await browser.get("/v2/logout?" + query)
    assert is_shown(response)
    assert words in text_of(response)
    assert await is_signed_in(browser)


@pytest.mark.parametrize("query", [query for query, _ in WRONG.values()], ids=WRONG.keys())
async def test_refusal_is_a_failed_logout(world: World, query: str) -> None:
    """A refused logout says that it is one, and is on record as a failed logout and nothing else."""
    browser = await signed_in(world)
    before = await world.logs()
    response = await browser.get("/v2/logout?" + query)
    assert heading(response) == "This sign-out link does not work"
    (entry,) = (await world.logs())[: -len(before)]
    assert (entry.event, entry.type, entry.ip) == ("LogoutFailed", "flo", "203.0.113.7")


async def test_record_of_a_refusal(world: World) -> None:
    """The record of a refused logout names the application, the address seen and those allowed."""
    await world.browser().get("/v2/logout?client_id=web&returnTo=https://evil.test/")
    entry = await newest_log(world, "flo")
    assert (entry.client_id, entry.client_name) == ("web", "Web App")
    assert entry.details["returnTo seen"] == "https://evil.test/"
    assert entry.details["Allowed Logout URLs"] == HOME


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (f"client_id=web&returnTo={OFFICE}", "to the application's Allowed Logout URLs"),
        (f"returnTo={HOME}", "to the Allowed Logout URLs of the tenant"),
    ],
)
async def test_refusal_says_whose_list_to_change(world: World, query: str, words: str) -> None:
    """Without client_id it is the tenant's list that lacks the address, else the application's."""
    await world.change_tenant(allowed_logout_urls=(OFFICE,))
    assert words in text_of(await world.browser().get("/v2/logout?" + query))


async def test_registered_dangers_are_not_followed(world: World) -> None:
    """A javascript address is not followed even when it is registered."""
    await world.change_client("web", allowed_logout_urls=("javascript:alert(1)",))
    assert is_shown(await world.browser().get("/v2/logout?client_id=web&returnTo=javascript:alert(1)"))


async def test_on_record(world: World) -> None:
    """A logout is in the audit log with user, client and session."""
    browser = await signed_in(world)
    await browser.get(f"/v2/logout?client_id=web&returnTo={HOME}")
    entry = await newest_log(world, "slo")
    assert (entry.user_id, entry.client_id) == ("auth0|ada", "web")
    assert entry.session_id


async def test_other_browsers_stay(world: World) -> None:
    """Signing out here signs out nowhere else."""
    here, there = await signed_in(world), await signed_in(world)
    await here.get("/v2/logout")
    assert await is_signed_in(there)


async def test_stolen_cookie_is_worthless_afterwards(world: World) -> None:
    """A copy of the session cookie opens nothing after the logout."""
    browser = await signed_in(world)
    copy = world.browser()
    copy.client.cookies.update(browser.client.cookies)
    await browser.get("/v2/logout")
    assert not await is_signed_in(copy)

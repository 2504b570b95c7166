"""Consent: third-party clients ask, once for each scope; first-party clients do not, unless told to."""

import httpx2
import pytest
from tests.support.protocol import THIRD, newest_log, sign_in_to
from tests.support.world import API, SECRET, Browser, World, answer, claims_of, text_of

pytestmark = pytest.mark.anyio

READ = {**THIRD, "audience": API, "scope": "openid read:timesheets"}


def is_consent_page(page: httpx2.Response) -> bool:
    return 'id="consent-form"' in page.text


async def allow(browser: Browser, **parameters: str) -> str:
    """Signs in and allows; returns the code."""
    return answer(await browser.submit(await browser.sign_in(**parameters), action="accept"))["code"]


async def test_third_party_asks(world: World) -> None:
    """A third-party client's request shows its name and the words of each scope before any code."""
    page = await world.browser().sign_in(**READ)
    assert is_consent_page(page)
    told = text_of(page)
    assert "Third Party" in told
    assert "See your timesheets" in told
    assert "Confirm who you are" in told


async def test_allowed_scopes_are_granted(world: World) -> None:
    """What a person allows stands in the token."""
    browser = world.browser()
    code = await allow(browser, **READ)
    response = await browser.token(
        grant_type="authorization_code",
        code=code,
        client_id="third",
        client_secret=SECRET,
        redirect_uri=THIRD["redirect_uri"],
    )
    assert claims_of(response.json()["access_token"])["scope"] == "openid read:timesheets"


async def test_allowed_once(world: World) -> None:
    """What was allowed before is not asked again, not even of a silent request."""
    browser = world.browser()
    await allow(browser, **READ)
    assert "code" in answer(await browser.authorize(**READ))
    assert "code" in answer(await browser.authorize(**READ, prompt="none"))


async def test_allowed_in_another_browser(world: World) -> None:
    """A consent belongs to the person, not to the browser."""
    await allow(world.browser(), **READ)
    assert "code" in answer(await world.browser().sign_in(**READ))


async def test_less_than_allowed(world: World) -> None:
    """A request for fewer scopes than were allowed asks nothing."""
    browser = world.browser()
    await allow(browser, **READ)
    assert "code" in answer(await browser.authorize(**{**READ, "scope": "openid"}))


async def test_more_than_allowed(world: World) -> None:
    """A scope that was not allowed yet asks again."""
    browser = world.browser()
    await allow(browser, **READ)
    more = {**READ, "scope": "openid read:timesheets create:timesheets"}
    assert answer(await browser.authorize(**more, prompt="none"))["error"] == "consent_required"
    page = await browser.authorize(**more)
    assert is_consent_page(page)
    assert "Add a timesheet" in text_of(page)


async def test_consents_add_up(world: World) -> None:
    """A later consent adds to the earlier one."""
    browser = world.browser()
    await allow(browser, **READ)
    page = await browser.authorize(**{**READ, "scope": "openid create:timesheets"})
    await browser.submit(page, action="accept")
    both = {**READ, "scope": "openid read:timesheets create:timesheets"}
    assert "code" in answer(await browser.authorize(**both, prompt="none"))


async def test_consent_for_one_api_is_none_for_another(world: World) -> None:
    """Scopes allowed at one API say nothing about the userinfo endpoint alone."""
    browser = world.browser()
    await allow(browser, **READ)
    assert answer(await browser.authorize(**THIRD, prompt="none"))["error"] == "consent_required"


async def test_consent_of_one_user_is_none_of_another(world: World) -> None:
    """Each person decides for themselves."""
    await allow(world.browser(), **READ)
    await world.put_user("bob@example.test", subject="bob")
    page = await world.browser().sign_in("bob@example.test", **READ)
    assert is_consent_page(page)


async def test_refused_consent_is_not_remembered(world: World) -> None:
    """After a refusal the next request asks again."""
    browser = world.browser()
    page = await browser.sign_in(**READ)
    assert answer(await browser.submit(page, action="deny"))["error"] == "access_denied"
    assert is_consent_page(await browser.authorize(**READ))


async def test_only_accept_accepts(world: World) -> None:
    """A form without the button's name is no consent."""
    browser = world.browser()
    assert answer(await browser.submit(await browser.sign_in(**READ)))["error"] == "access_denied"


async def test_first_party_does_not_ask(world: World) -> None:
    """A first-party client gets the API's scopes without a question."""
    response = await world.browser().sign_in(audience=API, scope="openid read:timesheets")
    assert "code" in answer(response)


async def test_first_party_asks_where_the_api_says_so(world: World) -> None:
    """An API can want consent even for first-party clients."""
    await world.change_api(API, skip_consent_for_verifiable_first_party_clients=False)
    page = await world.browser().sign_in(audience=API, scope="openid read:timesheets")
    assert is_consent_page(page)


async def test_prompt_consent_always_asks(world: World) -> None:
    """prompt=consent asks a first-party client's user, and asks again what was allowed before."""
    browser = world.browser()
    page = await browser.sign_in(prompt="consent")
    assert is_consent_page(page)
    assert "code" in answer(await browser.submit(page, action="accept"))
    assert is_consent_page(await browser.authorize(prompt="consent"))


async def test_prompt_login_and_consent(world: World) -> None:
    """prompt=login consent asks for both, in this order."""
    browser = world.browser()
    await browser.sign_in()
    page = await browser.authorize(prompt="login consent")
    assert is_consent_page(await sign_in_to(browser, page))


async def test_scopes_nobody_has_are_not_asked(world: World) -> None:
    """The consent page does not ask for scopes that cannot be granted."""
    page = await world.browser().sign_in(**{**READ, "scope": "openid fly:to-the-moon"})
    assert "fly:to-the-moon" not in text_of(page)


async def test_offline_access_is_asked_where_it_can_be_had(world: World) -> None:
    """Access while the person is away is asked for where a refresh token can follow."""
    page = await world.browser().sign_in(**{**READ, "scope": "openid offline_access"})
    assert "Keep this access while you are not here" in text_of(page)


async def test_offline_access_is_not_asked_where_the_api_forbids_it(world: World) -> None:
    """Nobody is asked for access while away that the API does not allow."""
    await world.change_api(API, allow_offline_access=False)
    page = await world.browser().sign_in(**{**READ, "scope": "openid offline_access"})
    assert "Keep this access" not in text_of(page)


async def test_consent_is_on_record(world: World) -> None:
    """A consent is in the audit log with its scopes."""
    await allow(world.browser(), **READ)
    entry = next(e for e in await world.logs() if e.event == "ConsentGiven")
    assert entry.client_id == "third"
    assert entry.scope == "openid read:timesheets"


async def test_issued_code_is_on_record(world: World) -> None:
    """Each code is in the audit log with client, user, session and scopes, and without itself."""
    code = await allow(world.browser(), **READ)
    entry = await newest_log(world, "ssa")
    assert (entry.client_id, entry.user_id, entry.scope) == ("third", "auth0|ada", "openid read:timesheets")
    assert code not in str(entry)

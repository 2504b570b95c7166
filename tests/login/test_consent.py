"""May this application have that?"""

import asyncio

import httpx2
import pytest
from tests.support.world import API, PASSWORD, Browser, World, answer, text_of

from .visits import ADA, heading, href, is_done, value_of

pytestmark = pytest.mark.anyio
THIRD = {"client_id": "third", "redirect_uri": "https://third.example.test/callback"}
ASKS = "Third Party asks for access to your account"


def code_of(response: httpx2.Response) -> str:
    return answer(response)["code"]


async def consent_page(browser: Browser, **parameters: str) -> httpx2.Response:
    """The page, after a sign-in if one is needed."""
    page = await browser.authorize(**{**THIRD, **parameters})
    if heading(page).startswith("Sign in"):
        page = await browser.submit(page, username=ADA, password=PASSWORD)
    assert heading(page).endswith("asks for access to your account")
    return page


async def test_first_party_is_not_asked_about(world: World) -> None:
    """An application of the house gets its scopes without a question."""
    assert is_done(await world.browser().sign_in(scope="openid profile email"))


async def test_third_party_is_asked_about_in_words(world: World) -> None:
    """A foreign application's scopes are shown in the API's and our own words, with who is signed in."""
    page = await consent_page(
        world.browser(), scope="openid profile email read:timesheets offline_access", audience=API
    )
    text = text_of(page)
    for words in (
        "Confirm who you are",
        "See your profile: name and picture",
        "See your e-mail address",
        "See your timesheets",
        "Keep this access while you are not here",
        "Signed in as Ada Example",
    ):
        assert words in text


async def test_scope_without_words_shows_its_name(world: World) -> None:
    """A scope that its API does not describe is shown by its name."""
    api = await world.platform.apis.by_identifier(world.tenant_id, API)
    assert api is not None
    bare = tuple(type(scope)(value=scope.value) for scope in api.scopes)
    await world.change_api(API, scopes=bare)
    assert "read:timesheets" in text_of(
        await consent_page(world.browser(), scope="openid read:timesheets", audience=API)
    )


async def test_allowing_leads_to_the_application(world: World) -> None:
    """Whoever allows it arrives at the application with a code, and it is on record."""
    browser = world.browser()
    assert code_of(await browser.submit(await consent_page(browser), action="accept"))
    (entry,) = [entry for entry in await world.logs() if entry.event == "ConsentGiven"]
    assert (entry.user_id, entry.client_id, entry.scope) == ("auth0|ada", "third", "openid")


@pytest.mark.parametrize("action", ["deny", "default", "", "ACCEPT"])
async def test_anything_but_accept_is_a_no(world: World, action: str) -> None:
    """Only the accept button accepts; everything else tells the application access_denied."""
    browser = world.browser()
    found = answer(await browser.submit(await consent_page(browser), action=action))
    assert found["error"] == "access_denied"
    assert found["state"] == "the-state"
    assert "code" not in found
    assert [entry.event for entry in await world.logs()].count("ConsentRefused") == 1


async def test_no_is_not_remembered(world: World) -> None:
    """After a no the question comes again the next time."""
    browser = world.browser()
    await browser.submit(await consent_page(browser), action="deny")
    assert heading(await browser.authorize(**THIRD)) == ASKS


async def test_yes_is_remembered(world: World) -> None:
    """What was allowed is not asked for again, in any browser."""
    browser = world.browser()
    await browser.submit(await consent_page(browser, scope="openid email"), action="accept")
    assert code_of(await browser.authorize(**THIRD, scope="openid email"))
    assert code_of(await browser.authorize(**THIRD, scope="openid"))
    assert code_of(await world.browser().sign_in(**THIRD, scope="openid email"))


async def test_more_is_asked_for_again(world: World) -> None:
    """A scope that was not allowed yet brings the question back; what was allowed before is kept."""
    browser = world.browser()
    await browser.submit(await consent_page(browser, scope="openid email"), action="accept")
    page = await consent_page(browser, scope="openid profile")
    await browser.submit(page, action="accept")
    assert code_of(await browser.authorize(**THIRD, scope="openid email profile"))


async def test_consent_is_by_api(world: World) -> None:
    """What was allowed at one audience says nothing about another."""
    browser = world.browser()
    await browser.submit(await consent_page(browser), action="accept")
    page = await consent_page(browser, scope="openid read:timesheets", audience=API)
    assert "See your timesheets" in text_of(page)


async def test_consent_is_by_application(world: World) -> None:
    """What one application may have another one must ask for itself."""
    fourth = {"client_id": "fourth", "redirect_uri": "https://fourth.example.test/cb"}
    third = await world.platform.clients.get(world.tenant_id, "third")
    assert third is not None
    await world.put_client(
        type(third)(
            client_id="fourth",
            name="Fourth",
            callbacks=(fourth["redirect_uri"],),
            grant_types=third.grant_types,
            is_first_party=False,
        )
    )
    (connection,) = await world.platform.stores.connections.all(world.tenant_id)
    enabled = type(connection)(
        connection_id=connection.connection_id,
        name=connection.name,
        strategy=connection.strategy,
        enabled_clients=(*connection.enabled_clients, "fourth"),
    )
    await world.commit(world.platform.stores.connections.put(world.tenant_id, enabled))
    browser = world.browser()
    await browser.submit(await consent_page(browser), action="accept")
    assert heading(await browser.authorize(**fourth)) == "Fourth asks for access to your account"


@pytest.mark.parametrize("client", [THIRD, {}], ids=["third party", "first party"])
async def test_prompt_consent_always_asks(world: World, client: dict[str, str]) -> None:
    """prompt=consent asks whatever was allowed before, also for an application of the house."""
    browser = world.browser()
    for _ in range(2):
        page = await browser.authorize(**client, prompt="consent")
        if heading(page).startswith("Sign in"):
            page = await browser.submit(page, username=ADA, password=PASSWORD)
        assert "asks for access" in heading(page)
        assert code_of(await browser.submit(page, action="accept"))


async def test_consent_once_given_is_not_asked_twice_in_one_sign_in(world: World) -> None:
    """With prompt="login consent" there is one password page and one consent page."""
    browser = world.browser()
    page = await browser.authorize(**THIRD, prompt="login consent")
    page = await browser.submit(page, username=ADA, password=PASSWORD)
    assert heading(page) == ASKS
    assert code_of(await browser.submit(page, action="accept"))


async def test_double_click_gives_one_answer(world: World) -> None:
    """The consent form sent twice at once gives one consent; the slower click is told that all is done."""
    browser = world.browser()
    page = await consent_page(browser)
    answers = await asyncio.gather(
        browser.submit(page, action="accept"), browser.submit(page, action="accept")
    )
    codes = [response for response in answers if "code=" in response.headers.get("location", "")]
    assert len(codes) == 1
    others = [response for response in answers if response not in codes]
    assert all("location" in other.headers or heading(other) == "This sign-in is done" for other in others)


async def test_no_after_yes_changes_nothing(world: World) -> None:
    """Whoever goes back after the yes and presses no reads that the sign-in is done."""
    browser = world.browser()
    page = await consent_page(browser)
    await browser.submit(page, action="accept")
    again = await browser.submit(page, action="deny")
    assert heading(again) == "This sign-in is done"
    assert href(again, "continue") == "https://third.example.test"


async def test_consent_of_somebody_who_signed_out_is_not_taken(world: World) -> None:
    """Whoever signed out in another tab is asked to sign in again, and nothing is remembered."""
    browser = world.browser()
    page = await consent_page(browser)
    await browser.get("/v2/logout")
    assert heading(await browser.submit(page, action="accept")) == "Sign in to Third Party"
    consent = await world.platform.stores.consents.get(world.tenant_id, "auth0|ada", "third", "")
    assert consent is None


async def test_page_of_somebody_who_signed_out_shows_no_name(world: World) -> None:
    """After signing out in another tab the page no longer tells who was signed in."""
    browser = world.browser()
    page = await consent_page(browser)
    await browser.get("/v2/logout")
    again = await browser.follow(await browser.get("/u/consent?state=" + value_of(page, "state")))
    assert heading(again) == "Sign in to Third Party"
    assert "Ada" not in text_of(again)


@pytest.mark.parametrize("what", ["blocked", "deleted"])
async def test_consent_of_somebody_who_was_shut_out_is_not_taken(world: World, what: str) -> None:
    """CVE-2025-65430: a user who was blocked or deleted before the consent page cannot go on."""
    browser = world.browser()
    page = await consent_page(browser)
    if what == "blocked":
        await world.change_user("auth0|ada", blocked=True)
    else:
        await world.platform.users.delete(world.tenant_id, "auth0|ada")
    assert heading(await browser.submit(page, action="accept")) == "Sign in to Third Party"
    assert world.rows("SELECT count(*) FROM consents") == [(0,)]


async def test_page_shows_the_application_s_policies(world: World) -> None:
    """The consent page links to the application's privacy policy and terms."""
    await world.change_client(
        "third", policy_uri="https://third.example.test/privacy", tos_uri="https://third.example.test/terms"
    )
    page = await consent_page(world.browser())
    assert 'href="https://third.example.test/privacy"' in page.text
    assert 'href="https://third.example.test/terms"' in page.text


async def test_form_may_lead_to_the_application(world: World) -> None:
    """The page's policy does not hold back the redirect to the application that follows its form."""
    page = await consent_page(world.browser())
    assert "form-action" not in page.headers["content-security-policy"]

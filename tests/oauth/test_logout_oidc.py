"""RP-initiated logout: each module of the certification plan, and what it leaves open."""

from urllib.parse import urlencode

import httpx2
import pytest
from tests.login.visits import heading
from tests.support.protocol import encoded, is_shown, newest_log
from tests.support.world import ISSUER, Browser, World, answer, claims_of, forms, text_of

from gatewright.jose import sign_with_secret

pytestmark = [pytest.mark.anyio, pytest.mark.wire("GET /oidc/logout", "POST /oidc/logout")]

HOME = "https://app.example.test/"


async def signed_in(world: World) -> tuple[Browser, str]:
    """A signed-in browser and its id_token."""
    browser = world.browser()
    return browser, (await browser.tokens())["id_token"]


async def logout(browser: Browser, **parameters: str) -> httpx2.Response:
    return await browser.get("/oidc/logout?" + urlencode(parameters))


async def is_signed_in(browser: Browser) -> bool:
    return "code" in answer(await browser.authorize(prompt="none"))


def asks(page: httpx2.Response) -> bool:
    return page.status_code == 200 and "Sign out?" in text_of(page)


def is_done(page: httpx2.Response) -> bool:
    return page.status_code == 200 and "You are signed out" in text_of(page)


async def test_rp_initiated_logout(world: World) -> None:
    """With hint, registered address and state the browser goes back with that state and nothing else."""
    browser, hint = await signed_in(world)
    response = await logout(browser, id_token_hint=hint, post_logout_redirect_uri=HOME, state="s & t")
    assert response.status_code in (302, 303)
    assert response.headers["location"] == HOME + "?state=s+%26+t"
    assert not await is_signed_in(browser)


async def test_rp_initiated_logout_no_state(world: World) -> None:
    """Without state the browser goes back without state."""
    browser, hint = await signed_in(world)
    response = await logout(browser, id_token_hint=hint, post_logout_redirect_uri=HOME)
    assert response.headers["location"] == HOME
    assert not await is_signed_in(browser)


async def test_rp_initiated_logout_by_post(world: World) -> None:
    """The request may come as a form POST."""
    browser, hint = await signed_in(world)
    body = {"id_token_hint": hint, "post_logout_redirect_uri": HOME, "state": "x"}
    response = await browser.post("/oidc/logout", data=body)
    assert response.headers["location"] == HOME + "?state=x"
    assert not await is_signed_in(browser)


@pytest.mark.parametrize(
    "uri", ["https://evil.test/", HOME + "?foo=bar", HOME + "x", HOME[:-1], "javascript:alert(1)"]
)
async def test_rp_initiated_logout_bad_post_logout_redirect_uri(world: World, uri: str) -> None:
    """An address that is not registered to the character is shown on a page, and the session stays."""
    browser, hint = await signed_in(world)
    response = await logout(browser, id_token_hint=hint, post_logout_redirect_uri=uri)
    assert is_shown(response)
    assert uri in text_of(response)
    assert HOME in text_of(response)
    assert await is_signed_in(browser)


async def test_rp_initiated_logout_modified_id_token_hint(world: World) -> None:
    """A hint whose signature was taken off is shown on a page."""
    browser, hint = await signed_in(world)
    unsigned = f"{encoded({'alg': 'none', 'typ': 'JWT'})}.{hint.split('.')[1]}."
    assert is_shown(await logout(browser, id_token_hint=unsigned, post_logout_redirect_uri=HOME))
    assert await is_signed_in(browser)


async def test_rp_initiated_logout_bad_id_token_hint(world: World) -> None:
    """A hint that the client made itself is shown on a page."""
    browser, hint = await signed_in(world)
    own = sign_with_secret({**claims_of(hint), "iss": "web", "aud": ISSUER}, b"k" * 32)
    assert is_shown(await logout(browser, id_token_hint=own, post_logout_redirect_uri=HOME))
    assert await is_signed_in(browser)


async def test_rp_initiated_logout_no_id_token_hint(world: World) -> None:
    """Without a hint the person is asked, and the browser is not sent to an address of nobody."""
    browser, _ = await signed_in(world)
    page = await logout(browser, post_logout_redirect_uri=HOME)
    assert asks(page)
    assert is_done(await browser.submit(page, action="accept"))
    assert not await is_signed_in(browser)


@pytest.mark.parametrize("parameters", [{}, {"state": "x"}, {"ui_locales": "en"}])
async def test_rp_initiated_logout_no_params(world: World, parameters: dict[str, str]) -> None:
    """With nothing, or state alone, the person is asked, and then told that they are signed out."""
    browser, _ = await signed_in(world)
    page = await logout(browser, **parameters)
    assert asks(page)
    assert is_done(await browser.submit(page, action="accept"))
    assert not await is_signed_in(browser)


async def test_rp_initiated_logout_no_post_logout_redirect_uri(world: World) -> None:
    """With a hint alone the session ends, and a page says so."""
    browser, hint = await signed_in(world)
    assert is_done(await logout(browser, id_token_hint=hint))
    assert not await is_signed_in(browser)


async def test_person_who_stays(world: World) -> None:
    """Whoever does not want to sign out stays signed in."""
    browser, _ = await signed_in(world)
    page = await browser.submit(await logout(browser), action="deny")
    assert page.status_code == 200
    assert "You are still signed in" in text_of(page)
    assert "Reference for support" not in text_of(page)
    assert await is_signed_in(browser)


async def test_question_names_the_account(world: World) -> None:
    """The question says who is signed in."""
    browser, _ = await signed_in(world)
    assert "Ada Example" in text_of(await logout(browser))


async def test_client_instead_of_a_hint(world: World) -> None:
    """With client_id the person is asked, and then goes back to that client's address with state."""
    browser, _ = await signed_in(world)
    page = await logout(browser, client_id="web", post_logout_redirect_uri=HOME, state="x")
    assert asks(page)
    response = await browser.submit(page, action="accept")
    assert response.headers["location"] == HOME + "?state=x"
    assert not await is_signed_in(browser)


async def test_hint_of_another_client(world: World) -> None:
    """A hint and a client_id that disagree are shown on a page."""
    browser, hint = await signed_in(world)
    assert is_shown(await logout(browser, id_token_hint=hint, client_id="third"))
    assert await is_signed_in(browser)


async def test_hint_of_another_user(world: World) -> None:
    """A hint for somebody else does not sign out the person here without asking."""
    await world.put_user("bob@example.test", subject="bob")
    bob = world.browser()
    await bob.sign_in("bob@example.test")
    hint = (await bob.redeem(answer(await bob.authorize())["code"])).json()["id_token"]
    ada, _ = await signed_in(world)
    assert asks(await logout(ada, id_token_hint=hint))
    assert await is_signed_in(ada)


async def test_expired_hint(world: World) -> None:
    """An expired id_token still is a hint (RP-Initiated Logout §2)."""
    browser, hint = await signed_in(world)
    world.clock.advance(40_000)
    response = await logout(browser, id_token_hint=hint, post_logout_redirect_uri=HOME)
    assert response.headers["location"] == HOME


async def test_access_token_is_no_hint(world: World) -> None:
    """An access token does not stand for an id_token."""
    browser = world.browser()
    tokens = await browser.tokens(audience="https://api.example.test/timesheets")
    assert is_shown(await logout(browser, id_token_hint=tokens["access_token"]))


async def test_nobody_signed_in(world: World) -> None:
    """A browser without a session is sent back, or told, without a question."""
    browser, hint = await signed_in(world)
    other = world.browser()
    response = await logout(other, id_token_hint=hint, post_logout_redirect_uri=HOME)
    assert response.headers["location"] == HOME
    assert is_done(await logout(other))
    assert await is_signed_in(browser)


@pytest.mark.parametrize(
    "query",
    [
        "client_id=nobody",
        "state=a&state=b",
        f"client_id=web&post_logout_redirect_uri={HOME}&post_logout_redirect_uri=https://evil.test/",
        "id_token_hint=nonsense",
        "id_token_hint=%ff",
        "state=a%00",
    ],
)
async def test_malformed(world: World, query: str) -> None:
    """What cannot be understood is shown on a page, and the session stays."""
    browser, _ = await signed_in(world)
    assert is_shown(await browser.get("/oidc/logout?" + query))
    assert await is_signed_in(browser)


@pytest.mark.parametrize(
    "query",
    [
        "client_id=nobody",
        "state=a&state=b",
        "id_token_hint=nonsense",
        "client_id=web&post_logout_redirect_uri=https://evil.test/",
    ],
)
async def test_refusal_is_a_failed_logout(world: World, query: str) -> None:
    """A refused logout says that it is one, and is on record as a failed logout and no failed sign-in."""
    page = await world.browser().get("/oidc/logout?" + query)
    assert heading(page) == "This sign-out link does not work"
    assert [(entry.event, entry.type) for entry in await world.logs()] == [("LogoutFailed", "flo")]


async def test_record_of_a_wrong_hint_says_why(world: World) -> None:
    """The record of a refused hint tells what the verifier found, and holds no token."""
    browser, hint = await signed_in(world)
    signature = hint.rpartition(".")[2]
    forged = hint.removesuffix(signature) + "A" * len(signature)
    await logout(browser, id_token_hint=forged)
    entry = await newest_log(world, "flo")
    assert entry.details["What was wrong"] == "Its signature does not fit."
    assert "signature" in entry.details["detail"]
    assert forged not in str(entry)


async def test_form_with_a_wrong_target_is_a_failed_logout(world: World) -> None:
    """The form that confirms a logout is refused as one, too."""
    browser, _ = await signed_in(world)
    page = await logout(browser, client_id="web", post_logout_redirect_uri=HOME)
    page = await browser.submit(page, action="accept", post_logout_redirect_uri="https://evil.test/")
    assert heading(page) == "This sign-out link does not work"
    assert (await newest_log(world, "flo")).client_id == "web"


async def test_person_who_stays_did_not_fail(world: World) -> None:
    """Whoever decides to stay signed in leaves no failed logout behind."""
    browser, _ = await signed_in(world)
    await browser.submit(await logout(browser), action="deny")
    assert "flo" not in [entry.type for entry in await world.logs()]


async def test_form_without_proof(world: World) -> None:
    """A confirmation that no page of ours sent is not believed: the person is asked (CSRF)."""
    browser, _ = await signed_in(world)
    for body in ({"action": "accept"}, {"action": "accept", "_csrf": "guess"}):
        page = await browser.post("/u/logout", data=body)
        assert asks(page)
    assert await is_signed_in(browser)


async def test_form_from_another_origin(world: World) -> None:
    """A confirmation with the right token but from another origin is not believed."""
    browser, _ = await signed_in(world)
    fields = forms(await logout(browser))[0]["fields"]
    response = await browser.post(
        "/u/logout", data={**fields, "action": "accept"}, headers={"origin": "https://evil.test"}
    )
    assert asks(response)
    assert await is_signed_in(browser)


async def test_form_with_another_target(world: World) -> None:
    """The address is checked again when the form comes back."""
    browser, _ = await signed_in(world)
    page = await logout(browser, client_id="web", post_logout_redirect_uri=HOME)
    response = await browser.submit(page, action="accept", post_logout_redirect_uri="https://evil.test/")
    assert is_shown(response)
    assert await is_signed_in(browser)


async def test_question_in_the_language_asked_for(world: World) -> None:
    """The question speaks the language of ui_locales."""
    browser, _ = await signed_in(world)
    assert '<html lang="de"' in (await logout(browser, ui_locales="de")).text


@pytest.mark.parametrize(
    ("answered", "words"), [("deny", "Sie sind noch angemeldet"), ("accept", "Sie sind abgemeldet")]
)
async def test_answer_in_the_language_asked_for(world: World, answered: str, words: str) -> None:
    """What follows the question speaks its language, whatever the browser prefers."""
    browser, _ = await signed_in(world)
    page = await browser.submit(await logout(browser, ui_locales="de"), action=answered)
    assert words in text_of(page)


async def test_error_in_the_language_asked_for(world: World) -> None:
    """A refused logout speaks the language of ui_locales."""
    page = await logout(world.browser(), client_id="nobody", ui_locales="de")
    assert "Diese Anwendung ist hier nicht bekannt." in text_of(page)


async def test_question_cannot_be_framed(world: World) -> None:
    """The question forbids framing, so nobody is tricked into the click."""
    browser, _ = await signed_in(world)
    page = await logout(browser)
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]

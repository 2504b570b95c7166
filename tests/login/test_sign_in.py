"""Identifier and password, as people type them."""

import asyncio

import httpx2
import pytest
from tests.support.world import PASSWORD, World, answer, claims_of, text_of

from gatewright.kernel.errors import Unavailable
from gatewright.users.passwords import Verdict

from .visits import ADA, alert, codes_of, has, heading, href, is_done, sign_up_page, value_of

pytestmark = pytest.mark.anyio


async def test_right_password_leads_to_the_application(world: World) -> None:
    """Whoever types the right password arrives at the application with a code."""
    assert is_done(await world.browser().sign_in())


async def test_sign_in_is_on_record_with_the_user_and_the_session(world: World) -> None:
    """A sign-in counts, and is recorded with user, client, connection and session."""
    await world.browser().sign_in()
    user = await world.platform.users.get(world.tenant_id, "auth0|ada")
    assert user is not None
    assert (user.logins_count, user.last_login, user.last_ip) == (1, world.clock.now(), "203.0.113.7")
    (entry,) = [entry for entry in await world.logs() if entry.event == "LoginSucceeded"]
    assert (entry.type, entry.user_id, entry.client_id) == ("s", "auth0|ada", "web")
    assert entry.connection == "Username-Password-Authentication"
    assert entry.session_id
    assert entry.ip == "203.0.113.7"


@pytest.mark.parametrize(
    "typed",
    ["ADA@Example.TEST", "  ada@example.test ", "ａｄａ@example.test", "ada＠example.test"],
    ids=["case", "space", "full-width letters", "full-width at"],
)
async def test_addresses_are_compared_normalised(world: World, typed: str) -> None:
    """An address is recognised whatever its case, surrounding space or width (NFKC)."""
    assert is_done(await world.browser().sign_in(typed))


def _answer(page: httpx2.Response) -> tuple[int, str, str]:
    return page.status_code, alert(page), heading(page)


@pytest.mark.parametrize("password", ["wrong", "", PASSWORD.lower(), PASSWORD + " "])
async def test_wrong_password_and_unknown_user_get_the_same_answer(world: World, password: str) -> None:
    """CVE class "user enumeration": what is answered does not tell whether somebody has the address."""
    known = await world.browser().sign_in(ADA, password)
    unknown = await world.browser().sign_in("nobody@example.test", password)
    assert _answer(known) == _answer(unknown)
    assert _answer(known)[:2] == (400, "Wrong email or password.")


async def test_unknown_user_costs_a_hash_like_a_known_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CVE class "timing": the password of nobody is compared with a hash, once, as anybody's is."""
    work: list[str | None] = []
    verify = world.platform.hasher.check

    async def counted(password: str, stored: str | None) -> Verdict:
        work.append(stored)
        return await verify(password, stored)

    monkeypatch.setattr(world.platform.hasher, "check", counted)
    await world.browser().sign_in("nobody@example.test", PASSWORD)
    await world.browser().sign_in(ADA, "wrong")
    assert [stored is None for stored in work] == [True, False]


async def test_refused_form_keeps_the_address_and_forgets_the_password(world: World) -> None:
    """After a wrong password the address stands in its field again and the password does not."""
    page = await world.browser().sign_in(ADA, "wrong-password-1")
    assert value_of(page, "username") == ADA
    assert "wrong-password-1" not in page.text


async def test_wrong_password_is_on_record_without_it(world: World) -> None:
    """A wrong password is recorded with what was typed as identifier, and never with the password."""
    await world.browser().sign_in(ADA, "wrong-password-1")
    entry = (await world.logs())[0]
    assert (entry.type, entry.user_name) == ("fp", ADA)
    assert "wrong-password-1" not in str(entry)


async def test_blocked_user_learns_it_only_with_the_right_password(world: World) -> None:
    """A blocked account says so to whoever has its password, and to nobody else."""
    await world.change_user("auth0|ada", blocked=True)
    right = await world.browser().sign_in()
    wrong = await world.browser().sign_in(password="wrong")
    assert alert(right) == "This account is blocked. Please contact the administrator."
    assert alert(wrong) == "Wrong email or password."
    assert "__Host-gw_session" not in right.headers.get("set-cookie", "")


async def test_user_removed_while_signing_in_gets_no_session(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A user who is removed between the comparison and the session is asked to try again, and is nobody."""
    verify = world.platform.hasher.check

    async def removed_meanwhile(password: str, stored: str | None) -> Verdict:
        result = await verify(password, stored)
        await world.platform.users.delete(world.tenant_id, "auth0|ada")
        return result

    monkeypatch.setattr(world.platform.hasher, "check", removed_meanwhile)
    browser = world.browser()
    page = await browser.sign_in()
    assert page.status_code == 503
    again = await browser.submit(page, username=ADA, password=PASSWORD)
    assert alert(again) == "Wrong email or password."


async def test_full_hasher_says_when_to_come_back(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the hasher's queue a person gets 503, Retry-After and the page with a message."""

    async def busy(password: str, stored: str | None) -> Verdict:
        raise Unavailable("too many sign-ins at once", retry_after=1)

    monkeypatch.setattr(world.platform.hasher, "check", busy)
    page = await world.browser().sign_in()
    assert (page.status_code, page.headers["retry-after"]) == (503, "1")
    assert alert(page) == "Many people are signing in right now. Try again in a moment."
    assert value_of(page, "username") == ADA


async def test_one_account_signs_in_from_many_browsers_at_once(world: World) -> None:
    """Eight browsers that sign in to one account in the same moment all get in."""
    answers = await asyncio.gather(*(world.browser().sign_in() for _ in range(8)))
    assert all(is_done(response) for response in answers)
    assert len(await world.platform.stores.sessions.of_user(world.tenant_id, "auth0|ada")) == 8


async def test_login_hint_stands_in_its_field(world: World) -> None:
    """login_hint fills the identifier, and the cursor waits at the password."""
    page = await world.browser().authorize(login_hint="ada@example.test")
    assert value_of(page, "username") == "ada@example.test"
    assert page.text.count("autofocus") == 1
    assert 'name="password"' in page.text.partition("autofocus")[0].rpartition("<input")[2]


async def test_username_opens_where_the_connection_has_them(world: World) -> None:
    """With requires_username a person signs in by username as well as by address."""
    await world.change_connection(requires_username=True)
    browser = world.browser()
    page = await sign_up_page(browser)
    await browser.submit(page, email="cy@example.test", username="Cy_1", password=PASSWORD)
    assert is_done(await world.browser().sign_in("cy_1"))
    assert is_done(await world.browser().sign_in("CY@example.test"))


async def test_screen_hint_opens_the_sign_up_page_once(world: World) -> None:
    """screen_hint=signup shows sign-up first, from where the sign-in page can be reached."""
    browser = world.browser()
    page = await browser.authorize(screen_hint="signup")
    assert heading(page) == "Create your account"
    back = await browser.follow(await browser.get(href(page, "login-link")))
    assert heading(back) == "Sign in to Web App"
    assert is_done(await browser.submit(back, username=ADA, password=PASSWORD))


async def test_screen_hint_where_sign_up_is_closed_opens_sign_in(world: World) -> None:
    """screen_hint=signup where nobody may sign up shows the sign-in page."""
    await world.change_connection(disable_signup=True)
    page = await world.browser().authorize(screen_hint="signup")
    assert heading(page) == "Sign in to Web App"
    assert not has(page, "signup-link")


async def test_pages_that_are_closed_are_not_offered(world: World) -> None:
    """Where sign-up and reset are switched off the sign-in page has no link to them."""
    await world.change_connection(disable_signup=True, disable_self_service_change_password=True)
    page = await world.browser().authorize()
    assert not has(page, "signup-link")
    assert not has(page, "reset-link")


async def test_application_without_connections_says_what_to_change(world: World) -> None:
    """An application nobody can sign in to gets a page that names the setting, and a way back."""
    (connection,) = await world.platform.stores.connections.all(world.tenant_id)
    await world.commit(world.platform.stores.connections.delete(world.tenant_id, connection.connection_id))
    page = await world.browser().authorize()
    assert heading(page) == "Nobody can sign in here yet"
    assert "enabled_clients" in text_of(page)
    assert href(page, "back") == "https://app.example.test"


async def test_hinted_person_and_nobody_else_gets_in(world: World) -> None:
    """With an id_token_hint somebody else is told that another account is expected."""
    browser = world.browser()
    tokens = await browser.tokens()
    await world.put_user("bob@example.test", subject="bob")
    stranger = world.browser()
    page = await stranger.sign_in("bob@example.test", id_token_hint=tokens["id_token"])
    assert alert(page) == "The application expects another account. Sign in with that one."
    assert is_done(await stranger.submit(page, username=ADA, password=PASSWORD))


async def test_prompt_login_asks_again_and_renews_the_proof(world: World) -> None:
    """prompt=login asks for the password in spite of a session, and auth_time is that of the new proof."""
    browser = world.browser()
    before = claims_of((await browser.tokens(max_age="3600"))["id_token"])
    world.clock.advance(60)
    page = await browser.authorize(prompt="login", max_age="3600")
    assert heading(page) == "Sign in to Web App"
    code = answer(await browser.submit(page, username=ADA, password=PASSWORD))["code"]
    after = claims_of((await browser.redeem(code)).json()["id_token"])
    assert after["auth_time"] == before["auth_time"] + 60
    assert after["sid"] != before["sid"]


async def test_sign_in_events_come_in_order(world: World) -> None:
    """A sign-in is recorded before the authorization that follows from it."""
    await world.browser().sign_in()
    assert (await codes_of(world))[-2:] == ["LoginSucceeded", "Authorized"]

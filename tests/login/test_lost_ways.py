"""Two tabs, the back button, reload, lost cookies, expired transactions: each ends well."""

import asyncio
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from tests.support.protocol import PKCE
from tests.support.world import PASSWORD, Browser, World, answer, forms, text_of

from gatewright.login.transaction import LIFETIME, MEMORY

from .visits import ADA, alert, has, heading, href, is_done, state_of, value_of

pytestmark = pytest.mark.anyio

EXPIRED = "That sign-in had expired. Here is a fresh one."
NO_COOKIE = "Your browser did not remember that sign-in. Here is a fresh one."
OTHER_BROWSER = "That sign-in was begun in another browser. Here is a fresh one."


async def arrives(browser: Browser, page: httpx2.Response) -> bool:
    """Whether signing in on the page ends at the application."""
    return is_done(await browser.submit(page, username=ADA, password=PASSWORD))


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["first opened first", "last opened first"])
async def test_two_tabs_both_arrive(world: World, order: tuple[int, int]) -> None:
    """Two tabs opened at the same application both arrive, whichever is finished first."""
    browser = world.browser()
    tabs = [await browser.authorize(state=f"tab-{number}") for number in range(2)]
    for number in order:
        done = await browser.submit(tabs[number], username=ADA, password=PASSWORD)
        assert answer(done)["state"] == f"tab-{number}"
        assert "code" in answer(done)


async def test_second_tab_goes_on_when_it_is_looked_at_again(world: World) -> None:
    """Once signed in in one tab, a reload of the other tab's sign-in page arrives without a password."""
    browser = world.browser()
    first, second = [await browser.authorize(state=f"tab-{number}") for number in range(2)]
    await browser.submit(first, username=ADA, password=PASSWORD)
    done = await browser.follow(await browser.get("/u/login?state=" + state_of(second)))
    assert answer(done)["state"] == "tab-1"
    assert len(await world.platform.stores.sessions.of_user(world.tenant_id, "auth0|ada")) == 1


async def test_second_tab_takes_whom_it_is_told(world: World) -> None:
    """A form that was filled in for another account signs in that account, not the one of the other tab."""
    await world.put_user("bob@example.test", subject="bob")
    browser = world.browser()
    first, second = await browser.authorize(), await browser.authorize()
    await browser.submit(first, username=ADA, password=PASSWORD)
    assert is_done(await browser.submit(second, username="bob@example.test", password=PASSWORD))
    assert len(await world.platform.stores.sessions.of_user(world.tenant_id, "auth0|bob")) == 1


@pytest.mark.parametrize("wish", [{"prompt": "login"}, {"prompt": "select_account"}, {"max_age": "1"}])
async def test_second_tab_that_wants_more_than_a_session_keeps_asking(
    world: World, wish: dict[str, str]
) -> None:
    """A tab that wants a fresh proof or a choice does not take the other tab's session for it."""
    browser = world.browser()
    await browser.sign_in()
    world.clock.advance(10)
    waiting = await browser.authorize(**wish)
    await browser.submit(await browser.authorize(prompt="login"), username=ADA, password=PASSWORD)
    path = urlsplit(forms(waiting)[0]["action"]).path
    shown = await browser.follow(await browser.get(f"{path}?state={state_of(waiting)}"))
    assert heading(shown) in ("Sign in to Web App", "Choose an account")


async def test_session_of_a_connection_the_application_has_not_is_not_taken(world: World) -> None:
    """A session that the application's users cannot come from never sends the browser in circles."""
    browser = world.browser()
    (connection,) = await world.platform.stores.connections.all(world.tenant_id)
    other = type(connection)(
        connection_id="con_other", name="Others", strategy="auth0", enabled_clients=("third",)
    )
    await world.commit(world.platform.stores.connections.put(world.tenant_id, other))
    await browser.sign_in()
    moved = type(connection)(
        connection_id="con_db", name=connection.name, strategy="auth0", enabled_clients=("web",)
    )
    await world.commit(world.platform.stores.connections.put(world.tenant_id, moved))
    page = await browser.authorize(client_id="third", redirect_uri="https://third.example.test/callback")
    assert heading(page) == "Sign in to Third Party"


async def test_back_button_after_signing_in(world: World) -> None:
    """Going back to a finished sign-in page says so and leads to the application."""
    browser = world.browser()
    page = await browser.authorize()
    await browser.submit(page, username=ADA, password=PASSWORD)
    again = await browser.follow(await browser.get("/u/login?state=" + state_of(page)))
    assert (again.status_code, heading(again)) == (200, "This sign-in is done")
    assert "Go on in Web App." in text_of(again)
    assert href(again, "continue") == "https://app.example.test"


async def test_form_sent_again_after_signing_in(world: World) -> None:
    """Sending a finished form again says that it is done, and gives no second code."""
    browser = world.browser()
    page = await browser.authorize()
    await browser.submit(page, username=ADA, password=PASSWORD)
    again = await browser.submit(page, username=ADA, password=PASSWORD)
    assert heading(again) == "This sign-in is done"
    assert [entry.event for entry in await world.logs()].count("Authorized") == 1


async def test_back_button_leads_where_the_application_wants(world: World) -> None:
    """An application with an initiate_login_uri gets its people back there."""
    await world.change_client("web", initiate_login_uri="https://app.example.test/start")
    browser = world.browser()
    page = await browser.authorize()
    await browser.submit(page, username=ADA, password=PASSWORD)
    again = await browser.get("/u/login?state=" + state_of(page))
    assert href(again, "continue") == "https://app.example.test/start"


async def test_double_click_on_sign_in(world: World) -> None:
    """The sign-in form sent twice at once makes one session and gives one code."""
    browser = world.browser()
    page = await browser.authorize()
    data = {**forms(page)[0]["fields"], "username": ADA, "password": PASSWORD}
    answers = await asyncio.gather(browser.post("/u/login", data=data), browser.post("/u/login", data=data))
    assert [each.status_code for each in answers] == [303, 303]
    assert len(await world.platform.stores.sessions.of_user(world.tenant_id, "auth0|ada")) == 1
    assert is_done(await browser.follow(answers[1]))


async def test_resume_opened_twice_at_once(world: World) -> None:
    """The way back opened twice at once gives one code."""
    browser = world.browser()
    page = await browser.authorize()
    data = {**forms(page)[0]["fields"], "username": ADA, "password": PASSWORD}
    resume = (await browser.post("/u/login", data=data)).headers["location"]
    answers = await asyncio.gather(browser.get(resume), browser.get(resume))
    assert sum(is_done(each) for each in answers) == 1


async def test_resume_before_signing_in(world: World) -> None:
    """CVE-2026-49443: whoever opens the way back without signing in is sent to the sign-in page."""
    browser = world.browser()
    page = await browser.authorize()
    shown = await browser.follow(await browser.get("/authorize/resume?state=" + state_of(page)))
    assert heading(shown) == "Sign in to Web App"


@pytest.mark.parametrize("path", ["/u/consent", "/u/select-account"])
async def test_step_that_is_not_due(world: World, path: str) -> None:
    """CVE-2026-49443: opening or sending a step that is not due leads to the one that is."""
    browser = world.browser()
    page = await browser.authorize()
    opened = await browser.follow(await browser.get(f"{path}?state={state_of(page)}"))
    assert heading(opened) == "Sign in to Web App"
    fields = {**forms(page)[0]["fields"], "action": "accept", "session": "current"}
    sent = await browser.follow(await browser.post(path, data=fields))
    assert heading(sent) == "Sign in to Web App"
    assert world.rows("SELECT count(*) FROM sessions") == [(0,)]


async def test_expired_sign_in_begins_anew_with_a_message(world: World) -> None:
    """An hour later the same request begins anew, says why, and arrives."""
    browser = world.browser()
    page = await browser.authorize(state="kept", scope="openid email")
    world.clock.advance(LIFETIME)
    for fresh in (
        await browser.follow(await browser.get("/u/login?state=" + state_of(page))),
        await browser.submit(page, username=ADA, password=PASSWORD),
    ):
        assert heading(fresh) == "Sign in to Web App"
        assert EXPIRED in text_of(fresh)
    done = await browser.submit(fresh, username=ADA, password=PASSWORD)
    assert answer(done)["state"] == "kept"


async def test_message_of_a_fresh_start_gives_way_to_an_error(world: World) -> None:
    """A wrong password on the fresh page shows the error and no longer the message."""
    browser = world.browser()
    page = await browser.authorize()
    world.clock.advance(LIFETIME)
    fresh = await browser.submit(page, username=ADA, password=PASSWORD)
    wrong = await browser.submit(fresh, username=ADA, password="wrong")
    assert alert(wrong)
    assert EXPIRED not in text_of(wrong)


async def test_last_second_still_counts(world: World) -> None:
    """One second before its end a sign-in still arrives."""
    browser = world.browser()
    page = await browser.authorize()
    world.clock.advance(LIFETIME - 1)
    assert await arrives(browser, page)


async def test_forgotten_sign_in_leads_somewhere(world: World) -> None:
    """A sign-in that is no longer remembered gets a page that says so, with the tenant's way on."""
    await world.change_tenant(default_redirection_uri="https://www.example.test/")
    browser = world.browser()
    page = await browser.authorize()
    world.clock.advance(LIFETIME + MEMORY)
    await world.platform.housekeeping.sweep()
    lost = await browser.get("/u/login?state=" + state_of(page))
    assert (lost.status_code, heading(lost)) == (404, "This page has nothing to show")
    assert href(lost, "back") == "https://www.example.test/"


@pytest.mark.parametrize(
    "query", ["", "?state=", "?state=x", "?state=" + "A" * 43, "?state=%00%ff", "?other=1"]
)
async def test_no_such_sign_in(world: World, query: str) -> None:
    """Without a sign-in that we know, each page says that it has nothing to show."""
    for path in ("/u/login", "/u/signup", "/u/consent", "/u/select-account", "/u/reset-password"):
        page = await world.browser().get(path + query)
        assert (page.status_code, heading(page)) == (404, "This page has nothing to show")


async def test_lost_cookie_begins_anew_with_a_message(world: World) -> None:
    """A browser that lost its cookie begins the same request anew, is told, and arrives."""
    browser = world.browser()
    page = await browser.authorize()
    browser.client.cookies.clear()
    fresh = await browser.submit(page, username=ADA, password=PASSWORD)
    assert NO_COOKIE in text_of(fresh)
    assert await arrives(browser, fresh)


async def test_blocked_cookies_end_at_a_page_that_says_so(world: World) -> None:
    """A browser that keeps no cookies gets, after one fresh start, a page that says so and leads on."""
    browser = CookielessBrowser(world.app)
    page = await browser.authorize()
    assert (page.status_code, heading(page)) == (400, "Your browser keeps no cookies")
    again = urlsplit(href(page, "continue"))
    assert again.path == "/authorize"
    assert parse_qs(again.query)["client_id"] == ["web"]
    assert "restarted" not in parse_qs(again.query)


async def test_cookies_allowed_after_all(world: World) -> None:
    """Whoever allows cookies then and starts again arrives."""
    page = await CookielessBrowser(world.app).authorize()
    browser = world.browser()
    fresh = await browser.follow(await browser.get(href(page, "continue")))
    assert not has(fresh, "notice")
    assert await arrives(browser, fresh)


class CookielessBrowser(Browser):
    """A browser that forgets every cookie at once."""

    async def get(self, url: str, **kwargs: object) -> httpx2.Response:
        self.client.cookies.clear()
        return await super().get(url, **kwargs)


async def test_other_browser_begins_its_own(world: World) -> None:
    """CVE-2026-7507: an address sent to another browser begins that browser's own sign-in, with a message."""
    page = await world.browser().authorize()
    victim = world.browser()
    await victim.authorize()
    fresh = await victim.follow(await victim.get("/u/login?state=" + state_of(page)))
    assert OTHER_BROWSER in text_of(fresh)
    assert state_of(fresh) != state_of(page)
    assert await arrives(victim, fresh)


async def test_other_browser_cannot_finish(world: World) -> None:
    """CVE-2024-7341: what one browser proved another one cannot pick up at the way back."""
    browser = world.browser()
    page = await browser.authorize()
    data = {**forms(page)[0]["fields"], "username": ADA, "password": PASSWORD}
    await browser.post("/u/login", data=data)
    for thief in (world.browser(), CookielessBrowser(world.app)):
        shown = await thief.follow(await thief.get("/authorize/resume?state=" + state_of(page)))
        assert not is_done(shown)
        assert heading(shown) in ("Sign in to Web App", "Your browser keeps no cookies")


@pytest.mark.parametrize("cookie", ["", "short", "A" * 43, "A" * 65, "ü" * 43, '";Path=/'])
async def test_tampered_browser_cookie(world: World, cookie: str) -> None:
    """A browser cookie that we did not make is as good as none, and the browser gets a fresh start."""
    browser = world.browser()
    page = await browser.authorize()
    answered = await world.browser().get(
        "/u/login?state=" + state_of(page),
        headers=[(b"cookie", b"__Host-gw_browser=" + cookie.encode("utf-8"))],
    )
    assert answered.status_code == 303
    assert answered.headers["location"].startswith("/authorize?")


@pytest.mark.parametrize("change", ["x", "", "A" * 43, "\ud800"])
async def test_tampered_proof_of_form(world: World, change: str) -> None:
    """A form without the right proof changes nothing and gets a fresh start."""
    browser = world.browser()
    page = await browser.authorize()
    data = {**forms(page)[0]["fields"], "_csrf": change, "username": ADA, "password": PASSWORD}
    body = "&".join(f"{name}={value}" for name, value in data.items()).encode("utf-8", "replace")
    answered = await browser.post(
        "/u/login", content=body, headers={"content-type": "application/x-www-form-urlencoded"}
    )
    assert "location" in answered.headers
    assert world.rows("SELECT count(*) FROM sessions") == [(0,)]
    assert await arrives(browser, await browser.follow(answered))


async def test_proof_of_one_sign_in_is_none_for_another(world: World) -> None:
    """The proof of one tab's form is no proof for another tab's."""
    browser = world.browser()
    one, other = await browser.authorize(), await browser.authorize()
    mixed = {**forms(one)[0]["fields"], "_csrf": value_of(other, "_csrf")}
    answered = await browser.post("/u/login", data={**mixed, "username": ADA, "password": PASSWORD})
    assert answered.headers["location"].startswith("/authorize?")


async def test_session_that_ends_before_the_way_back(world: World) -> None:
    """Whoever signs out in another tab before coming back is asked to sign in again, and arrives."""
    browser = world.browser()
    page = await browser.authorize()
    data = {**forms(page)[0]["fields"], "username": ADA, "password": PASSWORD}
    resume = (await browser.post("/u/login", data=data)).headers["location"]
    await browser.get("/v2/logout")
    shown = await browser.follow(await browser.get(resume))
    assert heading(shown) == "Sign in to Web App"
    assert await arrives(browser, shown)


async def test_reload_of_a_refused_form(world: World) -> None:
    """A page with an error can be reloaded, sent again and left by going back."""
    browser = world.browser()
    page = await browser.authorize()
    await browser.submit(page, username=ADA, password="wrong")
    reloaded = await browser.get("/u/login?state=" + state_of(page))
    assert alert(reloaded) == ""
    assert await arrives(browser, page)


async def test_application_without_a_web_address(world: World) -> None:
    """A finished sign-in of a native application says so without a link."""
    await world.change_client("web", callbacks=("com.example.app://callback",), app_type="native")
    browser = world.browser()
    page = await browser.authorize(redirect_uri="com.example.app://callback", **PKCE)
    await browser.submit(page, username=ADA, password=PASSWORD)
    again = await browser.get("/u/login?state=" + state_of(page))
    assert heading(again) == "This sign-in is done"
    assert not has(again, "continue")

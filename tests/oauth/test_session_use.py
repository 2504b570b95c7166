"""When a live session answers a request, and when the person is asked again (OIDC Core §3.1.2.1)."""

import pytest
from tests.support.protocol import encoded, is_login_page, open_connection_to, sign_in_to, userinfo
from tests.support.world import CONNECTION, SECRET, Browser, World, answer, claims_of, forms, text_of

from gatewright.clients import Client
from gatewright.connections import Connection, DatabaseOptions
from gatewright.users import PasswordChanged

pytestmark = [pytest.mark.anyio, pytest.mark.wire("prompt, max_age and id_token_hint")]

HOUR = 3_600


async def subject(browser: Browser, **parameters: str) -> str:
    """Whom the client sees."""
    return str(claims_of((await browser.tokens(**parameters))["id_token"])["sub"])


async def second_user(world: World) -> None:
    await world.put_user("bob@example.test", subject="bob", email_verified=True, name="Bob Example")


async def test_live_session_answers_at_once(world: World) -> None:
    """A second request of a signed-in browser is answered without any page."""
    browser = world.browser()
    await browser.sign_in()
    assert "code" in answer(await browser.authorize())


async def test_silent_request_of_a_live_session(world: World) -> None:
    """prompt=none is answered with a code for the same user, of the same sign-in."""
    browser = world.browser()
    first = claims_of((await browser.tokens(max_age="15000"))["id_token"])
    world.clock.advance(60)
    code = answer(await browser.authorize(prompt="none", max_age="10000"))["code"]
    second = claims_of((await browser.redeem(code)).json()["id_token"])
    assert (second["sub"], second["auth_time"], second["sid"]) == (
        first["sub"],
        first["auth_time"],
        first["sid"],
    )


async def test_another_browser_is_not_signed_in(world: World) -> None:
    """A session belongs to the browser with its cookie."""
    await world.browser().sign_in()
    assert answer(await world.browser().authorize(prompt="none"))["error"] == "login_required"


async def test_prompt_login_asks_again(world: World) -> None:
    """prompt=login shows the login page although there is a session, and makes a later auth_time."""
    browser = world.browser()
    before = claims_of((await browser.tokens(max_age="9999"))["id_token"])["auth_time"]
    world.clock.advance(1)
    page = await browser.authorize(prompt="login", max_age="9999")
    code = answer(await sign_in_to(browser, page))["code"]
    assert claims_of((await browser.redeem(code)).json()["id_token"])["auth_time"] == before + 1


async def test_prompt_login_cannot_be_skipped(world: World) -> None:
    """Going to the end of a login that is not done leads back to the login page."""
    browser = world.browser()
    await browser.sign_in()
    page = await browser.authorize(prompt="login")
    state = forms(page)[0]["fields"]["state"]
    response = await browser.follow(await browser.get(f"/authorize/resume?state={state}"))
    assert is_login_page(response)


async def test_max_age_passed(world: World) -> None:
    """A session older than max_age is asked for the password, and auth_time is that of the new sign-in."""
    browser = world.browser()
    await browser.sign_in()
    world.clock.advance(2)
    page = await browser.authorize(max_age="1")
    code = answer(await sign_in_to(browser, page))["code"]
    claims = claims_of((await browser.redeem(code)).json()["id_token"])
    assert claims["auth_time"] == world.clock.now()


@pytest.mark.parametrize(
    ("age", "limit", "is_asked"), [(59, "60", False), (60, "60", False), (61, "60", True)]
)
async def test_max_age_limit(world: World, age: int, limit: str, is_asked: bool) -> None:
    """A session is old enough to be asked again only beyond max_age seconds."""
    browser = world.browser()
    await browser.sign_in()
    world.clock.advance(age)
    assert is_login_page(await browser.authorize(max_age=limit)) == is_asked


async def test_max_age_zero(world: World) -> None:
    """max_age=0 is answered after one login, not asked for ever."""
    browser = world.browser()
    await browser.sign_in()
    world.clock.advance(1)
    page = await browser.authorize(max_age="0")
    assert "code" in answer(await sign_in_to(browser, page))


async def test_default_max_age_of_the_client(world: World) -> None:
    """A client's default_max_age counts where the request names none, and auth_time is told."""
    await world.change_client("web", default_max_age=60)
    browser = world.browser()
    assert "auth_time" in claims_of((await browser.tokens())["id_token"])
    world.clock.advance(61)
    assert is_login_page(await browser.authorize())


async def test_auth_time_is_told_when_asked_for(world: World) -> None:
    """Without max_age the id_token has no auth_time (zero surplus claims)."""
    assert "auth_time" not in claims_of((await world.browser().tokens())["id_token"])


async def test_select_account_shows_who_is_there(world: World) -> None:
    """prompt=select_account names the account and goes on with it."""
    browser = world.browser()
    await browser.sign_in()
    page = await browser.authorize(prompt="select_account")
    assert "Ada Example" in text_of(page)
    assert "code" in answer(await browser.submit(page, session="current"))


async def test_select_account_leads_to_another(world: World) -> None:
    """Whoever chooses another account is asked to sign in as that one."""
    await second_user(world)
    browser = world.browser()
    await browser.sign_in()
    page = await browser.submit(await browser.authorize(prompt="select_account"), action="other")
    code = answer(await sign_in_to(browser, page, "bob@example.test"))["code"]
    assert claims_of((await browser.redeem(code)).json()["id_token"])["sub"] == "auth0|bob"


async def test_select_account_with_nobody_there(world: World) -> None:
    """prompt=select_account without a session is a login."""
    assert is_login_page(await world.browser().authorize(prompt="select_account"))


async def test_hint_of_the_same_user(world: World) -> None:
    """A silent request with the user's own id_token is answered at once."""
    browser = world.browser()
    token = (await browser.tokens())["id_token"]
    assert "code" in answer(await browser.authorize(prompt="none", id_token_hint=token))


async def test_hint_that_expired(world: World) -> None:
    """An expired id_token still is a hint (OIDC Core §3.1.2.1)."""
    browser = world.browser()
    token = (await browser.tokens())["id_token"]
    world.clock.advance(11 * HOUR)
    assert "code" in answer(await browser.authorize(prompt="none", id_token_hint=token))


async def test_hint_of_another_user_silently(world: World) -> None:
    """A silent request for somebody else than the person signed in is refused."""
    await second_user(world)
    bob = world.browser()
    await bob.sign_in("bob@example.test")
    token = (await bob.redeem(answer(await bob.authorize())["code"])).json()["id_token"]
    ada = world.browser()
    await ada.sign_in()
    assert answer(await ada.authorize(prompt="none", id_token_hint=token))["error"] == "login_required"


async def test_hint_of_another_user(world: World) -> None:
    """A request for somebody else is answered only once that person has signed in."""
    await second_user(world)
    bob = world.browser()
    await bob.sign_in("bob@example.test")
    token = (await bob.redeem(answer(await bob.authorize())["code"])).json()["id_token"]
    ada = world.browser()
    await ada.sign_in()
    page = await ada.authorize(id_token_hint=token)
    again = await sign_in_to(ada, page, "ada@example.test")
    assert is_login_page(again), text_of(again)
    code = answer(await sign_in_to(ada, again, "bob@example.test"))["code"]
    assert claims_of((await ada.redeem(code)).json()["id_token"])["sub"] == "auth0|bob"


@pytest.mark.parametrize("how", ["tampered", "unsigned", "HS256 with the public key"])
async def test_forged_hint(world: World, how: str) -> None:
    """A hint that we did not sign is refused."""
    browser = world.browser()
    token = (await browser.tokens())["id_token"]
    header, payload, signature = token.split(".")
    forged = {
        "tampered": f"{header}.{encoded({**claims_of(token), 'sub': 'auth0|bob'})}.{signature}",
        "unsigned": f"{encoded({'alg': 'none'})}.{payload}.",
        "HS256 with the public key": f"{encoded({'alg': 'HS256', 'typ': 'JWT'})}.{payload}.{signature}",
    }[how]
    assert answer(await browser.authorize(prompt="none", id_token_hint=forged))["error"] == "invalid_request"


async def test_subject_asked_for_by_claims(world: World) -> None:
    """A sub demanded with the claims parameter is answered for that user alone (OIDC Core §3.1.2.2)."""
    browser = world.browser()
    await browser.sign_in()
    mine = '{"id_token":{"sub":{"value":"auth0|ada"}}}'
    other = '{"id_token":{"sub":{"value":"auth0|bob"}}}'
    assert "code" in answer(await browser.authorize(prompt="none", claims=mine))
    assert answer(await browser.authorize(prompt="none", claims=other))["error"] == "login_required"


async def test_hint_and_claims_that_disagree(world: World) -> None:
    """A request that names two users can be answered for neither."""
    browser = world.browser()
    token = (await browser.tokens())["id_token"]
    found = answer(
        await browser.authorize(
            prompt="none", id_token_hint=token, claims='{"id_token":{"sub":{"value":"auth0|bob"}}}'
        )
    )
    assert found["error"] == "invalid_request"
    assert "different users" in found["error_description"]


async def test_login_hint_fills_the_field(world: World) -> None:
    """login_hint stands in the login form, whether or not anybody has that address."""
    page = await world.browser().authorize(login_hint="buffy@id.example.test")
    assert forms(page)[0]["fields"]["username"] == "buffy@id.example.test"


async def test_login_hint_binds_nobody(world: World) -> None:
    """login_hint is a hint: another person may sign in."""
    browser = world.browser()
    page = await browser.authorize(login_hint="buffy@id.example.test")
    assert "code" in answer(await sign_in_to(browser, page))


async def test_screen_hint_opens_sign_up(world: World) -> None:
    """screen_hint=signup begins with the sign-up page."""
    page = await world.browser().authorize(screen_hint="signup")
    assert forms(page)[0]["action"].startswith("/u/signup")


@pytest.mark.parametrize(
    ("ui_locales", "accepted", "spoken"),
    [("de", "en", "de"), ("fr de", "en", "de"), ("se", "en", "en"), ("", "de-AT", "de"), ("de-CH", "", "de")],
)
async def test_language_of_the_login_page(world: World, ui_locales: str, accepted: str, spoken: str) -> None:
    """ui_locales chooses the language before Accept-Language; unknown ones are passed over."""
    browser = world.browser()
    browser.client.headers["accept-language"] = accepted
    assert f'<html lang="{spoken}"' in (await browser.authorize(ui_locales=ui_locales)).text


async def test_connection_asked_for_is_that_of_the_session(world: World) -> None:
    """A request for the connection that the session came from is answered at once."""
    browser = world.browser()
    await browser.sign_in()
    assert "code" in answer(await browser.authorize(connection=CONNECTION))


async def add_connection(world: World, *clients: str) -> None:
    await world.commit(
        world.platform.stores.connections.put(
            world.tenant_id,
            Connection(
                connection_id="con_staff",
                name="staff",
                strategy="auth0",
                options=DatabaseOptions(),
                enabled_clients=clients,
            ),
        )
    )


async def test_connection_asked_for_is_another(world: World) -> None:
    """A request for another connection asks the person to sign in there."""
    await add_connection(world, "web")
    browser = world.browser()
    await browser.sign_in()
    assert is_login_page(await browser.authorize(connection="staff"))


async def test_connection_of_other_clients(world: World) -> None:
    """A connection that is not enabled for the client cannot be asked for."""
    await add_connection(world, "spa")
    found = answer(await world.browser().authorize(connection="staff"))
    assert found["error"] == "invalid_request"
    assert "staff" in found["error_description"]


async def test_session_of_a_connection_the_client_does_not_have(world: World) -> None:
    """Single sign-on does not reach clients whose users may not come from that connection."""
    browser = world.browser()
    await browser.sign_in()
    await open_connection_to(world, "spa")
    assert answer(await browser.authorize(prompt="none"))["error"] == "login_required"


async def test_idle_session_ends(world: World) -> None:
    """A session that nobody used for its idle lifetime is over."""
    browser = world.browser()
    await browser.sign_in()
    world.clock.advance(72 * HOUR)
    assert answer(await browser.authorize(prompt="none"))["error"] == "login_required"


async def test_used_session_goes_on(world: World) -> None:
    """Use keeps a session from going idle."""
    browser = world.browser()
    await browser.sign_in()
    for _ in range(2):
        world.clock.advance(70 * HOUR)
        assert "code" in answer(await browser.authorize(prompt="none"))


async def test_session_ends_for_good(world: World) -> None:
    """However often it is used, a session ends with its absolute lifetime."""
    browser = world.browser()
    await browser.sign_in()
    for _ in range(4):
        world.clock.advance(41 * HOUR)
        assert "code" in answer(await browser.authorize(prompt="none"))
    world.clock.advance(4 * HOUR)
    assert answer(await browser.authorize(prompt="none"))["error"] == "login_required"


async def test_blocked_user_is_not_signed_in_any_more(world: World) -> None:
    """The session of a user who was blocked answers nothing."""
    browser = world.browser()
    await browser.sign_in()
    await world.change_user("auth0|ada", blocked=True)
    assert answer(await browser.authorize(prompt="none"))["error"] == "login_required"


async def test_deleted_user_is_not_signed_in_any_more(world: World) -> None:
    """The session of a user who was deleted answers nothing."""
    browser = world.browser()
    await browser.sign_in()
    assert await world.platform.users.delete(world.tenant_id, "auth0|ada")
    assert answer(await browser.authorize(prompt="none"))["error"] == "login_required"


@pytest.mark.parametrize("cookie", ["", "x", "a" * 43, "\\377\\376", '"unbalanced', "a" * 5_000])
async def test_made_up_session_cookie(world: World, cookie: str) -> None:
    """A session cookie that is not one of ours is as good as none."""
    browser = world.browser()
    response = await browser.get(
        "/authorize?client_id=web&redirect_uri=https://app.example.test/callback&response_type=code&prompt=none",
        headers={"cookie": f"__Host-gw_session={cookie}"},
    )
    assert answer(response)["error"] == "login_required"


async def test_session_tells_the_clients_apart(world: World) -> None:
    """Two clients in one session get the same sid and their own audience."""
    browser = world.browser()
    web = claims_of((await browser.tokens())["id_token"])
    more_client = Client(
        client_id="more",
        name="More",
        callbacks=("https://more.example.test/",),
        grant_types=("authorization_code",),
    )
    await world.put_client(more_client, secret=SECRET)
    await open_connection_to(world, "web", "more")
    code = answer(await browser.authorize(client_id="more", redirect_uri="https://more.example.test/"))[
        "code"
    ]
    response = await browser.token(
        grant_type="authorization_code",
        code=code,
        client_id="more",
        client_secret=SECRET,
        redirect_uri="https://more.example.test/",
    )
    more = claims_of(response.json()["id_token"])
    assert more["sid"] == web["sid"]
    assert (web["aud"], more["aud"]) == ("web", "more")


async def test_userinfo_after_single_sign_on(world: World) -> None:
    """A token got without any page speaks of the person who is signed in."""
    browser = world.browser()
    await browser.sign_in()
    tokens = await browser.tokens(prompt="none")
    assert (await userinfo(browser, tokens["access_token"])).json()["sub"] == "auth0|ada"


async def test_session_ended_meanwhile_does_not_come_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new password that ends the sessions while /authorize runs wins: no code, and no session after it."""
    browser = world.browser()
    await browser.sign_in()
    world.clock.advance(3 * HOUR)
    store = world.platform.stores.authorizations
    signed_in = type(store).signed_in

    async def end_after_reading(self: object, tenant_id: str, session_hash: str) -> object:
        found = await signed_in(store, tenant_id, session_hash)
        event = PasswordChanged(tenant_id="main", at=world.clock.now(), user_id="auth0|ada")
        await world.platform.bus.commit((), event)
        return found

    with monkeypatch.context() as patched:
        patched.setattr(type(store), "signed_in", end_after_reading)
        assert answer(await browser.authorize(prompt="none"))["error"] == "login_required"
    assert answer(await browser.authorize(prompt="none"))["error"] == "login_required"

"""A login ticket at the authorization endpoint: good once, in one browser, for one client and realm."""

import asyncio

import pytest
from tests.support.protocol import PKCE, SPA, posted_form, posted_message, query_of
from tests.support.world import CALLBACK, CONNECTION, ISSUER, World, answer, forms, text_of

from gatewright.connections import Connection

from .pages import LOCATION, ORIGIN, enable, error_of, redeem, sessions_of, signed_in, ticket

pytestmark = [pytest.mark.anyio, pytest.mark.wire("GET /authorize with login_ticket")]


async def test_code(embedding: World) -> None:
    """With the cookie the ticket is answered with a code, which gives tokens of the person."""
    browser = embedding.browser()
    found = await signed_in(browser)
    assert set(found) == {"code", "state", "iss"}
    assert (await browser.redeem(found["code"])).status_code == 200


async def test_session(embedding: World) -> None:
    """The browser is signed in from then on."""
    browser = embedding.browser()
    await signed_in(browser)
    assert sessions_of(embedding) == [("auth0|ada",)]
    assert "code" in answer(await browser.authorize(prompt="none"))


async def test_session_is_on_record(embedding: World) -> None:
    """The sign-in counts for the user and is in the audit log as every other one."""
    browser = embedding.browser()
    await signed_in(browser)
    user = await embedding.platform.users.get("main", "auth0|ada")
    assert user is not None
    assert (user.logins_count, user.last_ip) == (1, "203.0.113.7")
    assert [entry.type for entry in await embedding.logs()] == ["ssa", "s", "scoa"]


async def test_old_session_ends(embedding: World) -> None:
    """Whoever was signed in before is not any more: the id of a session changes with each sign-in."""
    browser = embedding.browser()
    await browser.sign_in()
    before = browser.client.cookies["__Host-gw_session"]
    await signed_in(browser)
    assert browser.client.cookies["__Host-gw_session"] != before
    assert len(sessions_of(embedding)) == 1


@pytest.mark.parametrize("prompt", ["none", "login", "select_account"])
async def test_prompt(embedding: World, prompt: str) -> None:
    """Whoever just proved themselves is asked for nothing more, whatever the prompt says."""
    assert "code" in await signed_in(embedding.browser(), prompt=prompt)


async def test_age(embedding: World) -> None:
    """The proof is as new as any age can demand."""
    assert "code" in await signed_in(embedding.browser(), max_age="0")


async def test_consent_is_still_asked(embedding: World) -> None:
    """A third party's page gets its person to the consent page, signed in."""
    await enable(embedding, "third")
    browser = embedding.browser()
    third = {"client_id": "third", "redirect_uri": "https://third.example.test/callback"}
    found = await ticket(browser, client_id="third", origin="https://third.example.test")
    page = await browser.follow(await redeem(browser, found["login_ticket"], **third))
    assert 'id="consent-form"' in page.text
    assert "code" in answer(await browser.submit(page, action="accept"))


async def test_consent_without_pages(embedding: World) -> None:
    """The same is consent_required where nobody may be asked."""
    await enable(embedding, "third")
    browser = embedding.browser()
    third = {"client_id": "third", "redirect_uri": "https://third.example.test/callback", "prompt": "none"}
    found = await ticket(browser, client_id="third", origin="https://third.example.test")
    assert error_of(await redeem(browser, found["login_ticket"], **third))[0] == "consent_required"


async def test_form_post(embedding: World) -> None:
    """The answer comes by form_post where that was asked for."""
    browser = embedding.browser()
    page = await redeem(browser, (await ticket(browser))["login_ticket"], response_mode="form_post")
    target, fields = posted_form(page)
    assert target == CALLBACK
    assert "code" in fields


async def test_web_message(embedding: World) -> None:
    """The answer comes by web_message where that was asked for, and the session with it."""
    browser = embedding.browser()
    found = await ticket(browser)
    page = await redeem(browser, found["login_ticket"], response_mode="web_message", prompt="none")
    message = posted_message(page)
    assert (message["origin"], message["response"]["state"]) == (ORIGIN, "the-state")
    assert "code" in message["response"]
    assert "__Host-gw_session" in page.cookies


async def test_web_message_error(embedding: World) -> None:
    """A refusal comes by web_message too, with the state that the library waits for."""
    page = await redeem(embedding.browser(), "unknown", response_mode="web_message", prompt="none")
    response = posted_message(page)["response"]
    assert (response["error"], response["state"]) == ("login_required", "the-state")


async def test_implicit(embedding: World) -> None:
    """Tokens come in the fragment for a client with the implicit grant."""
    await enable(embedding, grant_types=("implicit",))
    found = await signed_in(embedding.browser(), response_type="token id_token", nonce="n")
    assert {"access_token", "id_token", "state"} <= set(found)


async def test_public_client(embedding: World) -> None:
    """A public client still has to use PKCE; the ticket that came without is not spent."""
    await enable(embedding, "spa")
    browser = embedding.browser()
    found = await ticket(browser, client_id="spa", origin="https://spa.example.test")
    assert error_of(await redeem(browser, found["login_ticket"], **SPA))[0] == "invalid_request"
    assert "code" in answer(await redeem(browser, found["login_ticket"], **SPA, **PKCE))


async def test_spent_ticket(embedding: World) -> None:
    """CVE-2025-46815: a ticket that was used is login_required, in the browser that used it as well."""
    browser = embedding.browser()
    found = await ticket(browser)
    assert "code" in answer(await redeem(browser, found["login_ticket"]))
    code, told = error_of(await redeem(browser, found["login_ticket"]))
    assert code == "login_required"
    assert "used already" in told


async def test_parallel_redemption(embedding: World) -> None:
    """Ten requests with one ticket at once begin one session."""
    browser = embedding.browser()
    found = await ticket(browser)
    ends = await asyncio.gather(*(redeem(browser, found["login_ticket"]) for _ in range(10)))
    outcomes = [answer(end) for end in ends]
    assert sum("code" in outcome for outcome in outcomes) == 1
    assert sum(outcome.get("error") == "login_required" for outcome in outcomes) == 9
    assert len(sessions_of(embedding)) == 1


async def test_expired_ticket(embedding: World) -> None:
    """A ticket is good for five minutes."""
    browser = embedding.browser()
    first, second = await ticket(browser), await ticket(browser)
    embedding.clock.advance(299)
    assert "code" in answer(await redeem(browser, first["login_ticket"]))
    embedding.clock.advance(1)
    assert error_of(await redeem(browser, second["login_ticket"]))[0] == "login_required"


async def test_ticket_of_another_browser(embedding: World) -> None:
    """CVE class "login CSRF": a ticket that somebody else got signs nobody in, and is not spent by that."""
    attacker, victim = embedding.browser(), embedding.browser()
    found = await ticket(attacker)
    code, told = error_of(await redeem(victim, found["login_ticket"]))
    assert code == "login_required"
    assert "cross_origin_loc" in told
    assert sessions_of(embedding) == []
    assert "code" in answer(await redeem(attacker, found["login_ticket"]))


async def test_ticket_beside_the_cookie_of_another(embedding: World) -> None:
    """A browser that has a cookie of its own ticket does not get in by somebody else's ticket."""
    attacker, victim = embedding.browser(), embedding.browser()
    found = await ticket(attacker)
    await ticket(victim)
    assert error_of(await redeem(victim, found["login_ticket"]))[0] == "login_required"


async def test_ticket_of_another_client(embedding: World) -> None:
    """A ticket is good for the client it was issued to alone."""
    await enable(embedding, "third", is_first_party=True)
    browser = embedding.browser()
    found = await ticket(browser, client_id="third", origin="https://third.example.test")
    assert error_of(await redeem(browser, found["login_ticket"]))[0] == "access_denied"
    assert sessions_of(embedding) == []


async def test_another_realm(embedding: World) -> None:
    """A ticket is good for the realm it was issued for alone; without a realm, the ticket says which."""
    other = Connection(
        connection_id="con_other", name="other", strategy="auth0", enabled_clients=("web",), realms=("x",)
    )
    await embedding.commit(embedding.platform.stores.connections.put("main", other))
    browser = embedding.browser()
    found = await ticket(browser)
    for realm in ("other", "x", "nowhere"):
        assert error_of(await redeem(browser, found["login_ticket"], realm=realm))[0] == "access_denied"
    assert "code" in answer(await redeem(browser, found["login_ticket"], realm=""))


async def test_another_connection_is_wanted(embedding: World) -> None:
    """Where the request wants people of another connection, the ticket's does not answer it."""
    other = Connection(connection_id="con_other", name="other", strategy="auth0", enabled_clients=("web",))
    await embedding.commit(embedding.platform.stores.connections.put("main", other))
    found = await signed_in(embedding.browser(), connection="other", prompt="none")
    assert found["error"] == "login_required"


async def test_another_person_is_wanted(embedding: World) -> None:
    """Where the request wants another person, the ticket's does not answer it."""
    claims = '{"id_token":{"sub":{"value":"auth0|somebody"}}}'
    found = await signed_in(embedding.browser(), claims=claims, prompt="none")
    assert found["error"] == "login_required"


async def test_what_changed_meanwhile(embedding: World) -> None:
    """CVE-2025-65430: whoever was blocked, or got a new password, since the ticket does not come in by it."""
    browser = embedding.browser()
    for change in ({"blocked": True}, {"blocked": False, "last_password_reset": embedding.clock.now()}):
        found = await ticket(browser)
        await embedding.change_user("auth0|ada", **change)
        assert error_of(await redeem(browser, found["login_ticket"]))[0] == "access_denied"
        await embedding.change_user("auth0|ada", blocked=False)
    assert sessions_of(embedding) == []


async def test_deleted_person(embedding: World) -> None:
    """Whoever was deleted since the ticket does not come in by it: it went with them."""
    browser = embedding.browser()
    found = await ticket(browser)
    await embedding.platform.users.delete("main", "auth0|ada")
    assert error_of(await redeem(browser, found["login_ticket"]))[0] == "login_required"


async def test_connection_closed_meanwhile(embedding: World) -> None:
    """A connection that was closed to the client since the ticket lets nobody in by it."""
    browser = embedding.browser()
    found = await ticket(browser)
    (connection,) = await embedding.platform.stores.connections.all("main")
    closed = type(connection)(connection_id="con_db", name=CONNECTION, strategy="auth0")
    await embedding.commit(embedding.platform.stores.connections.put("main", closed))
    for realm in (CONNECTION, ""):
        assert error_of(await redeem(browser, found["login_ticket"], realm=realm))[0] == "access_denied"
    assert sessions_of(embedding) == []


@pytest.mark.parametrize("fields", [{"cross_origin_authentication": False}, {"web_origins": ()}])
async def test_client_changed_meanwhile(embedding: World, fields: dict[str, object]) -> None:
    """A client that may not take passwords there any more gets nobody in by a ticket of before."""
    await enable(embedding, callbacks=("https://other.example.test/cb",))
    browser = embedding.browser()
    found = await ticket(browser)
    await embedding.change_client("web", **fields)
    response = await redeem(browser, found["login_ticket"], redirect_uri="https://other.example.test/cb")
    assert error_of(response)[0] == "access_denied"


async def test_refusal_after_the_proof(embedding: World) -> None:
    """Where the request is refused for what it asks of an API, the person is signed in all the same."""
    browser = embedding.browser()
    found = await ticket(browser)
    response = await redeem(browser, found["login_ticket"], audience="https://unknown.example.test/")
    assert error_of(response)[0] == "access_denied"
    assert "__Host-gw_session" in response.cookies
    assert "code" in answer(await browser.authorize(prompt="none"))


async def test_hint_survives_the_page_that_vouches(embedding: World) -> None:
    """An id_token_hint is not kept while the page vouches, and whom it names is demanded all the same."""
    await enable(embedding, cross_origin_loc=LOCATION)
    await embedding.put_user("bo@example.test", subject="bo")
    hint = (await embedding.browser().tokens())["id_token"]
    outcomes = []
    for username in ("ada@example.test", "bo@example.test"):
        found, browser = await ticket(embedding.browser(), username=username), embedding.browser()
        page = await redeem(browser, found["login_ticket"], id_token_hint=hint, prompt="none")
        assert hint not in "".join(embedding.dump())
        data = {**forms(page)[0]["fields"], "verifier": found["co_verifier"]}
        ended = await browser.post("/co/verify", data=data, headers={"origin": ISSUER[:-1]})
        outcomes.append(answer(ended))
    assert "code" in outcomes[0]
    assert outcomes[1]["error"] == "login_required"


async def test_wrong_redirect_spends_nothing(embedding: World) -> None:
    """A redirect URI that is not registered is shown, never redirected to, and the ticket stays good."""
    browser = embedding.browser()
    found = await ticket(browser)
    page = await redeem(browser, found["login_ticket"], redirect_uri="https://evil.test/")
    assert "location" not in page.headers
    assert "Callback URL mismatch" in text_of(page)
    assert sessions_of(embedding) == []
    assert "code" in answer(await redeem(browser, found["login_ticket"]))


async def test_ticket_does_not_stay_in_the_way_back(embedding: World) -> None:
    """A request that goes on to a page leaves its ticket behind: it is in no stored request, no address."""
    browser = embedding.browser()
    found = await ticket(browser)
    response = await redeem(browser, found["login_ticket"], connection="nowhere")
    assert found["login_ticket"] not in response.headers["location"]
    assert found["login_ticket"] not in "\n".join(embedding.dump())
    assert query_of(response.headers["location"])["error"] == "invalid_request"


async def test_repeated_ticket(embedding: World) -> None:
    """CVE-2026-9689: a ticket that comes twice in one request is refused."""
    browser = embedding.browser()
    found = await ticket(browser)
    response = await browser.get(
        "/authorize?client_id=web&response_type=code&scope=openid&state=s"
        f"&redirect_uri={CALLBACK}&login_ticket={found['login_ticket']}&login_ticket=x"
    )
    assert error_of(response)[0] == "invalid_request"

"""The wish for a new password by an application's own form (the wire §2.13)."""

import asyncio
import re
from typing import Any

import pytest
from tests.support.world import ISSUER, PASSWORD, World

from gatewright.protection import MAIL_TO_ADDRESS, RESET_PER_IP

from .asked import ADA, CHANGE_PASSWORD, NEWCOMER, ORIGIN, change_password, refused, sign_up

pytestmark = [pytest.mark.anyio, pytest.mark.wire("POST /dbconnections/change_password")]

SENT = "If there is an account, we have mailed a link to choose a new password."


@pytest.mark.parametrize("as_form", [False, True], ids=["JSON", "form"])
async def test_link_is_mailed(world: World, as_form: bool) -> None:
    """The answer is a plain sentence, and the owner of the address gets a link below the issuer."""
    response = await change_password(world.browser(), as_form=as_form)
    assert (response.status_code, response.text) == (200, SENT)
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    (mail,) = await world.mails()
    assert (mail["kind"], mail["to"]) == ("reset_password", ADA)
    assert ISSUER + "u/reset-verify?ticket=" in mail["text"]


async def test_mailed_link_sets_a_password(world: World) -> None:
    """Behind the link a new password is set, and the page leads back to the application."""
    await change_password(world.browser(), client_id="kiosk")
    (mail,) = await world.mails()
    (link,) = re.findall(r"https://\S+", mail["text"])
    browser = world.browser()
    done = await browser.submit(await browser.get(link), password="Battery-Staple-2")
    assert 'href="https://kiosk.example.test' in done.text
    assert (await world.browser().bring_password(ADA, "Battery-Staple-2")).status_code == 200


@pytest.mark.parametrize("sent", ["Battery-Staple-2", PASSWORD])
async def test_password_sent_along_sets_nothing(world: World, sent: str) -> None:
    """CVE class "password reset": a password in the wish, as auth0.js 7 may send, is not looked at."""
    before = world.rows("SELECT * FROM passwords")
    await change_password(world.browser(), password=sent)
    assert world.rows("SELECT * FROM passwords") == before


async def test_same_answer_for_everybody(world: World) -> None:
    """CVE class "user enumeration": bytes and headers are the same whether or not there is an account."""
    known = await change_password(world.browser(), ADA)
    unknown = await change_password(world.browser(), NEWCOMER)
    assert (known.status_code, known.content, known.headers) == (
        *(unknown.status_code, unknown.content, unknown.headers),
    )
    assert [mail["to"] for mail in await world.mails()] == [ADA]


async def test_one_unit_and_one_look_up_either_way(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """CVE class "timing": known or unknown, one unit is committed and one look-up made."""
    done: list[str] = []

    def counting(owner: Any, name: str) -> None:
        real, mine = getattr(owner, name), asyncio.current_task()

        async def counted(*args: Any, **more: Any) -> Any:
            if asyncio.current_task() is mine:
                done.append(name)
            return await real(*args, **more)

        monkeypatch.setattr(owner, name, counted)

    counting(world.platform.bus, "commit")
    counting(world.platform.stores.users, "credentials")
    counts = []
    for email in (ADA, NEWCOMER):
        done.clear()
        await change_password(world.browser(), email)
        counts.append(sorted(done))
    assert counts == [["commit", "credentials"]] * 2


async def test_same_limit_for_everybody(world: World) -> None:
    """After as many wishes for one address 429 answers, whether or not it has an account."""
    for email in (ADA, NEWCOMER):
        answers = [await change_password(world.browser(), email) for _ in range(MAIL_TO_ADDRESS.attempts + 1)]
        assert {each.status_code for each in answers[:-1]} == {200}
        assert refused(answers[-1]) == (429, "too_many_requests")


async def test_limit_of_the_network(world: World) -> None:
    """Wishes from one network are limited, whoever they are for, and the answer says until when."""
    for number in range(RESET_PER_IP.attempts):
        await change_password(world.browser(), f"user{number}@example.test")
    response = await change_password(world.browser())
    assert refused(response) == (429, "too_many_requests")
    ends = world.clock.now() + int(response.headers["retry-after"])
    assert int(response.headers["x-ratelimit-reset"]) == ends
    assert await world.mails() == []


@pytest.mark.parametrize("typed", ["ADA@EXAMPLE.TEST", " ada@example.test ", "ａda@example.test"])
async def test_mail_goes_to_the_stored_address(world: World, typed: str) -> None:
    """CVE class "Unicode collision": the link goes to the address on record, not to what was typed."""
    await change_password(world.browser(), typed)
    assert [mail["to"] for mail in await world.mails()] == [ADA]


async def test_username_will_do(world: World) -> None:
    """Newer libraries may send a username in the place of the address."""
    await world.change_connection(requires_username=True)
    await sign_up(world.browser(), username="cy")
    await change_password(world.browser(), None, username="CY")
    assert [mail["kind"] for mail in await world.mails()] == ["verify_email", "reset_password"]


async def test_blocked_user_gets_no_link(world: World) -> None:
    """A blocked user gets the same answer and no mail."""
    await world.change_user("auth0|ada", blocked=True)
    assert (await change_password(world.browser())).text == SENT
    assert await world.mails() == []


async def test_nothing_is_mailed_where_it_is_switched_off(world: World) -> None:
    """With disable_self_service_change_password the answer is the same and nothing is mailed."""
    await world.change_connection(disable_self_service_change_password=True)
    assert (await change_password(world.browser())).text == SENT
    assert await world.mails() == []


@pytest.mark.parametrize("header", ["x-request-language", "accept-language"])
async def test_it_speaks_the_person_s_language(world: World, header: str) -> None:
    """The sentence and the mail are in the language that the application names, or else the browser."""
    response = await change_password(world.browser(), headers={header: "de-AT"})
    assert response.text.startswith("Falls es ein Konto gibt")
    (mail,) = await world.mails()
    assert 'lang="de"' in mail["html"]


async def test_it_is_on_record(world: World) -> None:
    """The wish is recorded with the application, whether or not there is an account."""
    for email in (ADA, NEWCOMER):
        await change_password(world.browser(), email)
    later, first = [entry for entry in await world.logs() if entry.event == "PasswordChangeRequested"]
    assert (first.type, first.client_id, first.user_id) == ("scpr", "spa", "auth0|ada")
    assert (later.user_name, later.user_id) == (NEWCOMER, None)


@pytest.mark.parametrize("header", ["x-forwarded-host", "forwarded", "x-original-host"])
async def test_link_comes_from_the_configured_issuer(world: World, header: str) -> None:
    """GHSA-2wmj-46rj-qm2w: no header decides where the mailed link leads."""
    await change_password(world.browser(), headers={header: "evil.test"})
    (mail,) = await world.mails()
    assert re.findall(r"https://[^/\s]+", mail["text"]) == [ISSUER[:-1]]


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"client_id": None}, (400, "invalid_request", "missing client_id")),
        ({"client_id": "nobody"}, (403, "unauthorized_client", "invalid client")),
        ({"connection": None}, (400, "invalid_request", "missing connection")),
        ({"connection": "nowhere"}, (400, "invalid_request", "nowhere was not found")),
        ({"email": None}, (400, "invalid_request", "missing email")),
        ({"email": "  "}, (400, "invalid_request", "missing email")),
        ({"email": 1}, (400, "invalid_request", "email is not a string")),
        ({"email": "a\0b"}, (400, "invalid_request", "NUL")),
        ({"email": "a" * 2_000}, (400, "invalid_request", "1024")),
    ],
)
async def test_refusals(world: World, fields: dict[str, Any], refusal: tuple[int, str, str]) -> None:
    """What is missing, malformed or nobody's is refused, and nothing is mailed."""
    response = await change_password(world.browser(), **{"email": ADA, **fields})
    assert refused(response) == refusal[:2]
    assert refusal[2] in response.json()["description"]
    assert await world.mails() == []


async def test_markup_is_not_echoed(world: World) -> None:
    """Nothing that was typed stands in the sentence, which a browser may take for a page."""
    response = await change_password(world.browser(), "<script>alert(1)</script>")
    assert response.text == SENT
    assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(("origin", "may_read"), [(ORIGIN, True), ("https://stranger.test", False)])
async def test_scripts_of_the_client_may_read(world: World, origin: str, may_read: bool) -> None:
    """Scripts of the client's origins read the answer, and no others."""
    response = await change_password(world.browser(), headers={"origin": origin})
    assert (response.headers.get("access-control-allow-origin") == origin) is may_read


async def test_it_has_no_page(world: World) -> None:
    """The address takes POST alone."""
    assert (await world.browser().get(CHANGE_PASSWORD)).status_code == 405

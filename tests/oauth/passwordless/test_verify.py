"""``/passwordless/verify``: asks whether a code is right, and leaves it in force."""

import pytest
from tests.support.passwordless import (
    CY,
    WRONG_WORDS,
    mailed_code,
    mailed_link,
    members,
    put_passwordless,
    redeem,
    verify,
)
from tests.support.protocol import newest_log, query_of, refusal
from tests.support.world import World

from gatewright.login.one_time_code import MOST_GUESSES

pytestmark = [pytest.mark.anyio, pytest.mark.wire("POST /passwordless/verify")]


def other(code: str) -> str:
    """A wrong code."""
    return f"{(int(code) + 1) % 10 ** len(code):0{len(code)}d}"


async def test_right_code_is_ok_and_stays_in_force(by_mail: World) -> None:
    """The right code is answered with the text OK, makes nobody, and can be used afterwards."""
    code = await mailed_code(by_mail)
    response = await verify(by_mail.browser(), code)
    assert (response.status_code, response.text) == (200, "OK")
    assert response.headers["content-type"].startswith("text/plain")
    assert await members(by_mail) == []
    assert (await redeem(by_mail.browser(), code)).status_code == 200


async def test_wrong_code(by_mail: World) -> None:
    """A wrong code is a 403 in the wire's words, on record without the code."""
    wrong = other(await mailed_code(by_mail))
    response = await verify(by_mail.browser(), wrong)
    assert refusal(response) == (403, "access_denied")
    assert response.json()["error_description"] == WRONG_WORDS
    entry = await newest_log(by_mail, "fp")
    assert (entry.event, entry.user_name, entry.connection) == ("WrongCode", CY, "email")
    assert wrong not in str(await by_mail.logs())


async def test_no_code_is_answered_like_a_wrong_one(by_mail: World) -> None:
    """Where no code was sent, the answer is that of a wrong one."""
    code = await mailed_code(by_mail)
    answers = [
        await verify(by_mail.browser(), other(code)),
        await verify(by_mail.browser(), other(code), "stranger@example.test"),
    ]
    assert answers[0].content == answers[1].content
    assert sorted(answers[0].headers) == sorted(answers[1].headers)


async def test_old_code_is_wrong(by_mail: World) -> None:
    """A code works until its time is over, and not a second longer."""
    code = await mailed_code(by_mail)
    by_mail.clock.advance(179)
    assert (await verify(by_mail.browser(), code)).status_code == 200
    by_mail.clock.advance(1)
    assert (await verify(by_mail.browser(), code)).status_code == 403


async def test_newer_code_replaces_the_older_one(by_mail: World) -> None:
    """Only the newest code works."""
    first, second = await mailed_code(by_mail), await mailed_code(by_mail)
    if first != second:
        assert (await verify(by_mail.browser(), first)).status_code == 403
    assert (await verify(by_mail.browser(), second)).status_code == 200


async def test_code_dies_of_its_fifth_guess(by_mail: World) -> None:
    """After five wrong guesses, from wherever, the right one is wrong as well, until a new code is sent."""
    code = await mailed_code(by_mail)
    for number in range(MOST_GUESSES):
        browser = by_mail.browser(address=f"198.51.100.{number}")
        assert (await verify(browser, other(code))).status_code == 403
    response = await verify(by_mail.browser(), code)
    assert refusal(response) == (403, "access_denied")
    assert (await verify(by_mail.browser(), await mailed_code(by_mail))).status_code == 200


async def test_asking_often_uses_the_code_up(by_mail: World) -> None:
    """A right answer counts as a guess too, so that asking is no way to guess for ever."""
    code = await mailed_code(by_mail)
    for _ in range(MOST_GUESSES):
        assert (await verify(by_mail.browser(), code)).status_code == 200
    assert (await verify(by_mail.browser(), code)).status_code == 403


async def test_code_is_for_its_client_and_address(by_mail: World) -> None:
    """A code works at the application that asked for it, for the address it was sent to, alone."""
    code = await mailed_code(by_mail)
    assert (await verify(by_mail.browser(), code, client_id="third")).status_code == 403
    assert (await verify(by_mail.browser(), code, "eve@example.test")).status_code == 403
    assert (await verify(by_mail.browser(), code, CY.upper())).status_code == 200


async def test_code_is_for_its_connection(by_mail: World) -> None:
    """A code of one connection is wrong at another."""
    await put_passwordless(by_mail, name="other")
    code = await mailed_code(by_mail)
    assert (await verify(by_mail.browser(), code, connection="other")).status_code == 403


async def test_secret_of_a_link_is_taken_too(by_mail: World) -> None:
    """What stands in a link can be asked about like a code."""
    secret = query_of(await mailed_link(by_mail))["verification_code"]
    assert (await verify(by_mail.browser(), secret)).status_code == 200
    assert (await verify(by_mail.browser(), "x" * 43)).status_code == 403


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"client_id": "nobody"}, 400, "bad.client_id"),
        ({"connection": "sms"}, 400, "bad.connection"),
        ({"connection": ""}, 400, "bad.request"),
        ({"verification_code": ""}, 400, "bad.request"),
        ({"email": ""}, 400, "bad.request"),
        ({"verification_code": "\u0661" * 6}, 403, "access_denied"),
        ({"verification_code": "x" * 10_000}, 403, "access_denied"),
        ({"email": "no address"}, 403, "access_denied"),
    ],
)
async def test_what_is_refused(by_mail: World, fields: dict[str, str], status: int, code: str) -> None:
    """What is missing is a 400 with the wire's code; what cannot be right is wrong."""
    assert refusal(await verify(by_mail.browser(), "123456", **fields)) == (status, code)


async def test_client_need_not_be_named(by_mail: World) -> None:
    """Older libraries name no client: the code is right whichever asked for it, and a wrong one is wrong."""
    code = await mailed_code(by_mail, client_id="third")
    assert (await verify(by_mail.browser(), code, client_id="")).status_code == 200
    assert (await verify(by_mail.browser(), other(code), client_id="")).status_code == 403
    for name in ("sms", "Username-Password-Authentication"):
        response = await verify(by_mail.browser(), code, client_id="", connection=name)
        assert refusal(response) == (400, "bad.connection")
    await put_passwordless(by_mail, clients=())
    assert refusal(await verify(by_mail.browser(), code, client_id="")) == (400, "bad.connection")


async def test_scripts_of_all_clients_may_read_where_none_is_named(by_mail: World) -> None:
    """Where no client is named, the origins of those may read that the connection is open to."""
    body = {"connection": "email", "email": CY, "verification_code": "000000"}
    for origin, allowed in (("https://spa.example.test", True), ("https://evil.example", False)):
        response = await by_mail.browser().post("/passwordless/verify", json=body, headers={"origin": origin})
        assert (response.headers.get("access-control-allow-origin") == origin) == allowed


async def test_malformed_body(by_mail: World) -> None:
    """What cannot be read is a 400 in the endpoint's own shape."""
    response = await by_mail.browser().post("/passwordless/verify", json={"email": {"a": 1}})
    assert refusal(response) == (400, "bad.request")


async def test_closed_connection(by_mail: World) -> None:
    """A connection that is closed to the client ends its codes at once."""
    code = await mailed_code(by_mail)
    await put_passwordless(by_mail, clients=("third",))
    assert refusal(await verify(by_mail.browser(), code)) == (400, "bad.connection")


async def test_scripts_of_the_client_may_read_the_answer(by_mail: World) -> None:
    """The client's own origins may read right and wrong; others may not."""
    body = {"client_id": "spa", "connection": "email", "email": CY, "verification_code": "000000"}
    for origin, allowed in (("https://spa.example.test", True), ("https://evil.example", False)):
        response = await by_mail.browser().post("/passwordless/verify", json=body, headers={"origin": origin})
        assert (response.headers.get("access-control-allow-origin") == origin) == allowed

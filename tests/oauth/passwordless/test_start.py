"""``/passwordless/start``: what is mailed, what is answered, and what is refused."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.support.passwordless import (
    CY,
    code_in,
    mailed_code,
    mailed_link,
    members,
    put_member,
    put_passwordless,
    start,
)
from tests.support.protocol import SPA, basic, newest_log, refusal
from tests.support.world import CALLBACK, ISSUER, SECRET, World

from gatewright.connections import Totp
from gatewright.protection import CODE_MAIL, CODE_MAIL_PER_IP, CODE_MAIL_TO_ADDRESS

pytestmark = [pytest.mark.anyio, pytest.mark.wire("POST /passwordless/start")]


async def test_code_is_mailed(by_mail: World) -> None:
    """``send=code`` mails six digits to the address, and answers with the address."""
    response = await start(by_mail.browser())
    found = response.json()
    assert (response.status_code, found["email"], found["email_verified"]) == (200, CY, False)
    assert set(found) == {"_id", "email", "email_verified"}
    assert response.headers["cache-control"] == "no-store"
    (mail,) = await by_mail.mails()
    assert (mail["to"], len(code_in(mail))) == (CY, 6)
    assert "Web App" in mail["subject"]


async def test_link_is_mailed_unless_a_code_is_wanted(by_mail: World) -> None:
    """Without ``send`` the mail has a link to the issuer that carries the request, and no code to type."""
    params = {"scope": "openid email", "state": "s", "nonce": "n", "unknown": "x", "prompt": "consent"}
    await start(by_mail.browser(), send="", authParams=params)
    (mail,) = await by_mail.mails()
    assert mail["kind"] == "sign_in_link"
    link = urlsplit(next(word for word in mail["text"].split() if word.startswith("https://")))
    query = {name: values[0] for name, values in parse_qs(link.query).items()}
    assert f"{link.scheme}://{link.netloc}{link.path}" == f"{ISSUER}passwordless/verify_redirect"
    assert len(query.pop("verification_code")) == 43
    assert query == {
        "client_id": "web",
        "connection": "email",
        "email": CY,
        "scope": "openid email",
        "state": "s",
        "nonce": "n",
        "prompt": "consent",
        "redirect_uri": CALLBACK,
        "response_type": "code",
    }


async def test_host_of_the_request_is_not_in_the_link(by_mail: World) -> None:
    """The link is built from the configured issuer (field report: host-header links)."""
    browser = by_mail.browser()
    body = {"client_id": "web", "connection": "email", "email": CY}
    await browser.post("/passwordless/start", json=body, headers={"x-forwarded-host": "evil.example"})
    assert "evil" not in (await by_mail.mails())[-1]["text"]


async def test_auth_params_cannot_replace_client_or_connection(by_mail: World) -> None:
    """What the link signs in to is what the request itself names."""
    params = {"client_id": "third", "connection": "x", "id_token_hint": "h", "login_hint": "eve@example.test"}
    link = await mailed_link(by_mail, authParams=params)
    query = parse_qs(urlsplit(link).query)
    assert (query["client_id"], query["connection"], query["email"]) == (["web"], ["email"], [CY])
    assert not {"id_token_hint", "login_hint"} & query.keys()


async def test_form_is_taken_as_well(by_mail: World) -> None:
    """A form says the same as JSON, with the members of ``authParams`` in brackets."""
    body = {"client_id": "web", "connection": "email", "email": CY, "authParams[state]": "from-a-form"}
    response = await by_mail.browser().post("/passwordless/start", data=body)
    assert response.status_code == 200
    assert "state=from-a-form" in (await by_mail.mails())[-1]["text"]


async def test_digits_and_lifetime_are_those_of_the_connection(world: World) -> None:
    """``totp.length`` and ``totp.time_step`` say how long a code is, and for how long it works."""
    await put_passwordless(world, totp=Totp(length=8, time_step=600))
    assert len(await mailed_code(world)) == 8
    assert "works for 10 minutes" in (await world.mails())[-1]["text"]


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({"x-request-language": "de"}, "Ihr Code"),
        ({"x-request-language": "de-AT,en;q=0.5"}, "Ihr Code"),
        ({"x-request-language": "en", "accept-language": "de"}, "Your code"),
        ({"accept-language": "de"}, "Ihr Code"),
        ({"x-request-language": "fr"}, "Your code"),
    ],
)
async def test_mail_speaks_the_language_asked_for(
    by_mail: World, headers: dict[str, str], words: str
) -> None:
    """``X-Request-Language`` decides, then ``Accept-Language``, then the tenant."""
    body = {"client_id": "web", "connection": "email", "email": CY, "send": "code"}
    await by_mail.browser().post("/passwordless/start", json=body, headers=headers)
    assert words in (await by_mail.mails())[-1]["subject"]


async def test_answer_does_not_tell_who_has_an_account(world: World) -> None:
    """Status, headers and body are the same for members, strangers and the blocked, sign-up open or not."""
    await put_member(world, "member@example.test")
    await put_member(world, "blocked@example.test", blocked=True)
    for closed in (False, True):
        await put_passwordless(world, disable_signup=closed)
        seen = []
        for name in ("member", "blocked", "stranger"):
            response = await start(world.browser(), f"{name}@example.test")
            found = response.json()
            assert len(found.pop("_id")) == 24
            assert found.pop("email") == f"{name}@example.test"
            seen.append((response.status_code, found, sorted(response.headers)))
        assert seen[0] == seen[1] == seen[2]


async def test_only_those_who_may_come_in_get_mail(world: World) -> None:
    """The blocked get no mail, and strangers none where sign-up is closed."""
    await put_passwordless(world, disable_signup=True)
    await put_member(world, "member@example.test")
    await put_member(world, "blocked@example.test", blocked=True)
    for name in ("member", "blocked", "stranger"):
        await start(world.browser(), f"{name}@example.test")
    assert [mail["to"] for mail in await world.mails()] == ["member@example.test"]


async def test_nobody_is_made_by_asking(by_mail: World) -> None:
    """Asking for a code makes no account."""
    await start(by_mail.browser())
    assert await members(by_mail) == []


async def test_mail_goes_to_the_normal_form_or_the_account(by_mail: World) -> None:
    """No spelling that compares equal but is another mailbox gets a code (look-alike addresses)."""
    await put_member(by_mail, "Ada.Member@example.test")
    for typed in ("ADA.MEMBER@example.test", "ａda.member@example.test", "STRASSE@example.test"):
        await start(by_mail.browser(), typed)
    assert [mail["to"] for mail in await by_mail.mails()] == [
        "Ada.Member@example.test",
        "Ada.Member@example.test",
        "strasse@example.test",
    ]


async def test_request_is_on_record(by_mail: World) -> None:
    """The audit log tells who asked for what, and whether it was mailed, without the code."""
    code = await mailed_code(by_mail)
    entry = await newest_log(by_mail, "cs")
    assert (entry.user_name, entry.client_id, entry.details) == (CY, "web", {"mailed": True})
    await mailed_link(by_mail, "link@example.test")
    assert (await newest_log(by_mail, "cls")).details == {"mailed": True}
    assert code not in str(await by_mail.logs())


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"client_id": ""}, "bad.client_id"),
    ({"client_id": "nobody"}, "bad.client_id"),
    ({"connection": ""}, "bad.request"),
    ({"connection": "sms", "phone_number": "+491234"}, "bad.connection"),
    ({"connection": "Username-Password-Authentication"}, "bad.connection"),
    ({"email": ""}, "bad.request"),
    ({"email": "no address"}, "bad.email"),
    ({"email": "a@b@c"}, "bad.email"),
    ({"email": "ada@example.test\r\nBcc: eve@example.test"}, "bad.email"),
    ({"email": 5}, "bad.request"),
    ({"send": "pigeon"}, "bad.request"),
    ({"send": "link", "authParams": "state=x"}, "bad.request"),
    ({"send": "link", "authParams": ["x"]}, "bad.request"),
    ({"send": "link", "authParams": {"state": 5}}, "bad.request"),
    ({"send": "link", "authParams": {"redirect_uri": "https://evil.example/"}}, "bad.authParams"),
    ({"send": "link", "authParams": {"response_type": "password"}}, "bad.authParams"),
    ({"send": "link", "authParams": {"response_type": "token"}}, "bad.authParams"),
    ({"send": "link", "authParams": {"state": "x" * 5_000}}, "bad.authParams"),
    ({"send": "link", "authParams": {"state": "x" * 3_000, "nonce": "y" * 3_000}}, "bad.authParams"),
    ({"send": "link", "client_id": "spa"}, "bad.authParams"),
]


@pytest.mark.parametrize(("fields", "code"), REFUSED, ids=range(len(REFUSED)))
async def test_what_is_refused(by_mail: World, fields: dict[str, Any], code: str) -> None:
    """What is missing, malformed or unknown is a 400 with the wire's code, on record, and no mail."""
    response = await start(by_mail.browser(), **fields)
    assert refusal(response) == (400, code)
    assert await by_mail.mails() == []
    assert (await newest_log(by_mail, "f")).event == "PasswordlessStartFailed"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{", "application/json"),
        (b"[]", "application/json"),
        (b'{"authParams":{"a":{"b":{}}}}', "application/json"),
        (b'{"client_id":"web","client_id":"web"}', "application/json"),
        (b'{"authParams":{},"authParams":{}}', "application/json"),
        (b'{"authParams":{"a":"1","a":"2"}}', "application/json"),
        (b"email=%ff", "application/x-www-form-urlencoded"),
        (b"email=%00", "application/x-www-form-urlencoded"),
        (b"email=a&email=b", "application/x-www-form-urlencoded"),
        (b"x", "text/plain"),
    ],
)
async def test_malformed_bodies_are_refused(by_mail: World, body: bytes, kind: str) -> None:
    """What cannot be read is a 400 in the endpoint's own shape."""
    response = await by_mail.browser().post(
        "/passwordless/start", content=body, headers={"content-type": kind}
    )
    assert refusal(response) == (400, "bad.request")


async def test_parameters_in_the_url_are_refused(by_mail: World) -> None:
    """Nothing is read from the URL, where it would end in logs."""
    body = {"client_id": "web", "connection": "email", "email": CY}
    response = await by_mail.browser().post("/passwordless/start?client_secret=x", json=body)
    assert refusal(response) == (400, "bad.request")


async def test_link_of_a_public_client_carries_its_challenge(by_mail: World) -> None:
    """A client that must use PKCE sends its challenge with ``authParams``."""
    params = {
        "redirect_uri": SPA["redirect_uri"],
        "code_challenge": "c" * 43,
        "code_challenge_method": "S256",
    }
    link = await mailed_link(by_mail, client_id="spa", authParams=params)
    assert f"code_challenge={'c' * 43}" in link


async def test_secret_is_checked_where_it_is_sent(by_mail: World) -> None:
    """A client with a secret may leave it out, but a wrong one is refused; body and header will do."""
    browser = by_mail.browser()
    assert (await start(browser, client_secret=SECRET)).status_code == 200
    assert refusal(await start(browser, client_secret="wrong")) == (401, "invalid_client")
    body = {"connection": "email", "email": CY, "send": "code"}
    response = await browser.post("/passwordless/start", json=body, headers=basic("web", SECRET))
    assert response.status_code == 200


async def test_tenant_may_demand_the_secret(by_mail: World) -> None:
    """With the tenant's flag a client with a secret must send it; a public client has none to send."""
    tenant = await by_mail.platform.tenants.get(by_mail.tenant_id)
    flags = tenant.settings.flags.__class__(enforce_client_authentication_on_passwordless_start=True)
    await by_mail.change_tenant(flags=flags)
    browser = by_mail.browser()
    assert refusal(await start(browser)) == (401, "invalid_client")
    assert (await start(browser, client_secret=SECRET)).status_code == 200
    assert (await start(browser, client_id="spa")).status_code == 200


async def test_scripts_of_the_client_may_read_the_answer(by_mail: World) -> None:
    """The client's own origins may ask and read success and refusal; others may not."""
    body = {"client_id": "spa", "connection": "email", "email": CY, "send": "code"}
    for origin, allowed in (("https://spa.example.test", True), ("https://evil.example", False)):
        for changes in ({}, {"connection": "x"}):
            response = await by_mail.browser().post(
                "/passwordless/start", json=body | changes, headers={"origin": origin}
            )
            assert (response.headers.get("access-control-allow-origin") == origin) == allowed


async def test_mailbox_cannot_be_flooded_by_one_network(by_mail: World) -> None:
    """One network causes five mails to an address in a quarter of an hour, whoever has an account."""
    for email in (CY, "stranger@example.test"):
        for _ in range(CODE_MAIL.attempts):
            assert (await start(by_mail.browser(), email)).status_code == 200
        response = await start(by_mail.browser(), email.upper())
        assert refusal(response) == (429, "too_many_attempts")
        assert 1 <= int(response.headers["retry-after"]) <= CODE_MAIL.window
    assert len(await by_mail.mails()) == 2 * CODE_MAIL.attempts


async def test_one_network_does_not_keep_others_from_asking(by_mail: World) -> None:
    """Who floods an address from one network does not use up what its owner may ask for at another."""
    for _ in range(CODE_MAIL_TO_ADDRESS.attempts * 2):
        await start(by_mail.browser())
    elsewhere = by_mail.browser(address="198.51.100.9")
    assert (await start(elsewhere)).status_code == 200


async def test_mailbox_cannot_be_flooded_by_many_networks(by_mail: World) -> None:
    """However many networks ask, an address gets no more than its limit."""
    statuses = [
        (await start(by_mail.browser(address=f"198.51.100.{number}"))).status_code
        for number in range(CODE_MAIL_TO_ADDRESS.attempts + 3)
    ]
    assert statuses == [200] * CODE_MAIL_TO_ADDRESS.attempts + [429] * 3


async def test_many_addresses_end_at_the_limit_of_the_network(by_mail: World) -> None:
    """One network does not mail to ever new addresses; the application's own server may."""
    browser = by_mail.browser()
    for number in range(CODE_MAIL_PER_IP.attempts):
        assert (await start(browser, f"user{number}@example.test")).status_code == 200
    assert refusal(await start(browser, "one-more@example.test"))[0] == 429
    assert (await start(browser, "one-more@example.test", client_secret=SECRET)).status_code == 200

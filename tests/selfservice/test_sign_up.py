"""Sign-up by an application's own form (the wire §2.13)."""

import asyncio
from typing import Any

import msgspec
import pytest
from tests.support.world import CONNECTION, ISSUER, PASSWORD, World, claims_of

from gatewright.connections.model import UsernameLength, Validation
from gatewright.kernel.errors import Unavailable
from gatewright.protection import MAIL_TO_ADDRESS, SIGNUP_PER_IP
from gatewright.tenants.model import TenantFlags

from .asked import ADA, NEW, NEWCOMER, ORIGIN, SIGN_UP, refused, sign_up, users

pytestmark = [pytest.mark.anyio, pytest.mark.wire("POST /dbconnections/signup")]


async def newcomer(world: World) -> Any:
    (found,) = [user for user in await users(world) if user.email == NEWCOMER]
    return found


@pytest.mark.parametrize("as_form", [False, True], ids=["JSON", "form"])
async def test_account_is_made(world: World, as_form: bool) -> None:
    """A form or a JSON body makes an unverified account, and the answer has its id without the provider."""
    response = await sign_up(world.browser(), as_form=as_form)
    user = await newcomer(world)
    assert response.status_code == 200
    assert response.json() == {
        "_id": user.user_id.removeprefix("auth0|"),
        "email": NEWCOMER,
        "email_verified": False,
    }
    assert (user.connection, user.email_verified) == (CONNECTION, False)


async def test_new_user_can_sign_in(world: World) -> None:
    """Whoever signed up gets tokens whose subject is the id that sign-up told."""
    told = (await sign_up(world.browser(), client_id="kiosk")).json()
    tokens = (await world.browser().bring_password(NEWCOMER, scope="openid")).json()
    assert claims_of(tokens["id_token"])["sub"] == f"auth0|{told['_id']}"


async def test_mail_verifies_the_address(world: World) -> None:
    """The new user is mailed a link below the configured issuer that verifies the address."""
    await sign_up(world.browser())
    (mail,) = await world.mails()
    assert (mail["kind"], mail["to"]) == ("verify_email", NEWCOMER)
    assert ISSUER + "u/email-verification?ticket=" in mail["text"]
    assert "Single Page App" in mail["text"]


@pytest.mark.parametrize("header", ["x-request-language", "accept-language"])
async def test_mail_speaks_the_application_s_language(world: World, header: str) -> None:
    """The mail is in the language that the application names, or else the browser."""
    await sign_up(world.browser(), headers={header: "de"})
    (mail,) = await world.mails()
    assert 'lang="de"' in mail["html"]


async def test_profile_is_kept_and_echoed(world: World) -> None:
    """Fields of the profile and user_metadata are stored with the user and come back in the answer."""
    said = {
        "name": "Cy Example",
        "given_name": "Cy",
        "family_name": "Example",
        "nickname": "cyx",
        "picture": "https://example.test/cy.png",
        "phone_number": "+491701234567",
        "user_metadata": {"plan": "silver"},
    }
    told = (await sign_up(world.browser(), **said)).json()
    kept = msgspec.to_builtins(await newcomer(world))
    assert {name: told[name] for name in said} == said
    assert {name: kept[name] for name in said} == said
    assert "phone_verified" not in kept


async def test_metadata_of_a_form(world: World) -> None:
    """A form brings user_metadata key by key in brackets, as auth0.js 7 sends it."""
    told = (await sign_up(world.browser(), as_form=True, **{"user_metadata[plan]": "silver"})).json()
    assert told["user_metadata"] == (await newcomer(world)).user_metadata == {"plan": "silver"}


async def test_other_fields_are_ignored(world: World) -> None:
    """What libraries send besides, and what nobody may set of themselves, has no effect."""
    more = {"redirect_uri": "https://x.test", "response_type": "token", "sso": True, "auto_login": False}
    forbidden = {"email_verified": True, "blocked": True, "app_metadata": {"admin": True}, "user_id": "ada"}
    forbidden |= {"roles": ["reader"], "phone_verified": True, "_id": "ada"}
    response = await sign_up(world.browser(), **more, **forbidden)
    user = await newcomer(world)
    assert response.json().keys() == {"_id", "email", "email_verified"}
    assert (user.email_verified, user.blocked, user.app_metadata, user.phone_verified) == (
        *(False, False, {}, False),
    )
    assert user.user_id != "auth0|ada"


async def test_it_is_on_record(world: World) -> None:
    """A sign-up is recorded with the application and the new user's id."""
    await sign_up(world.browser())
    entry = (await world.logs())[0]
    assert (entry.type, entry.event, entry.client_id) == ("ss", "UserSignedUp", "spa")
    assert entry.user_id == (await newcomer(world)).user_id


# What is not told: whether the address has an account.


def shape(response: Any, email: str) -> tuple[int, list[tuple[str, str]], dict[str, Any]]:
    body = response.json()
    assert len(body["_id"]) == 24
    int(body["_id"], 16)
    assert body.pop("email") == email
    headers = sorted((name, value) for name, value in response.headers.items() if name != "content-length")
    return response.status_code, headers, {**body, "_id": "(an id)"}


async def test_taken_address_gets_the_same_answer(world: World) -> None:
    """CVE class "user enumeration": the answer for a taken address looks like that for a free one."""
    taken = await sign_up(world.browser(), email=ADA, name="X", user_metadata={"a": "b"})
    free = await sign_up(world.browser(), name="X", user_metadata={"a": "b"})
    assert shape(taken, ADA) == shape(free, NEWCOMER)


async def test_id_for_a_taken_address_is_nobody_s(world: World) -> None:
    """The id in the answer for a taken address is not its owner's, and another one each time."""
    told = [(await sign_up(world.browser(), email=ADA)).json()["_id"] for _ in range(2)]
    assert len({*told, "ada"}) == 3
    assert len(await users(world)) == 1


async def test_owner_is_told_by_mail(world: World) -> None:
    """Nothing of a taken account changes, and its owner gets a mail that says so."""
    before = world.rows("SELECT * FROM users"), world.rows("SELECT * FROM passwords")
    await sign_up(world.browser(), email=ADA.upper(), password="Another-Password-3", name="Mallory")
    (mail,) = await world.mails()
    assert (mail["kind"], mail["to"]) == ("account_exists", ADA)
    assert before == (world.rows("SELECT * FROM users"), world.rows("SELECT * FROM passwords"))


async def test_one_unit_and_one_look_up_either_way(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """CVE class "timing": taken or free, the same number of units, look-ups and hashes."""
    done: list[str] = []

    def counting(owner: Any, name: str) -> None:
        real, mine = getattr(owner, name), asyncio.current_task()

        async def counted(*args: Any, **more: Any) -> Any:
            if asyncio.current_task() is mine:  # and not the sender of mail, in the background
                done.append(name)
            return await real(*args, **more)

        monkeypatch.setattr(owner, name, counted)

    counting(world.platform.bus, "commit")
    counting(world.platform.hasher, "hash")
    counting(world.platform.stores.users, "credentials")
    counts = []
    for email in (ADA, NEWCOMER):
        done.clear()
        await sign_up(world.browser(), email=email)
        counts.append(sorted(done))
    assert counts == [["commit", "credentials", "hash"]] * 2


async def test_same_limit_either_way(world: World) -> None:
    """After as many sign-ups for one address 429 answers, whether or not it has an account."""
    for email in (ADA, "nobody@example.test"):
        answers = [await sign_up(world.browser(), email=email) for _ in range(MAIL_TO_ADDRESS.attempts + 1)]
        assert {each.status_code for each in answers[:-1]} == {200}
        assert refused(answers[-1]) == (429, "too_many_requests")


async def test_limit_says_when_to_come_back(world: World) -> None:
    """Too many sign-ups from one network are refused with the headers that libraries read."""
    for number in range(SIGNUP_PER_IP.attempts):
        await sign_up(world.browser(), email=f"user{number}@example.test")
    response = await sign_up(world.browser())
    assert refused(response) == (429, "too_many_requests")
    assert response.headers["x-ratelimit-limit"] == str(SIGNUP_PER_IP.attempts)
    assert response.headers["x-ratelimit-remaining"] == "0"
    ends = world.clock.now() + int(response.headers["retry-after"])
    assert int(response.headers["x-ratelimit-reset"]) == ends
    assert (await sign_up(world.browser(address="198.51.100.9"))).status_code == 200


async def test_race_for_one_address(world: World) -> None:
    """Of ten sign-ups for one address at once one makes the account, and all answers look the same."""
    browsers = [world.browser() for _ in range(MAIL_TO_ADDRESS.attempts)]
    answers = await asyncio.gather(*(sign_up(browser) for browser in browsers))
    assert len({str(shape(response, NEWCOMER)) for response in answers}) == 1
    assert len({response.json()["_id"] for response in answers}) == len(browsers)
    kinds = sorted(mail["kind"] for mail in await world.mails())
    assert kinds == ["account_exists"] * (len(browsers) - 1) + ["verify_email"]
    await newcomer(world)


async def test_tenant_may_want_it_said(world: World) -> None:
    """With enable_public_signup_user_exists_error a taken address is user_exists, and nothing is mailed."""
    await world.change_tenant(flags=TenantFlags(enable_public_signup_user_exists_error=True))
    for _ in range(MAIL_TO_ADDRESS.attempts + 1):
        response = await sign_up(world.browser(), email=ADA)
        assert refused(response) == (400, "user_exists")
    assert response.json() == {
        "name": "BadRequestError",
        "code": "user_exists",
        "description": "The user already exists.",
        "message": "The user already exists.",
        "statusCode": 400,
    }
    assert await world.mails() == []


# Usernames.


async def test_username(world: World) -> None:
    """Where the database has usernames, one is kept and echoed, and its owner signs in with it."""
    await world.change_connection(requires_username=True)
    told = (await sign_up(world.browser(), username="cy")).json()
    assert told["username"] == (await newcomer(world)).username == "cy"
    assert (await world.browser().bring_password("CY")).status_code == 200


async def test_taken_username_is_said(world: World) -> None:
    """A taken username is username_exists, whether or not the address has an account; nothing is mailed."""
    await world.change_connection(requires_username=True)
    await sign_up(world.browser(), email="first@example.test", username="cy")
    answers = [await sign_up(world.browser(), email=e, username="CY") for e in (ADA, NEWCOMER)]
    assert [refused(response) for response in answers] == [(400, "username_exists")] * 2
    assert answers[0].content == answers[1].content
    assert [mail["to"] for mail in await world.mails()] == ["first@example.test"]


async def test_race_for_one_username(world: World) -> None:
    """Of two sign-ups for one username at once one gets it, and the other is told."""
    await world.change_connection(requires_username=True)
    emails = ("one@example.test", "two@example.test")
    answers = await asyncio.gather(*(sign_up(world.browser(), email=e, username="cy") for e in emails))
    assert sorted(response.status_code for response in answers) == [200, 400]
    (lost,) = [response for response in answers if response.status_code == 400]
    assert refused(lost) == (400, "username_exists")
    assert len(await world.mails()) == 1


@pytest.mark.parametrize("username", [None, "", "ab", "x" * 9, "a@bcd", "a bcd"])
async def test_username_out_of_shape(world: World, username: str | None) -> None:
    """A missing or malformed username is invalid_signup, and the answer says which lengths there are."""
    length = Validation(username=UsernameLength(min=3, max=8))
    await world.change_connection(requires_username=True, validation=length)
    response = await sign_up(world.browser(), username=username)
    assert refused(response) == (400, "invalid_signup")
    assert "username has not 3 to 8" in response.json()["description"]


async def test_username_is_ignored_where_there_are_none(world: World) -> None:
    """Without requires_username one that is sent is neither kept nor echoed."""
    assert "username" not in (await sign_up(world.browser(), username="cy")).json()
    assert (await newcomer(world)).username == ""


# Passwords.


GOOD_VERDICT = {
    "rules": [
        {"message": "At least %d characters", "format": [8], "code": "lengthAtLeast", "verified": True},
        {
            "message": "Contains at least %d of these %d kinds of characters:",
            "format": [3, 4],
            "code": "containsAtLeast",
            "verified": False,
            "items": [
                {"message": "lower-case letters (a-z)", "code": "lowerCase", "verified": True},
                {"message": "upper-case letters (A-Z)", "code": "upperCase", "verified": False},
                {"message": "numbers (0-9)", "code": "numbers", "verified": True},
                {
                    "message": "special characters (such as !@#$&*)",
                    "code": "specialCharacters",
                    "verified": False,
                },
            ],
        },
    ],
    "verified": False,
}
GOOD_POLICY = """\
* At least 8 characters
* Contains at least 3 of these 4 kinds of characters:
 * lower-case letters (a-z)
 * upper-case letters (A-Z)
 * numbers (0-9)
 * special characters (such as !@#$&*)"""


async def test_weak_password_gets_the_verdict_of_each_rule(world: World) -> None:
    """A password that is too weak is a PasswordStrengthError with every rule, its verdict and the policy."""
    response = await sign_up(world.browser(), password="lowercase1")
    assert refused(response) == (400, "invalid_password")
    assert response.json() == {
        "name": "PasswordStrengthError",
        "message": "The password is too weak",
        "code": "invalid_password",
        "description": GOOD_VERDICT,
        "policy": GOOD_POLICY,
        "statusCode": 400,
    }
    assert await world.mails() == []


@pytest.mark.parametrize(
    ("level", "password", "broken", "all_codes"),
    [
        ("none", "", {"nonEmpty"}, ["nonEmpty"]),
        ("low", "abc", {"lengthAtLeast"}, ["lengthAtLeast"]),
        ("fair", "abcdefgh", {"shouldContain"}, ["lengthAtLeast", "shouldContain"]),
        (
            "excellent",
            "aaaBBB1111",
            {"identicalChars"},
            ["lengthAtLeast", "containsAtLeast", "identicalChars"],
        ),
        (
            "excellent",
            "a",
            {"lengthAtLeast", "containsAtLeast"},
            ["lengthAtLeast", "containsAtLeast", "identicalChars"],
        ),
        ("low", "a" * 300, {"lengthAtMost"}, ["lengthAtLeast", "lengthAtMost"]),
    ],
)
async def test_rules_of_each_policy(
    world: World, level: str, password: str, broken: set[str], all_codes: list[str]
) -> None:
    """Each policy tells its own rules by the wire's codes, and which of them are broken."""
    await world.change_connection(password_policy=level)
    body = (await sign_up(world.browser(), password=password)).json()
    rules = body["description"]["rules"]
    assert [rule["code"] for rule in rules] == all_codes
    assert {rule["code"] for rule in rules if not rule["verified"]} == broken
    for rule in rules:
        assert rule["message"].count("%") == len(rule.get("format", []))
        assert rule["message"] % tuple(rule.get("format", ())) in body["policy"]


async def test_minimum_length_of_the_database(world: World) -> None:
    """password_complexity_options.min_length stands in the verdict."""
    options = (await world.platform.stores.connections.all(world.tenant_id))[0].options
    longer = type(options.password_complexity_options)(min_length=20)
    await world.change_connection(password_complexity_options=longer)
    rules = (await sign_up(world.browser())).json()["description"]["rules"]
    assert rules[0]["format"] == [20]


async def test_common_password(world: World) -> None:
    """A password of the dictionary is a PasswordDictionaryError."""
    options = (await world.platform.stores.connections.all(world.tenant_id))[0].options
    words = type(options.password_dictionary)(enable=True, dictionary=(PASSWORD,))
    await world.change_connection(password_dictionary=words)
    response = await sign_up(world.browser())
    assert refused(response) == (400, "invalid_password")
    assert response.json()["name"] == "PasswordDictionaryError"


@pytest.mark.parametrize("field", ["email", "given_name", "nickname"])
async def test_password_with_personal_information(world: World, field: str) -> None:
    """A password with a part of address or name in it is a PasswordNoUserInfoError, where that is refused."""
    options = (await world.platform.stores.connections.all(world.tenant_id))[0].options
    await world.change_connection(
        password_no_personal_info=type(options.password_no_personal_info)(enable=True)
    )
    said = {"email": "clementine@example.test"} if field == "email" else {field: "Clementine"}
    response = await sign_up(world.browser(), password="Clementine-12", **said)
    assert refused(response) == (400, "invalid_password")
    assert response.json()["name"] == "PasswordNoUserInfoError"


async def test_weak_password_says_nothing_of_the_address(world: World) -> None:
    """CVE class "user enumeration": the refusal of a password is the same for a taken and a free address."""
    taken, free = [await sign_up(world.browser(), email=e, password="weak") for e in (ADA, NEWCOMER)]
    assert taken.content == free.content


@pytest.mark.parametrize("password", [" Correct-Horse-1 ", "Pässwörd-字-1", "\t Correct-1\n"])
async def test_password_is_taken_as_it_is(world: World, password: str) -> None:
    """Nothing is cut off a password, neither in JSON nor in a form."""
    await sign_up(world.browser(), password=password)
    await sign_up(world.browser(), email="dee@example.test", password=password, as_form=True)
    for email in (NEWCOMER, "dee@example.test"):
        assert (await world.browser().bring_password(email, password)).status_code == 200


# What is refused.


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"client_id": None}, (400, "invalid_request", "missing client_id parameter")),
        ({"connection": None}, (400, "invalid_request", "missing connection parameter")),
        ({"client_id": "nobody"}, (403, "unauthorized_client", "invalid client")),
        ({"connection": "nowhere"}, (400, "invalid_request", "The connection nowhere was not found")),
        ({"email": None}, (400, "invalid_signup", "email is no e-mail address")),
        ({"email": "cy"}, (400, "invalid_signup", "email is no e-mail address")),
        ({"email": "cy@example.test\r\nBcc: x@y.test"}, (400, "invalid_signup", "email is no")),
        ({"email": ["a@b.test"]}, (400, "invalid_request", "email is not a string")),
        ({"password": 12345678}, (400, "invalid_request", "password is not a string")),
        ({"password": "Correct\0Horse-1"}, (400, "invalid_request", "NUL")),
        ({"password": "A1-" + "a" * 2_000}, (400, "invalid_request", "1024 characters")),
        ({"name": "x" * 301}, (400, "invalid_signup", "name has more than 300")),
        ({"given_name": "x" * 151}, (400, "invalid_signup", "given_name has more than 150")),
        ({"nickname": "a\nb"}, (400, "invalid_signup", "nickname")),
        ({"picture": "javascript:alert(1)"}, (400, "invalid_signup", "picture")),
        ({"picture": "//x.test/a.png"}, (400, "invalid_signup", "picture")),
        ({"phone_number": "01701234567"}, (400, "invalid_signup", "phone_number")),
        ({"phone_number": "+٤٩١"}, (400, "invalid_signup", "phone_number")),
        ({"user_metadata": "x"}, (400, "invalid_request", "user_metadata is not an object")),
        ({"user_metadata": ["x"]}, (400, "invalid_request", "user_metadata is not an object")),
        (
            {"user_metadata": {str(n): "x" for n in range(11)}},
            (400, "invalid_request", "more than 10 keys"),
        ),
        ({"user_metadata": {"k" * 101: "x"}}, (400, "invalid_request", "more than 100 characters")),
        ({"user_metadata": {"k": "x" * 501}}, (400, "invalid_request", "at most 500 characters")),
        ({"user_metadata": {"k": 1}}, (400, "invalid_request", "not a string")),
        ({"user_metadata": {"k": {"deep": "x"}}}, (400, "invalid_request", "not a string")),
        ({"user_metadata": {"k": "a\0b"}}, (400, "invalid_request", "NUL")),
        ({"user_metadata": {"a\0b": "x"}}, (400, "invalid_request", "NUL")),
    ],
)
async def test_refusals(world: World, fields: dict[str, Any], refusal: tuple[int, str, str]) -> None:
    """What is missing, malformed or nobody's is refused in words for it, and changes nothing."""
    response = await sign_up(world.browser(), **fields)
    assert refused(response) == refusal[:2]
    assert refusal[2] in response.json()["description"]
    assert len(await users(world)) == 1
    assert await world.mails() == []


async def test_metadata_at_its_limits(world: World) -> None:
    """Ten keys of a hundred characters with values of five hundred are kept."""
    most = {str(number) * 100: "x" * 500 for number in range(10)}
    assert (await sign_up(world.browser(), user_metadata=most)).json()["user_metadata"] == most


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b""),
        ("application/json", b"[]"),
        ("application/json", b'{"client_id":"spa","client_id":"web"}'),
        ("application/json", b'{"a":' * 900 + b"1" + b"}" * 900),
        ("application/json", b'{"a":' + b"9" * 5_000 + b"}"),
        ("application/json", b"{" + b",".join(b'"k%d":1' % n for n in range(101)) + b"}"),
        ("application/x-www-form-urlencoded", b"client_id=spa&client_id=web"),
        ("application/x-www-form-urlencoded", b"client_id=%ff"),
        ("text/plain", b"client_id=spa"),
        ("", b"client_id=spa"),
    ],
)
async def test_malformed_body(world: World, kind: str, body: bytes) -> None:
    """A body that is neither one form nor one JSON object is refused in the database shape."""
    headers = {"content-type": kind} if kind else {}
    response = await world.browser().post(SIGN_UP, content=body, headers=headers)
    assert refused(response) == (400, "invalid_request")


async def test_closed_sign_up(world: World) -> None:
    """With disable_signup the answer says so, whatever else is wrong."""
    await world.change_connection(disable_signup=True)
    for password in (PASSWORD, "weak"):
        response = await sign_up(world.browser(), password=password)
        assert refused(response) == (400, "invalid_signup")
        assert response.json()["description"] == "public signup is disabled"
    assert len(await users(world)) == 1


async def test_database_of_another_application(world: World) -> None:
    """A database that is not enabled for the client is as unknown as one that is not there."""
    (connection,) = await world.platform.stores.connections.all(world.tenant_id)
    closed = msgspec.structs.replace(connection, enabled_clients=("web",))
    await world.commit(world.platform.stores.connections.put(world.tenant_id, closed))
    response = await sign_up(world.browser())
    assert refused(response) == (400, "invalid_request")
    assert "was not found or is not enabled" in response.json()["description"]


async def test_deleted_client(world: World) -> None:
    """A client that was deleted is refused from then on."""
    await world.commit(world.platform.stores.clients.delete(world.tenant_id, "spa"))
    assert refused(await sign_up(world.browser())) == (403, "unauthorized_client")


async def test_full_hasher(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the hasher's queue the answer is 503 with Retry-After."""

    async def busy(password: str) -> str:
        raise Unavailable("busy", retry_after=1)

    monkeypatch.setattr(world.platform.hasher, "hash", busy)
    response = await sign_up(world.browser())
    assert refused(response) == (503, "temporarily_unavailable")
    assert response.headers["retry-after"] == "1"


@pytest.mark.parametrize(("origin", "may_read"), [(ORIGIN, True), ("https://stranger.test", False)])
async def test_scripts_of_the_client_may_read(world: World, origin: str, may_read: bool) -> None:
    """Scripts of the client's origins read answer and refusal, and no others."""
    for fields in ({}, {"email": "x"}):
        response = await sign_up(world.browser(), headers={"origin": origin}, **fields)
        assert (response.headers.get("access-control-allow-origin") == origin) is may_read


async def test_no_session_begins(world: World) -> None:
    """Signing up sets no cookie and begins no session."""
    response = await sign_up(world.browser())
    assert "set-cookie" not in response.headers
    assert world.rows("SELECT count(*) FROM sessions") == [(0,)]


async def test_markup_is_only_echoed_as_json(world: World) -> None:
    """What was typed comes back as JSON that no browser takes for a page."""
    response = await sign_up(world.browser(), name="<script>alert(1)</script>")
    assert response.headers["content-type"] == "application/json"
    assert response.headers["x-content-type-options"] == "nosniff"


async def test_password_is_not_echoed(world: World) -> None:
    """No answer repeats the password."""
    for fields in ({}, {"password": "weak-and-secret"}, {"email": "x"}):
        response = await sign_up(world.browser(), **fields)
        assert {**NEW, **fields}["password"] not in response.text

"""The passwordless grant: a mailed code becomes tokens."""

import asyncio

import pytest
from tests.support.passwordless import (
    CY,
    OTP_GRANT,
    WRONG_WORDS,
    mailed_code,
    mailed_link,
    members,
    put_member,
    put_passwordless,
    redeem,
)
from tests.support.protocol import newest_log, query_of, refresh, refusal, userinfo
from tests.support.world import API, World, claims_of

from gatewright.login.one_time_code import MOST_GUESSES

pytestmark = [pytest.mark.anyio, pytest.mark.wire("grant passwordless/otp")]


@pytest.fixture(autouse=True)
async def by_mail(world: World) -> World:
    """People may sign in by mail."""
    await put_passwordless(world)
    return world


async def test_stranger_gets_tokens_and_an_account(world: World) -> None:
    """The first right code makes a user ``email|…`` with a verified address, who gets tokens."""
    response = await redeem(world.browser(), await mailed_code(world), scope="openid profile email")
    assert response.status_code == 200, response.text
    claims = claims_of(response.json()["id_token"])
    (user,) = await members(world)
    assert claims["sub"] == user.user_id
    assert (user.user_id[:6], len(user.user_id)) == ("email|", 30)
    assert (claims["email"], claims["email_verified"], claims["name"], claims["nickname"]) == (
        CY,
        True,
        CY,
        "cy",
    )
    assert (user.logins_count, user.identities[0].provider, user.identities[0].connection) == (
        1,
        "email",
        "email",
    )


async def test_next_code_finds_the_same_account(world: World) -> None:
    """Who comes again, in another spelling, is the same user."""
    subjects = set()
    for spelling in (CY, CY.upper()):
        found = await redeem(world.browser(), await mailed_code(world, spelling), spelling)
        subjects.add(claims_of(found.json()["id_token"])["sub"])
    (user,) = await members(world)
    assert (subjects, user.logins_count) == ({user.user_id}, 2)


async def test_same_address_in_a_database_is_somebody_else(world: World) -> None:
    """An address never joins accounts (CVE class: linking by e-mail address)."""
    found = await redeem(world.browser(), await mailed_code(world, "ada@example.test"), "ada@example.test")
    assert claims_of(found.json()["id_token"])["sub"].startswith("email|")


async def test_code_verifies_the_address_of_a_member(world: World) -> None:
    """A member whose address was not verified has a verified one with the first code, tokens included."""
    member = await put_member(world, email_verified=False)
    found = await redeem(world.browser(), await mailed_code(world), scope="openid email")
    assert claims_of(found.json()["id_token"])["email_verified"] is True
    user = await world.platform.users.get(world.tenant_id, member.user_id)
    assert user is not None
    assert user.email_verified


async def test_tokens_go_on_like_others(world: World) -> None:
    """With an audience and offline_access there are a JWT for the API and a refresh token that works."""
    code = await mailed_code(world)
    found = (await redeem(world.browser(), code, scope="openid offline_access", audience=API)).json()
    assert claims_of(found["access_token"])["aud"][0] == API
    assert (await refresh(world.browser(), found["refresh_token"])).status_code == 200
    opaque = (await redeem(world.browser(), await mailed_code(world))).json()
    assert (await userinfo(world.browser(), opaque["access_token"])).status_code == 200


async def test_realm_may_be_left_out(world: World) -> None:
    """Without ``realm`` it is the client's passwordless connection."""
    assert (await redeem(world.browser(), await mailed_code(world), realm="")).status_code == 200


async def test_secret_of_a_link_will_do(world: World) -> None:
    """What stands in a link can be brought to the token endpoint too."""
    secret = query_of(await mailed_link(world))["verification_code"]
    assert (await redeem(world.browser(), secret)).status_code == 200


async def test_exchange_is_on_record(world: World) -> None:
    """The audit log tells of the sign-up and of the exchange."""
    await redeem(world.browser(), await mailed_code(world))
    (user,) = await members(world)
    for kind in ("ss", "sepotpft"):
        entry = await newest_log(world, kind)
        assert (entry.user_id, entry.client_id, entry.connection) == (user.user_id, "web", "email")


async def test_code_is_spent(world: World) -> None:
    """A code works once."""
    code = await mailed_code(world)
    assert (await redeem(world.browser(), code)).status_code == 200
    assert refusal(await redeem(world.browser(), code)) == (400, "invalid_grant")


async def test_of_many_at_once_one_gets_tokens(world: World) -> None:
    """One code redeemed by many at once gives tokens to one, and makes one account."""
    code = await mailed_code(world)
    ends = await asyncio.gather(*(redeem(world.browser(), code) for _ in range(8)))
    assert sorted(response.status_code for response in ends) == [200] + [400] * 7
    assert len(await members(world)) == 1


async def test_of_many_links_at_once_one_gets_tokens(world: World) -> None:
    """The same holds for a link, at which nobody counts."""
    secret = query_of(await mailed_link(world))["verification_code"]
    ends = await asyncio.gather(*(redeem(world.browser(), secret) for _ in range(12)))
    assert sorted(response.status_code for response in ends) == [200] + [400] * 11
    assert len(await members(world)) == 1


async def test_wrong_code(world: World) -> None:
    """A wrong code is invalid_grant in the wire's words, on record."""
    code = await mailed_code(world)
    response = await redeem(world.browser(), str(int(code) ^ 1).zfill(6))
    assert refusal(response) == (400, "invalid_grant")
    assert response.json()["error_description"] == WRONG_WORDS
    assert (await newest_log(world, "fepotpft")).client_id == "web"
    assert await members(world) == []


async def test_code_dies_of_its_fifth_guess_at_once(world: World) -> None:
    """However many guess at once, a code is compared five times."""
    code = await mailed_code(world)
    wrong = str(int(code) ^ 1).zfill(6)
    await asyncio.gather(
        *(redeem(world.browser(address=f"198.51.100.{n}"), wrong) for n in range(MOST_GUESSES))
    )
    assert refusal(await redeem(world.browser(), code)) == (400, "invalid_grant")


async def test_blocked_member(world: World) -> None:
    """A member who was blocked after the code was sent is told so, after the proof; with a wrong code not."""
    member = await put_member(world)
    code = await mailed_code(world)
    await world.change_user(member.user_id, blocked=True)
    wrong = await redeem(world.browser(), str(int(code) ^ 1).zfill(6))
    assert wrong.json()["error_description"] == WRONG_WORDS
    response = await redeem(world.browser(), code)
    assert refusal(response) == (400, "invalid_grant")
    assert response.json()["error_description"] == "user is blocked"


async def test_sign_up_closed_meanwhile(world: World) -> None:
    """A stranger's code is wrong once sign-up is closed, and nobody is made."""
    code = await mailed_code(world)
    await put_passwordless(world, disable_signup=True)
    response = await redeem(world.browser(), code)
    assert response.json()["error_description"] == WRONG_WORDS
    assert await members(world) == []


async def test_connection_closed_meanwhile(world: World) -> None:
    """A connection that is closed to the client lets nobody in, by code or by what a code gave."""
    code = await mailed_code(world)
    tokens = (await redeem(world.browser(), code, scope="openid offline_access")).json()
    code = await mailed_code(world)
    await put_passwordless(world, clients=("third",))
    assert refusal(await redeem(world.browser(), code)) == (400, "invalid_request")
    assert refusal(await refresh(world.browser(), tokens["refresh_token"])) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"otp": ""}, "invalid_request"),
        ({"username": ""}, "invalid_request"),
        ({"realm": "sms"}, "invalid_request"),
        ({"realm": "Username-Password-Authentication"}, "invalid_request"),
        ({"username": "no address"}, "invalid_grant"),
        ({"otp": "x" * 5_000}, "invalid_grant"),
    ],
)
async def test_what_is_refused(world: World, fields: dict[str, str], code: str) -> None:
    """What is missing or leads nowhere is refused in the protocol's words."""
    assert refusal(await redeem(world.browser(), "123456", **fields)) == (400, code)


async def test_unknown_audience_costs_no_code(world: World) -> None:
    """What is wrong with the request is told before the code is looked at."""
    code = await mailed_code(world)
    assert refusal(await redeem(world.browser(), code, audience="urn:x")) == (403, "access_denied")
    assert (await redeem(world.browser(), code)).status_code == 200


async def test_grant_must_be_listed(world: World) -> None:
    """A client that does not list the grant may not use it."""
    await world.change_client("web", grant_types=("authorization_code",))
    response = await redeem(world.browser(), await mailed_code(world))
    assert refusal(response) == (400, "unauthorized_client")


async def test_third_party_needs_consent_given_before(world: World) -> None:
    """There is no page to ask on, so a foreign application is refused, and the code is not spent."""
    code = await mailed_code(world, client_id="third")
    response = await redeem(world.browser(), code, client_id="third")
    assert refusal(response) == (400, "consent_required")


async def test_discovery_lists_the_grant(world: World) -> None:
    """Metadata names the grant."""
    found = (await world.browser().get("/.well-known/openid-configuration")).json()
    assert OTP_GRANT in found["grant_types_supported"]

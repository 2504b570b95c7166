"""Users made, changed, blocked and removed by an administrator."""

import asyncio
import subprocess
import sys
from typing import Any

import pytest
from tests.administration.conftest import Administrator
from tests.support.world import PASSWORD, World, answer

from gatewright.kernel.errors import Conflict, Invalid, NotFound
from gatewright.kernel.units import Unmatched

pytestmark = pytest.mark.anyio

ADA = "auth0|ada"
NEW = {"email": "cy@example.test", "password": PASSWORD}


async def test_new_user_signs_in(world: World, admin: Administrator) -> None:
    """A user whom an administrator made signs in with the password given, under the id given."""
    user = await admin.create(
        **NEW, user_id="cy", email_verified=True, given_name="Cy", app_metadata={"a": 1}
    )
    assert (user.user_id, user.name, user.given_name, user.app_metadata) == (
        "auth0|cy",
        "cy@example.test",
        "Cy",
        {"a": 1},
    )
    assert "code" in answer(await world.browser().sign_in("cy@example.test"))


@pytest.mark.parametrize(
    ("fields", "is_mailed"),
    [
        ({}, True),
        ({"email_verified": True}, False),
        ({"verify_email": False}, False),
        ({"verify_email": True}, True),
        ({"verify_email": True, "email_verified": True}, False),
        ({"blocked": True}, False),
    ],
)
async def test_new_address_is_verified_by_mail(
    world: World, admin: Administrator, fields: dict[str, Any], is_mailed: bool
) -> None:
    """A new user gets a link that verifies the address unless it is verified or nobody wants it."""
    await admin.create(**NEW, **fields)
    assert [mail["kind"] for mail in await world.mails()] == (["verify_email"] if is_mailed else [])


REFUSED = [
    ({"connection": "nowhere"}, "connection"),
    ({"email": "no address"}, "email"),
    ({"email": ""}, ""),
    ({"password": "short"}, "password"),
    ({"password": ""}, "password"),
    ({"user_id": "with space"}, "user_id"),
    ({"user_id": "google-oauth2|1"}, "user_id"),
    ({"picture": "javascript:alert(1)"}, "picture"),
    ({"name": "x" * 301}, "name"),
    ({"username": "a@b"}, "username"),
    ({"user_metadata": {"x": "y" * 70_000}}, "user_metadata"),
    ({"app_metadata": {"x": 2**70}}, "app_metadata"),
    ({"app_metadata": {"x": "\ud800"}}, "app_metadata"),
    ({"app_metadata": {"x": [[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]}}, "app_metadata"),
]


@pytest.mark.parametrize(("fields", "path"), REFUSED)
async def test_new_user_that_breaks_a_rule_is_refused(
    world: World, admin: Administrator, fields: dict[str, Any], path: str
) -> None:
    """What is wrong is named by its path, and nobody is made."""
    before = world.dump()
    with pytest.raises(Invalid) as refused:
        await admin.create(**{**NEW, **fields})
    assert refused.value.path == path
    assert world.dump() == before


async def test_password_is_not_repeated(admin: Administrator) -> None:
    """The refusal of a password does not show it."""
    with pytest.raises(Invalid) as refused:
        await admin.create(**{**NEW, "password": "tiny!"})
    assert "tiny!" not in str(refused.value)


@pytest.mark.parametrize("fields", [{"email": "ADA@example.test"}, {"user_id": "ada"}])
async def test_taken_id_or_address_is_a_conflict(
    world: World, admin: Administrator, fields: dict[str, Any]
) -> None:
    """Somebody with that id or address already is a conflict, and nothing is changed or mailed."""
    before = world.dump()
    with pytest.raises(Conflict):
        await admin.create(**{**NEW, **fields})
    assert world.dump() == before


async def test_metadata_is_merged_at_the_first_level(admin: Administrator) -> None:
    """A key given replaces that key, null removes it, others stay; null instead of an object removes all."""
    await admin.update(ADA, user_metadata={"a": {"x": 1}, "b": 2}, app_metadata={"k": 1})
    user = await admin.update(ADA, user_metadata={"a": {"y": 1}, "b": None, "c": [3]})
    assert (user.user_metadata, user.app_metadata) == ({"a": {"y": 1}, "c": [3]}, {"k": 1})
    assert (await admin.update(ADA, user_metadata={})).user_metadata == {"a": {"y": 1}, "c": [3]}
    assert (await admin.update(ADA, app_metadata=None)).app_metadata == {}


async def test_null_takes_a_value_away(admin: Administrator) -> None:
    """A field of the profile that is set to null is empty afterwards."""
    await admin.update(ADA, given_name="Ada", phone_number="+442079460000", phone_verified=True)
    user = await admin.update(ADA, given_name=None, phone_number=None, blocked=None)
    assert (user.given_name, user.phone_number, user.phone_verified, user.blocked) == ("", "", False, False)


async def test_new_address_is_the_one_to_sign_in_with(world: World, admin: Administrator) -> None:
    """After a change of address the new one opens the account, the old one does not, and it is unverified."""
    user = await admin.update(ADA, email="lovelace@example.test")
    assert (user.email, user.email_verified) == ("lovelace@example.test", False)
    assert "code" in answer(await world.browser().sign_in("lovelace@example.test"))
    assert (await world.browser().sign_in("ada@example.test")).status_code == 400
    await world.put_user("ada@example.test")


async def test_new_address_is_verified_when_that_is_wanted(world: World, admin: Administrator) -> None:
    """A change of address mails a link to the new one when asked to, for the application named."""
    await admin.update(ADA, email="new@example.test", verify_email=True, client_id="web")
    (mail,) = await world.mails()
    assert (mail["kind"], mail["to"]) == ("verify_email", "new@example.test")


async def test_taken_address_changes_nothing(world: World, admin: Administrator) -> None:
    """An address of somebody else is a conflict, and the user stays as they were."""
    await world.put_user("bob@example.test")
    before = world.dump()
    with pytest.raises(Conflict):
        await admin.update(ADA, email="BOB@example.test", name="Other")
    assert world.dump() == before


PATCH_REFUSED = [
    ({"email": "x@example.test", "password": PASSWORD}, "password"),
    ({"email": None}, "email"),
    ({"password": None}, "password"),
    ({"password": "short"}, "password"),
    ({"email": "nothing"}, "email"),
    ({"connection": "nowhere"}, "connection"),
    ({"client_id": "nobody"}, "client_id"),
    ({"app_metadata": {"x": "y" * 70_000}}, "app_metadata"),
]


@pytest.mark.parametrize(("fields", "path"), PATCH_REFUSED)
async def test_change_that_breaks_a_rule_is_refused(
    world: World, admin: Administrator, fields: dict[str, Any], path: str
) -> None:
    """What is wrong is named by its path, and nothing is changed."""
    before = world.dump()
    with pytest.raises(Invalid) as refused:
        await admin.update(ADA, **fields)
    assert refused.value.path == path
    assert world.dump() == before


async def test_merged_metadata_stays_within_bounds(admin: Administrator) -> None:
    """Many small changes do not make metadata larger than one change may."""
    for name in "ab":
        await admin.update(ADA, app_metadata={name: "x" * 30_000})
    with pytest.raises(Invalid):
        await admin.update(ADA, app_metadata={"c": "x" * 30_000})


async def test_new_password_ends_what_the_old_one_opened(world: World, admin: Administrator) -> None:
    """A password set by an administrator is the one in force; sessions and refresh tokens of before end."""
    browser = world.browser()
    tokens = await browser.tokens(
        scope="openid offline_access", audience="https://api.example.test/timesheets"
    )
    await admin.update(ADA, password="Another-Horse-2")
    assert (await browser.authorize()).status_code == 200
    refreshed = await browser.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert refreshed.json()["error"] == "invalid_grant"
    assert (await world.browser().sign_in()).status_code == 400
    assert "code" in answer(await world.browser().sign_in(password="Another-Horse-2"))


async def test_blocked_user_is_out_at_once(world: World, admin: Administrator) -> None:
    """Blocking ends sessions and refresh tokens, and the password opens nothing until that is undone."""
    browser = world.browser()
    tokens = await browser.tokens(
        scope="openid offline_access", audience="https://api.example.test/timesheets"
    )
    await admin.update(ADA, blocked=True)
    assert world.rows("SELECT count(*) FROM sessions") == [(0,)]
    refreshed = await browser.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert refreshed.status_code >= 400
    assert (await world.browser().sign_in()).status_code >= 400
    await admin.update(ADA, blocked=False)
    assert "code" in answer(await world.browser().sign_in())


async def test_record_says_who_changed_what(world: World, admin: Administrator) -> None:
    """A change is on record with its author, what was before and what is now, and never with a password."""
    await admin.update(ADA, name="Countess", app_metadata={"plan": "gold"})
    await admin.update(ADA, password="Another-Horse-2")
    password, update, *_ = (entry for entry in await world.logs() if entry.event == "UserUpdated")
    assert (update.type, update.user_id, update.client_id, update.ip) == (
        "sapi",
        ADA,
        "admin-tool",
        "203.0.113.1",
    )
    assert update.details == {
        "by": {"client_id": "admin-tool", "user_id": "auth0|boss"},
        "before": {"name": "Ada Example", "app_metadata": None},
        "after": {"name": "Countess", "app_metadata": {"plan": "gold"}},
    }
    assert set(password.details["after"]) == {"last_password_reset"}
    assert not any("Another-Horse-2" in line for line in world.dump())


async def test_parallel_changes_all_happen(admin: Administrator) -> None:
    """Eight changes of different keys in one moment all hold."""
    await asyncio.gather(*(admin.update(ADA, user_metadata={f"k{n}": n}) for n in range(8)))
    user = await admin.get(ADA)
    assert user is not None
    assert user.user_metadata == {f"k{n}": n for n in range(8)}


async def test_user_who_is_not_there_is_not_found(world: World, admin: Administrator) -> None:
    """Nobody is changed who is not there, and removing nobody is told."""
    with pytest.raises(NotFound):
        await admin.update("auth0|nobody", name="x")
    assert not await admin.delete("auth0|nobody")


async def test_removed_user_leaves_nothing(world: World, admin: Administrator) -> None:
    """With a user go sessions, refresh tokens, roles, consents, tickets, identities and password."""
    tokens = await world.browser().tokens(
        scope="openid offline_access", audience="https://api.example.test/timesheets"
    )
    await world.commit(world.platform.stores.roles.assign(world.tenant_id, ADA, "rol_reader"))
    await admin.update(ADA, email="again@example.test", verify_email=True)
    assert await admin.delete(ADA)
    for table in (
        "users",
        "identities",
        "identifiers",
        "passwords",
        "sessions",
        "token_families",
        "user_roles",
        "consents",
        "tickets",
    ):
        assert world.rows(f"SELECT count(*) FROM {table}") == [(0,)], table
    refreshed = await world.browser().token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert refreshed.json()["error"] == "invalid_grant"
    (entry,) = [entry for entry in await world.logs() if entry.type == "sdu"]
    assert (entry.user_id, entry.details["by"]["client_id"]) == (ADA, "admin-tool")


async def test_endless_contention_is_a_conflict(
    admin: Administrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change that somebody else always gets in before gives up with a conflict."""

    async def overtaken(*changes: object) -> None:
        raise Unmatched(0)

    monkeypatch.setattr(admin.world.platform.bus, "commit", overtaken)
    with pytest.raises(Conflict):
        await admin.update(ADA, name="x")


def test_start_does_not_pay_for_search() -> None:
    """What signs people in is imported without the query language and without what administrators do."""
    script = (
        "import sys, gatewright.app;"
        "print([name for name in sys.modules if name.startswith(('gatewright.users.search', "
        "'gatewright.administration', 'gatewright.storage.user_search'))])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


async def test_names_people_are_known_by_have_codes_of_their_own(world: World, admin: Administrator) -> None:
    """A changed e-mail address or telephone number is told by its own code, and nothing else is."""
    await admin.update(ADA, email="countess@example.test")
    await admin.update(ADA, phone_number="+442079460000")
    await admin.update(ADA, name="Countess")
    told = [(each.type, each.event) for each in await world.logs() if each.user_id == ADA]
    assert sorted(told) == [
        *[("sapi", "UserUpdated")] * 3,
        ("sce", "EmailChanged"),
        ("scpn", "PhoneNumberChanged"),
    ]

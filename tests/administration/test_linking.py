"""Two users become one person, and an identity becomes a user of its own again."""

import asyncio
import re
from typing import Any

import msgspec
import pytest
from tests.administration.conftest import Administrator
from tests.support.passwordless import mailed_code, put_member, put_passwordless, redeem
from tests.support.world import CONNECTION, PASSWORD, World, answer, claims_of

from gatewright.kernel.errors import Conflict, NotFound
from gatewright.storage.database import revision_bump

pytestmark = pytest.mark.anyio

ADA, BOB = "auth0|ada", "auth0|bob"
BOBS = "Bobs-Own-Horse-7"
API = "https://api.example.test/timesheets"


@pytest.fixture
async def bob(world: World) -> None:
    """Somebody else in the same database."""
    await world.put_user(
        "bob@example.test",
        BOBS,
        subject="bob",
        given_name="Bob",
        email_verified=True,
        user_metadata={"x": 1},
        app_metadata={"y": 2},
    )


async def subject_of(world: World, email: str, password: str) -> str:
    """Whose id_token a sign-in with that address ends in."""
    browser = world.browser()
    code = answer(await browser.sign_in(email, password))["code"]
    tokens = (await browser.redeem(code)).json()
    return str(claims_of(tokens["id_token"])["sub"])


@pytest.mark.usefixtures("bob")
async def test_linked_login_leads_to_the_primary(world: World, admin: Administrator) -> None:
    """After linking, each address with its own password signs in the primary, and only with its own."""
    identities = await admin.link(ADA, BOB)
    assert [each.identity_id for each in identities] == [ADA, BOB]
    assert await subject_of(world, "ada@example.test", PASSWORD) == ADA
    assert await subject_of(world, "bob@example.test", BOBS) == ADA
    assert (await world.browser().sign_in("bob@example.test", PASSWORD)).status_code == 400
    assert (await world.browser().sign_in("ada@example.test", BOBS)).status_code == 400


@pytest.mark.usefixtures("bob")
async def test_identity_remembers_its_profile_and_no_metadata(admin: Administrator) -> None:
    """A linked identity shows what was known of the person; the primary's own profile and metadata stay."""
    before = await admin.get(ADA)
    await admin.link(ADA, BOB)
    after = await admin.get(ADA)
    assert before is not None
    assert after is not None
    assert after.identities[1].profileData == {
        "email": "bob@example.test",
        "email_verified": True,
        "name": "bob@example.test",
        "nickname": "bob",
        "given_name": "Bob",
    }
    assert (after.email, after.user_metadata, after.app_metadata) == (before.email, {}, {})
    assert await admin.get(BOB) is None


@pytest.mark.usefixtures("bob")
async def test_what_the_secondary_had_ends(world: World, admin: Administrator) -> None:
    """Sessions, refresh tokens and roles of the linked user end; those of the primary stay."""
    browser, ada = world.browser(), world.browser()
    code = answer(
        await browser.sign_in("bob@example.test", BOBS, scope="openid offline_access", audience=API)
    )["code"]
    refresh_token = (await browser.redeem(code)).json()["refresh_token"]
    await ada.code()
    await world.commit(world.platform.stores.roles.assign(world.tenant_id, BOB, "rol_reader"))
    await admin.link(ADA, BOB)
    assert (await browser.authorize(prompt="none")).headers["location"].count("error=login_required") == 1
    assert "code" in answer(await ada.authorize())
    refreshed = await browser.token(grant_type="refresh_token", refresh_token=refresh_token)
    assert refreshed.json()["error"] == "invalid_grant"
    assert world.rows("SELECT count(*) FROM user_roles") == [(0,)]


@pytest.mark.usefixtures("bob")
async def test_unlinked_identity_is_a_user_again(world: World, admin: Administrator) -> None:
    """After unlinking, the identity has its old id, address and password, and the primary is as before."""
    await admin.link(ADA, BOB)
    browser = world.browser()
    await browser.sign_in("bob@example.test", BOBS)
    assert [each.identity_id for each in await admin.unlink(ADA, BOB)] == [ADA]
    restored = await admin.get(BOB)
    assert restored is not None
    assert (restored.email, restored.email_verified, restored.given_name) == ("bob@example.test", True, "Bob")
    assert restored.identities[0].profileData == {}
    assert (restored.user_metadata, restored.app_metadata) == ({}, {})
    assert "error=login_required" in (await browser.authorize(prompt="none")).headers["location"]
    assert await subject_of(world, "bob@example.test", BOBS) == BOB
    assert await subject_of(world, "ada@example.test", PASSWORD) == ADA


async def test_same_address_links_nobody(world: World, admin: Administrator) -> None:
    """CVE-2026-9092: a second account with the same verified address stays an account of its own."""
    await put_passwordless(world)
    response = await redeem(world.browser(), await mailed_code(world, "ada@example.test"), "ada@example.test")
    assert claims_of(response.json()["id_token"])["sub"] != ADA
    user = await admin.get(ADA)
    assert user is not None
    assert len(user.identities) == 1


async def test_code_to_a_linked_address_verifies_that_one_alone(world: World, admin: Administrator) -> None:
    """A mailed code signs in the primary, and does not verify the primary's other address."""
    await put_passwordless(world)
    member = await put_member(world, "cy@example.test")
    await admin.update(ADA, email_verified=False)
    await admin.link(ADA, member.user_id)
    response = await redeem(world.browser(), await mailed_code(world, "cy@example.test"), "cy@example.test")
    assert claims_of(response.json()["id_token"])["sub"] == ADA
    user = await admin.get(ADA)
    assert user is not None
    assert not user.email_verified


@pytest.mark.usefixtures("bob")
async def test_blocked_primary_shuts_every_identity_out(world: World, admin: Administrator) -> None:
    """Whoever is blocked comes in by no identity, and unlinking one does not let it in."""
    await admin.link(ADA, BOB)
    await admin.update(ADA, blocked=True)
    assert (await world.browser().sign_in("bob@example.test", BOBS)).status_code >= 400
    await admin.unlink(ADA, BOB)
    restored = await admin.get(BOB)
    assert restored is not None
    assert restored.blocked
    assert (await world.browser().sign_in("bob@example.test", BOBS)).status_code >= 400


@pytest.mark.usefixtures("bob")
async def test_what_cannot_be_linked_is_refused(world: World, admin: Administrator) -> None:
    """Oneself, somebody blocked, somebody with identities of their own and nobody are not linked."""
    await world.put_user("cy@example.test", subject="cy")
    with pytest.raises(Conflict):
        await admin.link(ADA, ADA)
    with pytest.raises(NotFound):
        await admin.link(ADA, "auth0|nobody")
    with pytest.raises(NotFound):
        await admin.link("auth0|nobody", ADA)
    await admin.update(BOB, blocked=True)
    with pytest.raises(Conflict):
        await admin.link(ADA, BOB)
    await admin.update(BOB, blocked=False)
    await admin.link(BOB, "auth0|cy")
    with pytest.raises(Conflict):
        await admin.link(ADA, BOB)


@pytest.mark.usefixtures("bob")
async def test_what_cannot_be_unlinked_is_refused(admin: Administrator) -> None:
    """The first identity and one that is not there are not unlinked."""
    await admin.link(ADA, BOB)
    with pytest.raises(Conflict):
        await admin.unlink(ADA, ADA)
    for unknown in ("auth0|nobody", "google-oauth2|bob", "auth0|"):
        with pytest.raises(NotFound):
            await admin.unlink(ADA, unknown)


@pytest.mark.usefixtures("bob")
async def test_id_of_a_linked_identity_stays_taken(world: World, admin: Administrator) -> None:
    """A new user cannot have the id of a linked identity, whose password would become theirs."""
    await admin.link(ADA, BOB)
    with pytest.raises(Conflict):
        await admin.create(email="new@example.test", password=PASSWORD, user_id="bob")
    with pytest.raises(Conflict):
        await admin.create(email="bob@example.test", password=PASSWORD)
    assert await subject_of(world, "bob@example.test", BOBS) == ADA


@pytest.mark.usefixtures("bob")
async def test_two_links_at_once_make_one_person(world: World, admin: Administrator) -> None:
    """Each linked to the other in the same moment: one wins, and nobody is lost."""
    ends = await asyncio.gather(admin.link(ADA, BOB), admin.link(BOB, ADA), return_exceptions=True)
    assert sum(isinstance(end, tuple) for end in ends) == 1
    assert world.rows("SELECT count(*) FROM users") == [(1,)]
    assert world.rows("SELECT count(DISTINCT user_id), count(*) FROM identities") == [(1, 2)]


@pytest.mark.usefixtures("bob")
async def test_removed_person_takes_linked_identities_along(world: World, admin: Administrator) -> None:
    """Removing a linked person removes every identity, identifier and password."""
    await admin.link(ADA, BOB)
    assert await admin.delete(ADA)
    for table in ("users", "identities", "identifiers", "passwords"):
        assert world.rows(f"SELECT count(*) FROM {table}") == [(0,)], table


@pytest.mark.usefixtures("bob")
async def test_new_address_of_the_primary_leaves_the_linked_one(world: World, admin: Administrator) -> None:
    """A change of the primary's address keeps the linked identity's address and password."""
    await admin.link(ADA, BOB)
    await admin.update(ADA, email="lovelace@example.test")
    assert await subject_of(world, "bob@example.test", BOBS) == ADA
    assert await subject_of(world, "lovelace@example.test", PASSWORD) == ADA


async def two_databases(world: World, admin: Administrator, **fields: Any) -> None:
    """Ada linked to somebody of another database, who has the address ``bob@example.test``."""
    (first,) = await world.platform.stores.connections.all(world.tenant_id)
    second = msgspec.structs.replace(first, connection_id="con_second", name="Second")
    await world.commit(world.platform.stores.connections.put(world.tenant_id, second))
    await admin.create(connection="Second", email="bob@example.test", password=BOBS, user_id="bob", **fields)
    await admin.link(ADA, BOB)


async def test_password_of_a_linked_identity_is_set_by_its_connection(
    world: World, admin: Administrator
) -> None:
    """A new password for a linked identity is named by its connection, and leaves the primary's."""
    await two_databases(world, admin)
    before = dict(world.rows("SELECT identity_id, hash FROM passwords"))
    await admin.update(ADA, password="Third-Horse-3x", connection="Second")
    after = dict(world.rows("SELECT identity_id, hash FROM passwords"))
    assert (before[ADA] == after[ADA], before[BOB] == after[BOB]) == (True, False)


async def test_deleted_connection_takes_its_identity_alone(world: World, admin: Administrator) -> None:
    """When the connection of a linked identity is deleted, the person stays and loses that identity."""
    await two_databases(world, admin)
    stores = world.platform.stores
    await world.platform.bus.commit(
        (stores.connections.delete(world.tenant_id, "con_second"), revision_bump(world.tenant_id))
    )
    assert await world.platform.leftovers.remove() == 0
    user = await admin.get(ADA)
    assert user is not None
    assert [each.identity_id for each in user.identities] == [ADA]
    for table in ("identities", "identifiers", "passwords"):
        assert world.rows(f"SELECT identity_id FROM {table}") == [(ADA,)], table
    assert await subject_of(world, "ada@example.test", PASSWORD) == ADA


async def test_deleted_connection_of_the_first_identity_takes_the_person(
    world: World, admin: Administrator
) -> None:
    """When the connection of the first identity is deleted, the person goes with all identities."""
    await two_databases(world, admin)
    stores = world.platform.stores
    await world.platform.bus.commit(
        (stores.connections.delete(world.tenant_id, "con_db"), revision_bump(world.tenant_id))
    )
    assert await world.platform.leftovers.remove() == 1
    for table in ("users", "identities", "identifiers", "passwords"):
        assert world.rows(f"SELECT count(*) FROM {table}") == [(0,)], table


@pytest.mark.usefixtures("bob")
async def test_link_in_a_reset_mail_goes_to_the_primary_s_address(world: World, admin: Administrator) -> None:
    """Whoever asks for a new password with a linked address gets the mail at the address of the person."""
    await admin.link(ADA, BOB)
    body = {"client_id": "web", "connection": CONNECTION, "email": "bob@example.test"}
    assert (await world.browser().post("/dbconnections/change_password", json=body)).status_code == 200
    mail = (await world.mails())[-1]
    assert (mail["kind"], mail["to"]) == ("reset_password", "ada@example.test")
    (link,) = re.findall(r"https?://\S+", mail["text"])
    browser = world.browser()
    page = await browser.get(link)
    done = await browser.submit(page, password="Fresh-Horse-99", password_again="Fresh-Horse-99")
    assert done.status_code == 200
    assert await subject_of(world, "ada@example.test", "Fresh-Horse-99") == ADA
    assert await subject_of(world, "bob@example.test", BOBS) == ADA


@pytest.mark.usefixtures("bob")
async def test_linking_is_on_record_for_both(world: World, admin: Administrator) -> None:
    """Linking and unlinking are in the audit log under both ids, with their author."""
    await admin.link(ADA, BOB)
    await admin.unlink(ADA, BOB)
    told = {
        (each.event, each.user_id, each.details["by"]["client_id"])
        for each in await world.logs()
        if each.event in ("IdentityLinked", "LinkedAway", "IdentityUnlinked")
    }
    assert told == {
        ("IdentityLinked", ADA, "admin-tool"),
        ("LinkedAway", BOB, "admin-tool"),
        ("IdentityUnlinked", ADA, "admin-tool"),
    }

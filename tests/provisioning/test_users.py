"""Users in a tenant file: made, found again, changed where the file says so."""

import pytest
from tests.provisioning.conftest import TENANT, Room, changes

from gatewright.app.provisioning import build_provisioning
from gatewright.kernel.errors import Conflict
from gatewright.users import email_identifier, username_identifier

DATABASE = "databases: [{name: Users}]\nroles: [{name: boss}, {name: clerk}]\n"
ADA = "auth0|ada"


def users(*entries: str) -> str:
    return DATABASE + "users:\n" + "".join(f"- {{connection: Users, {entry}}}\n" for entry in entries)


async def test_a_user_can_sign_in_with_the_password_written(room: Room) -> None:
    """A new user is found by their address and their password is the one in the file."""
    await room.apply(users("email: Ada@Example.com, password: Correct-Horse-1"))
    found = await room.platform.stores.users.credentials(TENANT, "Users", email_identifier("ada@example.com"))
    assert found is not None
    assert await room.platform.hasher.verify("Correct-Horse-1", found.password_hash)


@pytest.mark.parametrize("address", ["ada@firm.local", "ada@firm.test", "ada@home.arpa"])
async def test_an_address_of_a_private_network(room: Room, address: str) -> None:
    """A tenant file may name a user whose address only a private network knows, and say it again."""
    file = users(f"email: {address}, user_id: ada")
    await room.apply(file)
    assert (await room.user(ADA)).email == address
    assert (await room.apply(file)).steps == ()


async def test_a_user_id_is_taken_with_or_without_its_provider(room: Room) -> None:
    """``x`` and ``auth0|x`` are the same user id."""
    await room.apply(users("email: a@b.example, user_id: ada"))
    assert (await room.apply(users("email: a@b.example, user_id: auth0|ada"))).steps == ()
    assert (await room.user(ADA)).identities[0].user_id == "ada"


async def test_a_new_user_is_called_by_their_address(room: Room) -> None:
    """Name and nickname come from the address until the file gives them."""
    await room.apply(users("email: ada@b.example, user_id: ada"))
    user = await room.user(ADA)
    assert (user.name, user.nickname, user.email_verified) == ("ada@b.example", "ada", False)


async def test_all_standard_claims_are_kept(room: Room) -> None:
    """Every profile field of the file reaches the user."""
    await room.apply(
        users(
            "user_id: ada, email: a@b.example, username: ada, email_verified: true, given_name: A, "
            "family_name: E, middle_name: M, preferred_username: ada, profile: 'https://a.example', "
            "website: 'https://a.example', gender: female, birthdate: 1815-12-10, zoneinfo: Europe/London, "
            "locale: en-GB, phone_number: '+441234', phone_verified: true, blocked: true, "
            "address: {country: GB}, user_metadata: {a: [1]}, app_metadata: {plan: {x: true}}"
        )
    )
    user = await room.user(ADA)
    assert (user.birthdate, user.address, user.blocked, user.app_metadata) == (
        "1815-12-10",
        {"country": "GB"},
        True,
        {"plan": {"x": True}},
    )


async def test_fields_that_are_not_written_stay(room: Room) -> None:
    """An entry changes what it names and leaves the rest of the user alone."""
    await room.apply(users("email: a@b.example, user_id: ada, name: Ada, nickname: a, roles: [boss]"))
    plan = await room.apply(users("email: a@b.example, user_id: ada, name: Ada Example"))
    (step,) = plan.steps
    assert [(d.path, d.before, d.after) for d in step.differences] == [("name", "Ada", "Ada Example")]
    user = await room.user(ADA)
    assert (user.nickname, user.version) == ("a", 2)


async def test_a_user_without_an_id_is_found_by_address_or_name(room: Room) -> None:
    """An entry without a user_id is about whoever has its address, or else its username."""
    await room.apply(users("email: a@b.example", "username: bob"))
    assert (await room.apply(users("email: A@B.example, email_verified: true", "username: BOB"))).count(
        "create"
    ) == 0


async def test_the_same_password_is_not_hashed_again(room: Room) -> None:
    """A password that opens the door already changes nothing."""
    file = users("email: a@b.example, user_id: ada, password: Correct-Horse-1")
    await room.apply(file)
    before = await room.platform.stores.users.password_hash(TENANT, ADA)
    assert (await room.apply(file)).steps == ()
    assert await room.platform.stores.users.password_hash(TENANT, ADA) == before


async def test_another_password_is_set_and_heard_of(room: Room) -> None:
    """A changed password is hashed, dated and told, so that refresh tokens of before end."""
    await room.apply(users("email: a@b.example, user_id: ada, password: Correct-Horse-1"))
    room.clock.advance(60)
    plan = await room.apply(users("email: a@b.example, user_id: ada, password: Correct-Horse-2"))
    (step,) = plan.steps
    assert [difference.path for difference in step.differences] == ["password"]
    assert "Correct-Horse" not in repr(plan)
    assert "argon2" not in repr(plan)
    stored = await room.platform.stores.users.password_hash(TENANT, ADA)
    assert await room.platform.hasher.verify("Correct-Horse-2", stored)
    assert (await room.user(ADA)).last_password_reset == room.clock.now()
    assert "PasswordChanged" in await room.log_types()


async def test_a_password_may_come_as_its_hash(room: Room) -> None:
    """An argon2id hash that was exported is taken as it is."""
    digest = await room.platform.hasher.hash("Correct-Horse-1")
    file = users(f"email: a@b.example, user_id: ada, password_hash: '{digest}'")
    await room.apply(file)
    assert await room.platform.stores.users.password_hash(TENANT, ADA) == digest
    assert (await room.apply(file)).steps == ()


async def test_blocking_a_user_is_heard_of(room: Room) -> None:
    """A user whom the file blocks is shut out, and sessions hear of it."""
    await room.apply(users("email: a@b.example, user_id: ada"))
    await room.apply(users("email: a@b.example, user_id: ada, blocked: true"))
    assert "UserBlocked" in await room.log_types()


async def test_roles_become_those_written(room: Room) -> None:
    """Roles are given and taken by name; an entry without them leaves them."""
    await room.apply(users("email: a@b.example, user_id: ada, roles: [boss]"))
    await room.apply(users("email: a@b.example, user_id: ada, roles: [clerk]"))
    assert (await room.apply(users("email: a@b.example, user_id: ada"))).steps == ()
    held = await room.platform.stores.roles.held_by(TENANT, ADA)
    assert [role.name for role in await room.platform.stores.roles.all(TENANT) if role.role_id in held] == [
        "clerk"
    ]


async def test_a_new_address_is_what_the_user_is_known_by(room: Room) -> None:
    """Another address replaces the old one; password, roles and username stay, verification goes."""
    await room.apply(
        users(
            "email: a@b.example, email_verified: true, username: ada, user_id: ada, "
            "password: Correct-Horse-1, roles: [boss]"
        )
    )
    plan = await room.apply(users("email: new@b.example, user_id: ada"))
    assert changes(plan) == ["update user new@b.example"]
    credentials = room.platform.stores.users.credentials
    assert await credentials(TENANT, "Users", email_identifier("a@b.example")) is None
    by_email = await credentials(TENANT, "Users", email_identifier("new@b.example"))
    by_name = await credentials(TENANT, "Users", username_identifier("ada"))
    assert by_email is not None
    assert by_email == by_name
    assert by_email.user.email_verified is False
    assert await room.platform.hasher.verify("Correct-Horse-1", by_email.password_hash)
    assert len(await room.platform.stores.roles.held_by(TENANT, ADA)) == 1
    assert (await room.apply(users("email: new@b.example, user_id: ada"))).steps == ()


async def test_an_address_in_other_letters_stays_verified(room: Room) -> None:
    """Upper and lower case make no other address."""
    await room.apply(users("email: ada@b.example, email_verified: true, user_id: ada"))
    await room.apply(users("email: Ada@B.example, user_id: ada"))
    user = await room.user(ADA)
    assert (user.email, user.email_verified) == ("Ada@B.example", True)


async def test_an_address_that_somebody_else_has_is_refused(room: Room) -> None:
    """No entry takes the address of another user."""
    await room.apply(users("email: a@b.example, user_id: ada", "email: b@b.example, user_id: bob"))
    (problem,) = await room.problems(users("email: b@b.example, user_id: ada"))
    assert "users[0].email: belongs to auth0|bob already" in problem


async def test_a_user_does_not_move_between_databases(room: Room) -> None:
    """A known user id in another database is refused."""
    await room.apply(users("email: a@b.example, user_id: ada"))
    (problem,) = await room.problems(
        "databases: [{name: Users}, {name: Others}]\n"
        "users: [{connection: Others, email: a@b.example, user_id: ada}]"
    )
    assert "users[0].connection: auth0|ada lives in 'Users'" in problem


@pytest.mark.parametrize("field", ["email: a@b.example", "username: ada"])
async def test_two_databases_may_know_the_same_name(room: Room, field: str) -> None:
    """An address or username is unique within its database only."""
    plan = await room.apply(
        "databases: [{name: One}, {name: Two}]\n"
        f"users: [{{connection: One, {field}}}, {{connection: Two, {field}}}]"
    )
    assert [step.kind for step in plan.steps].count("user") == 2


async def test_a_change_by_somebody_else_is_not_overwritten(room: Room) -> None:
    """A user who changed since the plan was made is not changed by it."""
    await room.apply(users("email: a@b.example, user_id: ada"))
    plan = await room.plan(users("email: new@b.example, user_id: ada"))
    await room.platform.users.change(TENANT, ADA, nickname="meanwhile")
    with pytest.raises(Conflict):
        await build_provisioning(room.platform).apply(plan)
    user = await room.user(ADA)
    assert (user.email, user.nickname) == ("a@b.example", "meanwhile")


async def test_deleted_role_is_taken_from_everybody(room: Room) -> None:
    """Whoever held a role that goes holds it no more, and the record of it is gone; other roles stay."""
    await room.apply(users("email: a@b.example, user_id: ada, roles: [boss, clerk]"))
    await room.apply("roles: [{name: clerk}]")
    (clerk,) = await room.platform.stores.roles.all(TENANT)
    assert await room.platform.stores.roles.held_by(TENANT, ADA) == [clerk.role_id]
    assert (await room.apply(await room.export())).steps == ()

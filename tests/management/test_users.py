"""``/api/v2/users``: finding and reading users."""

from typing import Any

import pytest
from tests.support.management import Caller, person, refused
from tests.support.world import CONNECTION, PASSWORD, World

pytestmark = [pytest.mark.anyio, pytest.mark.wire("/api/v2/*")]

ADA = "auth0|ada"


async def names(robot: Caller, query: str) -> list[str]:
    """The e-mail addresses that a search finds, in its order."""
    return [user["email"] for user in await robot.read(f"/users?{query}")]


async def test_shape_of_a_user(world: World, robot: Caller) -> None:
    """A user is shown in the wire's fields: times in ISO 8601, identities with isSocial, no version."""
    await world.change_user(ADA, user_metadata={"tea": "green"}, last_login=1_700_000_000)
    found = await robot.read("/users/auth0%7Cada")
    assert {
        "user_id": ADA,
        "email": "ada@example.test",
        "email_verified": True,
        "name": "Ada Example",
        "identities": [{"connection": CONNECTION, "provider": "auth0", "user_id": "ada", "isSocial": False}],
        "user_metadata": {"tea": "green"},
        "last_login": "2023-11-14T22:13:20.000Z",
        "logins_count": 0,
    }.items() <= found.items()
    assert found["created_at"].endswith(".000Z")
    assert "version" not in found


async def test_no_password_hash_is_shown(world: World, robot: Caller) -> None:
    """Neither a list nor a single user shows a password hash."""
    for path in ("/users", "/users/auth0%7Cada", "/users-by-email?email=ada@example.test"):
        text = (await robot.get(path)).text
        assert "argon2" not in text
        assert PASSWORD not in text


async def test_unknown_user(robot: Caller) -> None:
    """An id that nobody has is answered 404."""
    assert refused(await robot.get("/users/auth0%7Cnobody")) == (404, "inexistent_user")


async def test_fields_of_a_user(robot: Caller) -> None:
    """``fields`` asks for some fields, and ``include_fields=false`` for the others."""
    assert await robot.read("/users/auth0%7Cada?fields=email,user_id") == {
        "user_id": ADA,
        "email": "ada@example.test",
    }
    rest = await robot.read("/users/auth0%7Cada?fields=email,identities&include_fields=false")
    assert rest["user_id"] == ADA
    assert not {"email", "identities"} & set(rest)


async def test_search(world: World, robot: Caller) -> None:
    """A query finds whom it describes, and nobody else."""
    await world.put_user("bob@example.test", name="Bob", app_metadata={"plan": "gold"})
    assert await names(robot, "q=name:bo*") == ["bob@example.test"]
    assert await names(robot, 'q=email:"ada@example.test"&search_engine=v3') == ["ada@example.test"]
    assert await names(robot, "q=app_metadata.plan:gold") == ["bob@example.test"]
    assert await names(robot, "q=NOT name:bob") == ["ada@example.test"]


async def test_list_by_connection(robot: Caller) -> None:
    """``connection`` leaves those with an identity in it."""
    assert await names(robot, f"connection={CONNECTION}") == ["ada@example.test"]
    assert await names(robot, "connection=elsewhere") == []


async def test_sort(world: World, robot: Caller) -> None:
    """``sort`` names a field and a direction."""
    await world.put_user("bob@example.test")
    assert await names(robot, "sort=email:1") == ["ada@example.test", "bob@example.test"]
    assert await names(robot, "sort=email:-1") == ["bob@example.test", "ada@example.test"]


async def test_pages_with_totals(world: World, robot: Caller) -> None:
    """With ``include_totals`` the page is wrapped and told how many there are at all."""
    for name in ("bob", "cyd"):
        await world.put_user(f"{name}@example.test")
    found = await robot.read("/users?page=1&per_page=2&include_totals=true&sort=email:1&fields=email")
    users = [{"email": "cyd@example.test"}]
    assert found == {"start": 2, "limit": 2, "length": 1, "total": 3, "users": users}


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("q=email:", "q"),
        ("q=shoe_size:43", "shoe_size"),
        ("sort=email", "sort"),
        ("page=10&per_page=100", "1000"),
        ("per_page=101", "per_page"),
        ("search_engine=v2", "v3"),
        ("sort=password:1", "sort"),
    ],
)
async def test_query_that_cannot_be_read(robot: Caller, query: str, told: str) -> None:
    """A search that breaks a rule is refused, and told what is wrong."""
    response = await robot.get(f"/users?{query}")
    assert refused(response) == (400, "invalid_query_string")
    assert told in response.json()["message"]


async def test_users_by_email(world: World, robot: Caller) -> None:
    """Everybody with the address is listed, upper and lower case alike."""
    found: list[dict[str, Any]] = await robot.read("/users-by-email?email=ADA@example.test&fields=user_id")
    assert found == [{"user_id": ADA}]
    assert await robot.read("/users-by-email?email=nobody@example.test") == []


async def test_users_by_no_email(robot: Caller) -> None:
    """Without an address nobody is listed."""
    assert refused(await robot.get("/users-by-email")) == (400, "invalid_query_string")


async def test_person_reads_themselves(world: World) -> None:
    """With read:current_user a person reads themselves, and nobody else."""
    await world.put_user("bob@example.test", subject="bob")
    ada = await person(world, "read:current_user")
    assert (await ada.read("/users/auth0%7Cada"))["user_id"] == ADA
    assert refused(await ada.get("/users/auth0%7Cbob")) == (403, "insufficient_scope")
    assert refused(await ada.get("/users/auth0%7Cnobody")) == (403, "insufficient_scope")
    assert refused(await ada.get("/users")) == (403, "insufficient_scope")


async def test_users_of_another_tenant_are_not_found(world: World, robot: Caller) -> None:
    """A search never finds users of another tenant."""
    user = world.platform.users.database_user(CONNECTION, email="eve@example.test")
    await world.platform.users.add("elsewhere", user, (), None)
    assert await names(robot, "q=*") == ["ada@example.test"]
    assert await robot.read("/users-by-email?email=eve@example.test") == []

"""``/users/{id}/authentication-methods`` and what the wire knows of second factors at a user."""

import pytest
from tests.support.management import Caller, refused
from tests.support.passwordless import put_passwordless
from tests.support.world import World

pytestmark = [pytest.mark.anyio, pytest.mark.wire("/api/v2/*")]

ADA = "/users/auth0%7Cada"
METHODS = f"{ADA}/authentication-methods"
PASSWORD = "password|auth0|ada"


async def test_methods(world: World, robot: Caller) -> None:
    """A user has the passwords of their identities, and the address that is verified."""
    password, address = await robot.read(METHODS)
    assert (password["id"], password["type"], password["identity_user_id"]) == (PASSWORD, "password", "ada")
    assert (address["type"], address["email"]) == ("email-verification", "ada@example.test")
    assert password["created_at"].endswith("Z")
    await world.change_user("auth0|ada", email_verified=False)
    assert [each["type"] for each in await robot.read(METHODS)] == ["password"]


async def test_methods_with_totals(robot: Caller) -> None:
    """With ``include_totals`` they are wrapped as ``authenticators``."""
    page = await robot.read(f"{METHODS}?include_totals=true&per_page=1")
    assert (page["start"], page["limit"], page["total"]) == (0, 1, 2)
    assert [each["id"] for each in page["authenticators"]] == [PASSWORD]


async def test_user_without_a_password(world: World, robot: Caller) -> None:
    """Whoever signs in by mailed codes has no password."""
    await put_passwordless(world)
    made = await robot.made("/users", connection="email", email="cy@example.test", email_verified=True)
    methods = await robot.read(f"/users/{made['user_id'].replace('|', '%7C')}/authentication-methods")
    assert [each["type"] for each in methods] == ["email-verification"]


async def test_one_method(robot: Caller) -> None:
    """A method is read by its id; no secret is shown."""
    response = await robot.get(f"{METHODS}/password%7Cauth0%7Cada")
    assert response.json() == (await robot.read(METHODS))[0]
    assert "argon2" not in response.text
    missing = await robot.get(f"{METHODS}/totp%7Cdev_1")
    assert refused(missing) == (404, "inexistent_authentication_method")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", METHODS),
        ("PUT", METHODS),
        ("PATCH", f"{METHODS}/password%7Cauth0%7Cada"),
        ("DELETE", f"{METHODS}/password%7Cauth0%7Cada"),
        ("POST", f"{ADA}/recovery-code-regeneration"),
    ],
)
async def test_what_cannot_be_done(robot: Caller, method: str, path: str) -> None:
    """Enrolling, changing and removing what cannot be is refused with words that say what there is."""
    before = await robot.read(METHODS)
    response = await robot.call(method, path, json={"type": "totp"})
    assert refused(response) == (403, "operation_not_supported")
    assert "password" in response.json()["message"] or "second factor" in response.json()["message"]
    assert await robot.read(METHODS) == before


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", METHODS),
        ("DELETE", f"{ADA}/authenticators"),
        ("DELETE", f"{ADA}/multifactor/google-authenticator"),
        ("DELETE", f"{ADA}/multifactor/duo"),
        ("POST", f"{ADA}/multifactor/actions/invalidate-remember-browser"),
    ],
)
async def test_nothing_to_remove(robot: Caller, method: str, path: str) -> None:
    """Removing second factors of somebody who has none is done, and leaves what they have."""
    before = await robot.read(METHODS)
    response = await robot.call(method, path)
    assert (response.status_code, response.content) == (204, b"")
    assert await robot.read(METHODS) == before


async def test_enrollments(robot: Caller) -> None:
    """Nobody has a second factor."""
    assert await robot.read(f"{ADA}/enrollments") == []


async def test_unknown_provider(robot: Caller) -> None:
    """A provider of second factors that the wire does not know is refused."""
    assert refused(await robot.delete(f"{ADA}/multifactor/abacus")) == (400, "invalid_uri")

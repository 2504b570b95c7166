"""auth0-python's ``Database``: sign-up and forgotten password by an application's own server."""

import pytest
from auth0.authentication import Database, GetToken
from auth0.authentication.exceptions import Auth0Error, RateLimitError
from tests.clients.mailbox import mailed
from tests.clients.tenant import CONNECTION, PASSWORD, SECRET
from tests.support.gatewright_dev import GatewrightDev
from tests.support.world import claims_of

pytestmark = pytest.mark.library("auth0-python 4", "Database.signup", "Database.change_password")

CLIENT = "auth0_python_password"


@pytest.fixture
def database(trusted: GatewrightDev) -> Database:
    """The library's client."""
    return Database(trusted.domain, CLIENT)


def test_signup(database: Database, trusted: GatewrightDev) -> None:
    """signup() returns the new user's id and profile, and the user signs in under that id."""
    email = "new-python@example.test"
    told = database.signup(email, PASSWORD, CONNECTION, user_metadata={"plan": "silver"}, name="New Person")
    assert told["user_metadata"] == {"plan": "silver"}
    assert (told["email"], told["email_verified"], told["name"]) == (email, False, "New Person")
    assert mailed(trusted, email) == ["verify_email"]
    tokens = GetToken(trusted.domain, CLIENT, client_secret=SECRET).login(
        email, PASSWORD, scope="openid", realm=CONNECTION
    )
    assert claims_of(tokens["id_token"])["sub"] == f"auth0|{told['_id']}"


def test_signup_with_a_taken_address(database: Database, trusted: GatewrightDev) -> None:
    """signup() for a taken address returns what it returns for a free one, and the owner is mailed."""
    email = "taken-python@example.test"
    first, second = (database.signup(email, PASSWORD, CONNECTION) for _ in range(2))
    assert {**first, "_id": ""} == {**second, "_id": ""}
    assert mailed(trusted, email) == ["verify_email", "account_exists"]


def test_signup_with_a_weak_password(database: Database) -> None:
    """signup() with a weak password raises invalid_password in words."""
    with pytest.raises(Auth0Error) as refused:
        database.signup("weak-python@example.test", "weak", CONNECTION)
    assert (refused.value.status_code, refused.value.error_code) == (400, "invalid_password")
    assert refused.value.message == "The password is too weak"


def test_change_password(database: Database, trusted: GatewrightDev) -> None:
    """change_password() returns the same sentence for everybody, and only the owner is mailed."""
    email, nobody = "forgetful-python@example.test", "nobody-python@example.test"
    database.signup(email, PASSWORD, CONNECTION)
    told = [database.change_password(each, CONNECTION) for each in (email, nobody)]
    assert told == ["If there is an account, we have mailed a link to choose a new password."] * 2
    assert mailed(trusted, email) == ["verify_email", "reset_password"]
    assert mailed(trusted, nobody) == []


def test_change_password_too_often(database: Database) -> None:
    """change_password() too often for one address raises RateLimitError with the time to come back."""
    for _ in range(5):
        database.change_password("flooded-python@example.test", CONNECTION)
    with pytest.raises(RateLimitError) as refused:
        database.change_password("flooded-python@example.test", CONNECTION)
    assert refused.value.error_code == "too_many_requests"
    assert refused.value.reset_at > 0


def test_unknown_application(trusted: GatewrightDev) -> None:
    """signup() by an application that there is not raises unauthorized_client."""
    with pytest.raises(Auth0Error, match="invalid client") as refused:
        Database(trusted.domain, "nobody").signup("lost-python@example.test", PASSWORD, CONNECTION)
    assert refused.value.error_code == "unauthorized_client"

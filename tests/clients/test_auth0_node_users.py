"""Node's auth0, 4 and 7: users, what they may do, tickets and jobs by the management API."""

from typing import Any

import pytest
from tests.clients.driving import driven_by_node
from tests.clients.people import home
from tests.support.gatewright_dev import GatewrightDev

pytestmark = [
    pytest.mark.library(
        "auth0 4 (Node)", "ManagementClient.users", ".usersByEmail", ".roles", ".tickets", ".jobs"
    ),
    pytest.mark.library("auth0 7 (Node)", "ManagementClient.users", ".roles", ".tickets", ".jobs"),
]


@pytest.fixture(scope="module")
def four(server: GatewrightDev) -> dict[str, Any]:
    """What auth0 4 was given."""
    return driven_by_node(server, "management_users_4.cjs", **home(server))


@pytest.fixture(scope="module")
def seven(server: GatewrightDev) -> dict[str, Any]:
    """What auth0 7 was given."""
    return driven_by_node(server, "management_users_7.cjs", **home(server))


@pytest.fixture(params=["four", "seven"])
def told(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What either was given."""
    found: dict[str, Any] = request.getfixturevalue(request.param)
    return found


def names(permissions: list[dict[str, Any]]) -> list[str]:
    return [each["permission_name"] for each in permissions]


def test_user_is_created_read_and_updated(told: dict[str, Any]) -> None:
    """A created user comes whole, is read as created, and an update answers with what it changed."""
    made = told["created"]
    assert made["user_id"].startswith("auth0|")
    assert made["email_verified"] is False
    assert told["read"] == made
    assert (told["updated"]["nickname"], told["updated"]["user_metadata"]) == ("changed", {"tea": "green"})


def test_users_are_found(told: dict[str, Any]) -> None:
    """Users are found by a query, by page, and by their address."""
    addresses = [each["email"].partition("@")[0] for each in told["list"]]
    assert addresses == ["first", "second"]
    assert [each["user_id"] for each in told["byEmail"]] == [told["created"]["user_id"]]


def test_totals_of_version_4(four: dict[str, Any]) -> None:
    """Version 4, when it asks for totals, is given them."""
    page = four["page"]
    assert (page["start"], page["limit"], page["length"], page["total"]) == (1, 1, 1, 2)
    assert [each["email"] for each in page["users"]] == ["second@node4.test"]


def test_identities(told: dict[str, Any]) -> None:
    """Linking answers with all identities, unlinking with those that are left."""
    assert [each["provider"] for each in told["linked"]] == ["auth0", "auth0"]
    assert told["unlinked"] == told["linked"][:1]


def test_roles(told: dict[str, Any]) -> None:
    """A role is created, read, updated, listed, permits something, and is given to a user."""
    assert told["roleRead"] == told["role"]
    assert told["roleUpdated"]["description"] == "changed"
    assert [each["id"] for each in told["roleList"]] == [told["role"]["id"]]
    assert names(told["rolePermissions"]) == ["read:things"]
    assert [each["user_id"] for each in told["roleUsers"]] == [told["created"]["user_id"]]
    assert [each["id"] for each in told["userRoles"]] == [told["role"]["id"]]


def test_permissions(told: dict[str, Any]) -> None:
    """Permissions are given and taken without a role, and tell where they come from."""
    assert names(told["permissions"]) == ["read:things", "write:things"]
    kinds = [{source["source_type"] for source in each["sources"]} for each in told["permissions"]]
    assert kinds == [{"DIRECT", "ROLE"}, {"DIRECT"}]
    assert names(told["permissionsLeft"]) == ["read:things"]


def test_effective_access_of_version_7(seven: dict[str, Any]) -> None:
    """Version 7 walks through what a user may do, whatever gives it."""
    assert [each["sources"] for each in seven["effective"]] == [["direct", "roles"], ["direct"]]
    assert [each["sources"] for each in seven["effectiveRoles"]] == [["direct"]]


def test_tickets(told: dict[str, Any]) -> None:
    """Tickets are addresses of ours; a result that leads astray is refused."""
    assert "/u/email-verification?ticket=" in told["verification"]["ticket"]
    assert "/u/reset-verify?ticket=" in told["change"]["ticket"]
    assert (told["noTicket"]["statusCode"], told["noTicket"]["errorCode"]) == (400, "invalid_body")


def test_import(told: dict[str, Any]) -> None:
    """A file is imported by a job, which tells what came of it and what is wrong."""
    assert told["import"]["status"] == "pending"
    assert told["imported"]["summary"] == {"failed": 1, "updated": 0, "inserted": 1, "total": 2}
    assert told["imported"]["external_id"].startswith("node ")
    (failure,) = told["errors"]
    assert failure["errors"][0]["path"] == "email"


def test_export(told: dict[str, Any]) -> None:
    """Users are exported by a job, and fetched from where it says; a job without errors has none."""
    assert told["exported"]["status"] == "completed"
    assert told["created"]["email"] in {each["email"] for each in told["lines"]}
    assert not told["noErrors"]


def test_verification_mail(told: dict[str, Any], server: GatewrightDev) -> None:
    """A job mails the link that verifies the address."""
    assert told["mailed"]["type"] == "verification_email"
    assert told["created"]["email"] in {each["to"] for each in server.messages()}


def test_proofs(told: dict[str, Any]) -> None:
    """A user has a password and no second factor, and none can be enrolled."""
    assert [each["type"] for each in told["methods"]] == ["password"]
    assert told["enrollments"] == []
    assert told["noEnrolling"]["errorCode"] == "operation_not_supported"


def test_refusals(told: dict[str, Any]) -> None:
    """An address that is taken is refused with 409, and who is deleted is there no more."""
    assert told["taken"]["statusCode"] == 409
    assert (told["gone"]["statusCode"], told["gone"]["errorCode"]) == (404, "inexistent_user")


def test_error_classes_of_version_7(seven: dict[str, Any]) -> None:
    """Version 7 raises its own class for each status."""
    assert (seven["taken"]["name"], seven["noEnrolling"]["name"]) == ("ConflictError", "ForbiddenError")


def test_deleted(four: dict[str, Any]) -> None:
    """A deletion answers 204."""
    assert four["deleted"] == 204

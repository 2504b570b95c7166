"""auth0-python, 4 and the newest: users, what they may do, tickets and jobs by the management API."""

import json
import ssl
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from auth0.management import ManagementClient
from auth0.management.core.api_error import ApiError
from tests.clients.driving import access, driven_by_python_4
from tests.clients.people import home
from tests.support.gatewright_dev import GatewrightDev

pytestmark = [
    pytest.mark.library(
        "auth0-python 4", "Auth0.users", "Auth0.users_by_email", "Auth0.roles", "Auth0.tickets", "Auth0.jobs"
    ),
    pytest.mark.library(
        "auth0-python 6",
        "ManagementClient.users",
        "ManagementClient.roles",
        "ManagementClient.tickets",
        "ManagementClient.jobs",
    ),
]

PASSWORD = "Correct-Horse-1"
THINGS = "https://users-python6.example.test/"


@pytest.fixture(scope="module")
def four(server: GatewrightDev) -> dict[str, Any]:
    """What auth0-python 4 was given by each of its calls."""
    return driven_by_python_4(server, "management_users_by_auth0_python_4.py", **home(server))


@pytest.fixture
def connections(trusted: GatewrightDev) -> Iterator[httpx.Client]:
    """Connections to the server."""
    with httpx.Client(verify=ssl.create_default_context(cafile=str(trusted.authority))) as made:
        yield made


@pytest.fixture
def six(trusted: GatewrightDev, connections: httpx.Client) -> ManagementClient:
    """The newest management client."""
    found = access(trusted)
    return ManagementClient(
        domain=found["domain"],
        client_id=found["client_id"],
        client_secret=found["client_secret"],
        httpx_client=connections,
    )


@pytest.fixture
def place(server: GatewrightDev) -> dict[str, str]:
    """The database in which users are made."""
    return home(server)


@pytest.fixture
def user_id(six: ManagementClient, place: dict[str, str]) -> Iterator[str]:
    """A user that the newest library made."""
    yield (made := _made(six, place, "first"))
    six.users.delete(made)
    with pytest.raises(ApiError) as gone:
        six.users.get(made)
    assert gone.value.status_code == 404


@pytest.fixture
def api_id(six: ManagementClient) -> Iterator[str]:
    """An API with two scopes."""
    scopes: list[Any] = [{"value": "read:things"}, {"value": "write:things"}]
    made = six.resource_servers.create(identifier=THINGS, name="Python 6", scopes=scopes)
    assert made.id
    yield made.id
    six.resource_servers.delete(made.id)


def _made(six: ManagementClient, place: dict[str, str], name: str) -> str:
    made = six.users.create(
        connection=place["CONNECTION"],
        email=f"{name}@python6.test",
        password=PASSWORD,
        verify_email=False,
    )
    assert made.user_id
    return made.user_id


def permission(name: str) -> Any:
    return {"permission_name": name, "resource_server_identifier": THINGS}


def over(six: ManagementClient, job_id: str) -> Any:
    """The job when nothing will happen any more."""
    while (job := six.jobs.get(job_id)).status not in ("completed", "failed"):
        time.sleep(0.05)
    return job


def names(found: list[dict[str, Any]]) -> list[str]:
    return [each["permission_name"] for each in found]


def test_users_of_4(four: dict[str, Any]) -> None:
    """Version 4 creates, reads, updates, lists and finds users."""
    assert four["read"] == four["created"]
    assert four["updated"]["user_metadata"] == {"tea": "green"}
    page = four["page"]
    assert (page["total"], page["length"], page["users"][0]["email"]) == (2, 1, "second@python4.test")
    assert [each["user_id"] for each in four["by_email"]] == [four["created"]["user_id"]]


def test_identities_of_4(four: dict[str, Any]) -> None:
    """Version 4 links and unlinks."""
    assert len(four["linked"]) == 2
    assert four["unlinked"] == four["linked"][:1]


def test_roles_of_4(four: dict[str, Any]) -> None:
    """Version 4 creates, reads, updates and lists roles, and gives them to users."""
    assert four["role_read"] == four["role"]
    assert four["role_updated"]["description"] == "changed"
    assert [each["id"] for each in four["role_page"]["roles"]] == [four["role"]["id"]]
    assert names(four["role_permissions"]["permissions"]) == ["read:things"]
    assert four["role_users"]["total"] == 1
    assert [each["name"] for each in four["user_roles"]["roles"]] == ["python 4"]


def test_permissions_of_4(four: dict[str, Any]) -> None:
    """Version 4 gives users permissions without a role, and takes them."""
    assert names(four["permissions"]["permissions"]) == ["read:things", "write:things"]
    assert names(four["permissions_left"]["permissions"]) == ["read:things"]


def test_tickets_of_4(four: dict[str, Any]) -> None:
    """Version 4 makes tickets."""
    assert "/u/email-verification?ticket=" in four["verification"]["ticket"]
    assert "/u/reset-verify?ticket=" in four["change"]["ticket"]


def test_jobs_of_4(four: dict[str, Any]) -> None:
    """Version 4 imports and exports users, and mails a link."""
    assert four["imported"]["summary"] == {"failed": 1, "updated": 0, "inserted": 1, "total": 2}
    assert four["errors"][0]["errors"][0]["path"] == "email"
    assert "first@python4.test" in {each["email"] for each in four["lines"]}
    assert four["mailed"]["type"] == "verification_email"


def test_proofs_of_4(four: dict[str, Any]) -> None:
    """Version 4 is told of a password and of no second factor."""
    assert [each["type"] for each in four["methods"]] == ["password"]
    assert four["enrollments"] == []


def test_refusals_of_4(four: dict[str, Any]) -> None:
    """Version 4 raises its error with status and code."""
    assert four["taken"]["status"] == 409
    assert (four["gone"]["status"], four["gone"]["code"]) == (404, "inexistent_user")
    assert (four["no_enrolling"]["status"], four["no_enrolling"]["code"]) == (403, "operation_not_supported")


def test_user_by_the_newest(six: ManagementClient, user_id: str) -> None:
    """The newest reads, updates and finds a user."""
    assert six.users.get(user_id).email == "first@python6.test"
    assert six.users.update(user_id, nickname="changed").nickname == "changed"
    assert [each.user_id for each in six.users.list_users_by_email(email="First@python6.test")] == [user_id]


def test_lists_by_the_newest(six: ManagementClient, user_id: str, place: dict[str, str]) -> None:
    """The newest walks through every page of users."""
    second = _made(six, place, "second")
    found = [each.user_id for each in six.users.list(q="email:*@python6.test", sort="email:1", per_page=1)]
    assert found == [user_id, second]
    six.users.delete(second)


def test_identities_by_the_newest(six: ManagementClient, user_id: str, place: dict[str, str]) -> None:
    """The newest links and unlinks."""
    second = _made(six, place, "second")
    subject = second.partition("|")[2]
    linked = six.users.identities.link(user_id, provider="auth0", user_id=subject)
    assert [each.user_id for each in linked][1:] == [subject]
    left = six.users.identities.delete(user_id, "auth0", subject)
    assert len(left) == 1
    six.users.delete(second)


@pytest.mark.usefixtures("api_id")
def test_rights_by_the_newest(six: ManagementClient, user_id: str) -> None:
    """The newest gives a user a role and permissions, and is told what comes of them."""
    role = six.roles.create(name="python 6", description="made")
    assert role.id
    assert six.roles.update(role.id, description="changed").description == "changed"
    six.roles.permissions.add(role.id, permissions=[permission("read:things")])
    assert [each.permission_name for each in six.roles.permissions.list(role.id)] == ["read:things"]
    six.roles.users.assign(role.id, users=[user_id])
    assert [each.user_id for each in six.roles.users.list(role.id, take=1)] == [user_id]
    assert [each.id for each in six.users.roles.list(user_id)] == [role.id]
    six.users.permissions.create(user_id, permissions=[permission("write:things")])
    found = [each.permission_name for each in six.users.permissions.list(user_id, per_page=1)]
    assert found == ["read:things", "write:things"]
    at = {"resource_server_identifier": THINGS}
    effective = [each.sources for each in six.users.effective_permissions.list(user_id, take=1, **at)]
    assert effective == [["roles"], ["direct"]]
    six.users.permissions.delete(user_id, permissions=[permission("write:things")])
    six.users.roles.delete(user_id, roles=[role.id])
    assert [*six.users.permissions.list(user_id)] == []
    six.roles.delete(role.id)


def test_tickets_by_the_newest(six: ManagementClient, user_id: str) -> None:
    """The newest makes tickets."""
    made = six.tickets.verify_email(user_id=user_id, ttl_sec=60, include_email_in_redirect=True)
    assert "/u/email-verification?ticket=" in made.ticket
    changed = six.tickets.change_password(user_id=user_id, mark_email_as_verified=True)
    assert "/u/reset-verify?ticket=" in changed.ticket


def test_import_by_the_newest(six: ManagementClient, place: dict[str, str]) -> None:
    """The newest imports a file, and is told what is wrong with it."""
    people = [{"email": "imported@python6.test", "user_id": "imported-by-python-6"}, {"email": "no address"}]
    job = six.jobs.users_imports.create(
        users=("users.json", json.dumps(people), "application/json"),
        connection_id=place["CONNECTION_ID"],
        upsert=False,
        external_id="python 6",
    )
    done = over(six, job.id)
    assert done.status == "completed"
    (failure,) = six.jobs.errors.get(job.id) or []
    assert failure.errors[0].path == "email"  # type: ignore[union-attr, index]
    six.users.delete("auth0|imported-by-python-6")


def test_export_by_the_newest(
    six: ManagementClient, connections: httpx.Client, user_id: str, place: dict[str, str]
) -> None:
    """The newest exports users, and fetches them from where the job says; it has no errors."""
    job = six.jobs.users_exports.create(connection_id=place["CONNECTION_ID"], format="csv", limit=1_000)
    done = over(six, job.id)
    assert user_id in connections.get(str(done.location)).text
    assert not six.jobs.errors.get(job.id)


def test_mail_by_the_newest(six: ManagementClient, user_id: str, server: GatewrightDev) -> None:
    """The newest has a link mailed."""
    assert six.jobs.verification_email.create(user_id=user_id).type == "verification_email"
    assert "first@python6.test" in {each["to"] for each in server.messages()}


def test_proofs_by_the_newest(six: ManagementClient, user_id: str) -> None:
    """The newest is told of a password and of no second factor."""
    assert [each.type for each in six.users.authentication_methods.list(user_id)] == ["password"]
    assert six.users.enrollments.get(user_id) == []
    six.users.authenticators.delete_all(user_id)

"""``/organizations/{id}/invitations``: somebody is invited, and the link does what it says."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.support.management import Caller, refused
from tests.support.organizations import let_organizations, organization_of
from tests.support.world import PASSWORD, World, text_of

pytestmark = [pytest.mark.anyio, pytest.mark.wire("/api/v2/*")]

HOME = "https://app.example.test/login?from=mail"
BODY: dict[str, Any] = {
    "inviter": {"name": "Grace"},
    "invitee": {"email": "ada@example.test"},
    "client_id": "web",
}


@pytest.fixture
async def acme(world: World, robot: Caller) -> str:
    """The path of an organization's invitations, to which the web application may invite."""
    await let_organizations(world, initiate_login_uri=HOME)
    made = await robot.made(
        "/organizations",
        name="acme",
        display_name="Acme Ltd",
        enabled_connections=[{"connection_id": "con_db"}],
    )
    return f"/organizations/{made['id']}/invitations"


async def test_invited_by_mail_and_accepted(world: World, robot: Caller, acme: str) -> None:
    """The mailed link leads to the application, whose request with its parameters makes a member."""
    made = await robot.made(acme, **BODY, roles=["rol_reader"], app_metadata={"seat": 5})
    (mail,) = await world.mails()
    assert (mail["kind"], mail["to"]) == ("invitation", "ada@example.test")
    assert mail["subject"] == "Grace invites you to Acme Ltd"
    assert made["invitation_url"] in mail["text"]
    parts = urlsplit(made["invitation_url"])
    query = {name: value for name, (value,) in parse_qs(parts.query).items()}
    organization_id = acme.split("/")[2]
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == "https://app.example.test/login"
    assert query == {
        "from": "mail",
        "invitation": made["ticket_id"],
        "organization": organization_id,
        "organization_name": "acme",
    }
    browser = world.browser()
    del query["from"]
    page = await browser.authorize(**query)
    response = await browser.submit(page, username="ada@example.test", password=PASSWORD)
    assert await organization_of(browser, response) == organization_id
    assert await robot.read(acme) == []
    member = f"/organizations/{organization_id}/members/auth0%7Cada"
    assert [each["id"] for each in await robot.read(f"{member}/roles")] == ["rol_reader"]


async def test_secret_is_told_once(world: World, robot: Caller, acme: str) -> None:
    """The secret is in the answer to the creation alone; the database and the log do not have it."""
    made = await robot.made(acme, **BODY, send_invitation_email=False)
    secret = made.pop("ticket_id")
    made.pop("invitation_url")
    assert await robot.read(f"{acme}/{made['id']}") == made
    assert await robot.read(f"{acme}?include_totals=true") == {
        "start": 0,
        "limit": 50,
        "invitations": [made],
    }
    assert await world.mails() == []
    assert secret not in "".join(world.dump())


async def test_mail_in_the_language_of_the_tenant(world: World, robot: Caller, acme: str) -> None:
    """Nobody knows what the invited speaks, so the mail is in the tenant's first language."""
    await world.change_tenant(enabled_locales=("de", "en"))
    await robot.made(acme, **BODY)
    (mail,) = await world.mails()
    assert mail["subject"] == "Grace lädt Sie zu Acme Ltd ein"


async def test_lifetime(world: World, robot: Caller, acme: str) -> None:
    """An invitation stands for a week, or for as long as it says, and then is gone."""
    week = await robot.made(acme, **BODY)
    hour = await robot.made(acme, **BODY, ttl_sec=3_600)
    assert [each["id"] for each in await robot.read(f"{acme}?sort=created_at:1")] == sorted(
        (week["id"], hour["id"])
    )
    world.clock.advance(3_600)
    assert [each["id"] for each in await robot.read(acme)] == [week["id"]]
    assert refused(await robot.get(f"{acme}/{hour['id']}")) == (404, "inexistent_invitation")


async def test_taken_back(world: World, robot: Caller, acme: str) -> None:
    """An invitation that is taken back lets nobody in."""
    made = await robot.made(acme, **BODY)
    assert (await robot.delete(f"{acme}/{made['id']}")).status_code == 204
    page = await world.browser().authorize(organization=acme.split("/")[2], invitation=made["ticket_id"])
    assert "invitation+not+found" in page.headers["location"].replace("%20", "+")
    assert refused(await robot.delete(f"{acme}/{made['id']}")) == (404, "inexistent_invitation")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({**BODY, "inviter": {"name": ""}}, "inviter.name: 0 characters"),
        ({**BODY, "inviter": {}}, "inviter.name: missing"),
        ({**BODY, "invitee": {"email": "ada"}}, "invitee.email: "),
        ({**BODY, "client_id": "nobody"}, "client_id: no client 'nobody'"),
        ({**BODY, "client_id": "spa"}, "client_id: the client is not for organizations"),
        ({**BODY, "connection_id": "con_x"}, "connection_id: 'con_x' is not enabled"),
        ({**BODY, "ttl_sec": 2_592_001}, "ttl_sec: read 2592001"),
        ({**BODY, "roles": ["rol_x"]}, "roles[0]: no role 'rol_x'"),
        ({**BODY, "app_metadata": {"a": "x" * 200_000}}, "app_metadata: "),
        ({**BODY, "ticket_id": "mine"}, "ticket_id: no such field"),
    ],
)
async def test_wrong_field_is_named(
    world: World, robot: Caller, acme: str, body: dict[str, Any], told: str
) -> None:
    """A body that breaks a rule is refused by the path of the field, and nobody gets mail."""
    response = await robot.post(acme, body)
    assert refused(response) == (400, "invalid_body")
    assert told in response.json()["message"]
    assert await world.mails() == []


async def test_link_needs_somewhere_to_lead(world: World, robot: Caller, acme: str) -> None:
    """Without an address of the application, that of the tenant does; without either nobody is invited."""
    await world.change_client("web", initiate_login_uri="")
    response = await robot.post(acme, BODY)
    assert refused(response) == (400, "invalid_body")
    assert "initiate_login_uri" in response.json()["message"]
    await world.change_tenant(default_redirection_uri="https://home.example.test/")
    made = await robot.made(acme, **BODY)
    assert made["invitation_url"].startswith("https://home.example.test/?invitation=")


async def test_names_in_the_mail_are_harmless(world: World, robot: Caller, acme: str) -> None:
    """Who invites is shown without anything that could be a link or markup."""
    await robot.made(acme, **{**BODY, "inviter": {"name": "<b>evil.example</b>"}})
    (mail,) = await world.mails()
    assert "evil.example" not in mail["subject"]
    assert "<b>" not in mail["html"].replace("<body", "")


async def test_invited_connection_is_the_only_one(world: World, robot: Caller, acme: str) -> None:
    """An invitation for one connection begins at that one's page."""
    made = await robot.made(acme, **BODY, connection_id="con_db")
    page = await world.browser().authorize(organization=acme.split("/")[2], invitation=made["ticket_id"])
    assert "Acme Ltd" in text_of(page)


async def test_invitation_is_in_the_log(world: World, robot: Caller, acme: str) -> None:
    """Who was invited is told, without the secret."""
    made = await robot.made(acme, **BODY)
    newest, *_ = await world.logs()
    assert (newest.type, newest.description) == ("sapi", "Create an invitation")
    assert newest.details["email"] == "ada@example.test"
    assert made["ticket_id"] not in str(newest.details)

"""``/api/v2/emails/provider``: the mail server that takes the tenant's mail."""

from typing import Any

import pytest
from tests.support.management import Caller, caller, refused
from tests.support.world import World

pytestmark = [pytest.mark.anyio, pytest.mark.wire("/api/v2/*")]

PATH = "/emails/provider"
PASSWORD = "mail-server-password-0123456789"
ADDRESS = {"smtp_host": "mail.example.test", "smtp_port": 587, "smtp_user": "acme"}
PROVIDER: dict[str, Any] = {
    "name": "smtp",
    "enabled": True,
    "default_from_address": "Acme <login@acme.example.test>",
    "credentials": ADDRESS | {"smtp_pass": PASSWORD},
}


async def password(world: World) -> str:
    """The password that would be used now."""
    provider = (await world.platform.stores.mail_settings.get(world.tenant_id)).provider
    assert provider is not None
    return world.platform.mail_providers.password(world.tenant_id, provider)


async def test_provider_comes_and_goes(world: World, robot: Caller) -> None:
    """A provider is created, read without its password, and deleted; then there is none."""
    assert refused(await robot.get(PATH)) == (404, "inexistent_email_provider")
    made = await robot.made(PATH, **PROVIDER)
    assert made == PROVIDER | {"credentials": ADDRESS} == await robot.read(PATH)
    assert await password(world) == PASSWORD
    assert refused(await robot.post(PATH, PROVIDER)) == (409, "email_provider_conflict")
    assert (await robot.delete(PATH)).status_code == 204
    assert refused(await robot.get(PATH)) == (404, "inexistent_email_provider")
    assert refused(await robot.delete(PATH)) == (404, "inexistent_email_provider")
    assert refused(await robot.patch(PATH, {})) == (404, "inexistent_email_provider")


async def test_password_is_nowhere_in_clear(world: World, robot: Caller) -> None:
    """Neither the database nor the audit log holds the password."""
    await robot.made(PATH, **PROVIDER)
    await robot.patch(PATH, {"credentials": ADDRESS | {"smtp_pass": PASSWORD + "2"}})
    assert not any(PASSWORD in line for line in world.dump())
    assert "Create an e-mail provider" in str(await robot.read("/logs"))


async def test_fields_are_selected(robot: Caller) -> None:
    """Only the fields asked for come, or all but them."""
    await robot.made(PATH, **PROVIDER)
    assert await robot.read(f"{PATH}?fields=name,enabled&include_fields=true") == {
        "name": "smtp",
        "enabled": True,
    }
    assert "name" not in await robot.read(f"{PATH}?fields=name&include_fields=false")


async def test_update_keeps_what_it_does_not_name(world: World, robot: Caller) -> None:
    """A provider is switched off, or speaks for another address, with the password it has."""
    await robot.made(PATH, **PROVIDER)
    response = await robot.patch(PATH, {"enabled": False, "default_from_address": "x@acme.example.test"})
    assert response.json()["enabled"] is False
    assert response.json()["credentials"] == ADDRESS
    assert (await robot.patch(PATH, {"credentials": ADDRESS})).status_code == 200
    assert await password(world) == PASSWORD


@pytest.mark.parametrize(
    "change", [{"smtp_host": "evil.example.test"}, {"smtp_port": 2525}, {"smtp_user": "other"}], ids=str
)
async def test_another_server_needs_the_password_again(
    world: World, robot: Caller, change: dict[str, Any]
) -> None:
    """Keycloak CVE-2026-15943: a password that was not sent again never goes to another server."""
    await robot.made(PATH, **PROVIDER)
    response = await robot.patch(PATH, {"credentials": ADDRESS | change})
    assert refused(response) == (400, "invalid_body")
    assert response.json()["message"].startswith("credentials.smtp_pass: missing; another server")
    assert (await robot.read(PATH))["credentials"] == ADDRESS
    response = await robot.patch(PATH, {"credentials": change | {"smtp_pass": "another"}})
    assert response.json()["credentials"] == ADDRESS | change
    assert await password(world) == "another"


@pytest.mark.parametrize("mask", ["********", "••••", "##SMTP_PASS##", "(not shown)"])
async def test_mask_is_no_password(robot: Caller, mask: str) -> None:
    """What stands for a password on a screen or in a template is not stored as one."""
    response = await robot.post(PATH, PROVIDER | {"credentials": ADDRESS | {"smtp_pass": mask}})
    assert refused(response) == (400, "invalid_body")
    assert "is a mask" in response.json()["message"]


@pytest.mark.parametrize("name", ["sendgrid", "mailgun", "ses", "custom"])
async def test_other_kinds_are_refused(robot: Caller, name: str) -> None:
    """A provider that is not there is refused, and what is there is named."""
    response = await robot.post(PATH, {"name": name, "credentials": {"api_key": "key"}})
    assert refused(response) == (403, "operation_not_supported")
    assert "smtp" in response.json()["message"]
    assert "key" not in response.json()["message"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": "pigeon"}, "name: read 'pigeon'"),
        ({"credentials": {}}, "credentials.smtp_host: missing"),
        ({"credentials": {"smtp_host": "a b"}}, "credentials.smtp_host: read 'a b'"),
        ({"credentials": {"smtp_host": "a\r\nRCPT TO:<x@y>"}}, "credentials.smtp_host: read"),
        ({"credentials": ADDRESS | {"smtp_port": 0}}, "credentials.smtp_port: read 0"),
        ({"credentials": ADDRESS | {"smtp_port": "587"}}, "credentials.smtp_port: read '587'"),
        ({"credentials": ADDRESS | {"smtp_user": "a\nb"}}, "credentials.smtp_user: wanted"),
        ({"credentials": ADDRESS | {"api_key": "x"}}, "credentials.api_key: no such field"),
        ({"default_from_address": "nobody"}, "default_from_address: read 'nobody'"),
        ({"default_from_address": "a@b.test\r\nBcc: x@y.test"}, "default_from_address: read"),
        ({"enable": True}, "enable: no such field; did you mean enabled?"),
    ],
    ids=lambda value: value.partition(":")[0] if isinstance(value, str) else None,
)
async def test_what_is_no_provider_is_refused(robot: Caller, change: dict[str, Any], told: str) -> None:
    """A wrong host, port, user or address is a 400 that points at it, and nothing is there afterwards."""
    response = await robot.post(PATH, PROVIDER | change)
    assert refused(response) == (400, "invalid_body")
    assert told in response.json()["message"]
    assert refused(await robot.get(PATH)) == (404, "inexistent_email_provider")


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "10.1.2.3", "169.254.169.254", "192.168.0.1", "::1", "[::1]", "::ffff:10.0.0.1",
     "64:ff9b::a00:1", "0.0.0.0", "fd00::1", "224.0.0.1"],
)  # fmt: skip
async def test_private_address_is_refused(robot: Caller, host: str) -> None:
    """A tenant's administrator cannot make the server talk to machines of its own network."""
    response = await robot.post(PATH, PROVIDER | {"credentials": ADDRESS | {"smtp_host": host}})
    assert refused(response) == (400, "invalid_body")
    assert "credentials.smtp_host" in response.json()["message"]


async def test_mail_is_from_the_tenants_address(world: World, robot: Caller) -> None:
    """While the provider is enabled, mail is from its address, and otherwise from the installation's."""
    await robot.made(PATH, **PROVIDER)
    browser = world.browser()
    for enabled, sender in ((True, "Acme <login@acme.example.test>"), (False, "main <login@localhost")):
        await robot.patch(PATH, {"enabled": enabled})
        answer = await browser.client.post(
            "/dbconnections/change_password",
            json={
                "client_id": "web",
                "email": "ada@example.test",
                "connection": "Username-Password-Authentication",
            },
        )
        assert answer.status_code == 200, answer.text
        assert (await world.mails())[-1]["from"].startswith(sender)


async def test_scopes_are_apart(world: World) -> None:
    """Whoever may read the provider may not change it."""
    reader = await caller(world, "read:email_provider")
    assert refused(await reader.get(PATH)) == (404, "inexistent_email_provider")
    for response in (await reader.post(PATH, PROVIDER), await reader.patch(PATH, {})):
        assert refused(response) == (403, "insufficient_scope")

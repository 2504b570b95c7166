"""``/api/v2/email-templates``: a tenant's own words for kinds of mail."""

from typing import Any

import pytest
from tests.support.management import Caller, refused
from tests.support.world import CONNECTION, World

from gatewright.connections import Connection

pytestmark = [pytest.mark.anyio, pytest.mark.wire("/api/v2/*")]

PATH = "/email-templates"
BODY = """<html><head><style>p { color: red }</style></head><body>
<p>Hi {{ user.name }}, {{ application.name }} of {{ friendly_name }} asks whether {{ email }} is yours.</p>
{% if user.user_metadata.lang == 'de' %}<p>Hallo!</p>{% endif %}
<p><a href="{{ url }}">Yes, it is</a></p></body></html>"""
RESET: dict[str, Any] = {
    "template": "reset_email",
    "body": BODY,
    "from": "{{ application.name }} <noreply@acme.example.test>",
    "subject": "Your password at {{ application.name }}",
    "syntax": "liquid",
    "enabled": True,
}


async def reset_mail(world: World, email: str = "ada@example.test") -> dict[str, Any]:
    """The mail that somebody gets who asks for a new password."""
    body = {"client_id": "web", "email": email, "connection": CONNECTION}
    answer = await world.browser().client.post("/dbconnections/change_password", json=body)
    assert answer.status_code == 200, answer.text
    return (await world.mails())[-1]


async def test_template_comes_and_is_obeyed(world: World, robot: Caller) -> None:
    """A template is created and read, and the next mail is in its words, as HTML and as text."""
    assert refused(await robot.get(f"{PATH}/reset_email")) == (404, "inexistent_email_template")
    made = await robot.made(PATH, **RESET)
    assert made == {**RESET, "includeEmailInRedirect": False} == await robot.read(f"{PATH}/reset_email")
    mail = await reset_mail(world)
    assert mail["subject"] == "Your password at Web App"
    assert "<p>Hi Ada Example, Web App of main asks whether ada@example.test is yours.</p>" in mail["html"]
    assert "https://id.example.test/u/reset-verify?ticket=" in mail["html"]
    assert "Yes, it is https://id.example.test/u/reset-verify?ticket=" in mail["text"]
    assert "color: red" not in mail["text"]


SERVER = {"name": "smtp", "credentials": {"smtp_host": "mail.acme.example.test", "smtp_port": 587}}


async def test_address_of_the_sender(world: World, robot: Caller) -> None:
    """CVE class "mail in another's name": the address of a template counts with the tenant's own server."""
    await robot.made(PATH, **RESET)
    usual = (await reset_mail(world))["from"]
    assert usual.startswith("Web App <")
    assert "acme" not in usual
    await robot.made("/emails/provider", **SERVER, default_from_address="login@acme.example.test")
    assert (await reset_mail(world))["from"] == "Web App <noreply@acme.example.test>"


async def test_link_in_the_mail_works(world: World, robot: Caller) -> None:
    """The link of a template leads where the usual one does."""
    await robot.made(PATH, **RESET)
    link = (await reset_mail(world))["text"].split("Yes, it is ")[1].split()[0]
    page = await world.browser().get(link)
    assert page.status_code == 200
    assert 'autocomplete="new-password"' in page.text


async def test_template_is_switched_off(world: World, robot: Caller) -> None:
    """A template that is not enabled is kept, and the mail has its usual words."""
    await robot.made(PATH, **RESET)
    response = await robot.patch(f"{PATH}/reset_email", {"enabled": False})
    assert response.json() == {**RESET, "enabled": False, "includeEmailInRedirect": False}
    assert (await reset_mail(world))["subject"] == "Choose a new password for Web App"


async def test_put_replaces_and_patch_adds(robot: Caller) -> None:
    """An update keeps what it does not name; a replacement does not."""
    await robot.made(PATH, **RESET)
    patched = (await robot.patch(f"{PATH}/reset_email", {"subject": "New"})).json()
    assert (patched["subject"], patched["body"]) == ("New", BODY)
    sent = {"template": "reset_email", "subject": "Only", "enabled": True, "syntax": "liquid"}
    put = await robot.call("PUT", f"{PATH}/reset_email", json=sent)
    assert put.json() == {**sent, "includeEmailInRedirect": False} == await robot.read(f"{PATH}/reset_email")


async def test_only_the_subject_is_ones_own(world: World, robot: Caller) -> None:
    """A template without a body leaves the usual words below its subject."""
    await robot.made(PATH, template="reset_email", subject="Ask me", enabled=True)
    mail = await reset_mail(world)
    assert mail["subject"] == "Ask me"
    assert "asked for a new password" in mail["text"]


async def test_names_are_harmless_and_escaped(world: World, robot: Caller) -> None:
    """What people called themselves is neither markup nor a link in the mail of a tenant's own words."""
    await robot.made(PATH, **RESET)
    evil = '<a href="https://evil.test">win</a> www.evil.test'
    await world.change_user("auth0|ada", name=evil, user_metadata={"lang": "de"})
    mail = await reset_mail(world)
    assert "evil.test" not in mail["html"]
    assert "<a href=" in mail["html"]
    assert mail["html"].count("<a ") == 1
    assert "Hallo!" in mail["html"]


async def test_subject_is_one_line(world: World, robot: Caller) -> None:
    """No template can add a header to the mail."""
    await robot.made(PATH, template="reset_email", subject="One\r\nBcc: {{ email }}", enabled=True)
    assert (await reset_mail(world))["subject"] == "One Bcc: ada@example.test"


async def test_template_that_stops_working_does_not_stop_mail(world: World, robot: Caller) -> None:
    """Where a template works with the samples and not with somebody's values, they get the usual mail."""
    await robot.made("/emails/provider", **SERVER, default_from_address="login@acme.example.test")
    await robot.made(PATH, **RESET | {"from": "{{ user.user_metadata.sender | default: 'a@b.test' }}"})
    assert (await reset_mail(world))["from"].endswith("<a@b.test>")
    await world.change_user("auth0|ada", user_metadata={"sender": "nobody at all"})
    assert (await reset_mail(world))["subject"] == "Choose a new password for Web App"


async def test_lifetime_of_the_link(world: World, robot: Caller) -> None:
    """The link works as long as the template says, and no longer."""
    await robot.made(PATH, **RESET, urlLifetimeInSeconds=120)
    for seconds, status in ((119, 200), (121, 400)):
        link = (await reset_mail(world))["text"].split("Yes, it is ")[1].split()[0]
        world.clock.advance(seconds)
        page = await world.browser().get(link)
        assert ('autocomplete="new-password"' in page.text) == (status == 200)


async def test_way_on_after_the_link(world: World, robot: Caller) -> None:
    """Who has used the link goes on to resultUrl, with the address when the template says so."""
    result = {"resultUrl": "{{ application.callback_domain }}/done", "includeEmailInRedirect": True}
    await robot.made(PATH, **RESET, **result)
    link = (await reset_mail(world))["text"].split("Yes, it is ")[1].split()[0]
    browser = world.browser()
    done = await browser.submit(await browser.get(link), password="Another-Horse-2")
    assert done.status_code == 303
    assert done.headers["location"].startswith("https://app.example.test/done?")
    assert "email=ada%40example.test" in done.headers["location"]


async def test_code_that_signs_in(world: World, robot: Caller) -> None:
    """The mail with a code has the words of auth_email_by_code."""
    await robot.made(PATH, template="auth_email_by_code", body="<b>{{ code }}</b>", subject="{{ code }}!")
    email = Connection(
        connection_id="con_email", name="email", strategy="email", enabled_clients=("web", "spa")
    )
    await world.commit(world.platform.stores.connections.put(world.tenant_id, email))
    body = {"client_id": "spa", "connection": "email", "email": "ada@example.test", "send": "code"}
    answer = await world.browser().client.post("/passwordless/start", json=body)
    assert answer.status_code == 200, answer.text
    mail = (await world.mails())[-1]
    code = mail["subject"].rstrip("!")
    assert code.isdigit()
    assert mail["html"] == f"<b>{code}</b>"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"template": "birthday"}, "template: read 'birthday'"),
        ({"template": None}, "template: "),
        ({"body": "one\n{{ user.name"}, "body: line 2: "),
        ({"body": "{% for x in y %}{% endfor %}"}, "body: line 1: "),
        ({"subject": "{{ x | shout }}"}, "subject: line 1: "),
        ({"from": "nobody"}, "from: is no address"),
        ({"resultUrl": "{{"}, "resultUrl: line 1: "),
        ({"syntax": "jinja"}, "syntax: read 'jinja'"),
        ({"urlLifetimeInSeconds": 10}, "urlLifetimeInSeconds: read 10"),
        ({"urlLifetimeInSeconds": 9_999_999}, "urlLifetimeInSeconds: read 9999999"),
        ({"enabled": "yes"}, "enabled: read 'yes'"),
        ({"body": "x" * 70_000}, "body: 70000 characters"),
        ({"text": "x"}, "text: no such field"),
    ],
    ids=lambda value: value.partition(":")[0] if isinstance(value, str) else None,
)
async def test_what_is_no_template_is_refused(robot: Caller, change: dict[str, Any], told: str) -> None:
    """A template that cannot be read is a 400 that points at the line, and nothing is there afterwards."""
    response = await robot.post(PATH, RESET | change)
    assert refused(response) == (400, "invalid_body")
    assert told in response.json()["message"]
    assert refused(await robot.get(f"{PATH}/reset_email")) == (404, "inexistent_email_template")


async def test_one_template_of_a_name(robot: Caller) -> None:
    """A second template of a name is refused, and so is another name than that in the path."""
    await robot.made(PATH, **RESET)
    assert refused(await robot.post(PATH, RESET)) == (409, "email_template_conflict")
    response = await robot.patch(f"{PATH}/reset_email", {"template": "verify_email"})
    assert refused(response) == (400, "invalid_body")


async def test_mail_that_is_not_sent(robot: Caller) -> None:
    """A template for mail that nobody sends is kept for those who move here."""
    made = await robot.made(PATH, template="stolen_credentials", body="x", enabled=False)
    assert made["enabled"] is False


async def test_long_template_is_not_repeated_in_the_log(robot: Caller) -> None:
    """The audit log has the beginning of a long template, and how long it is."""
    await robot.made(PATH, **RESET | {"body": "x" * 60_000})
    entry = next(each for each in await robot.read("/logs") if each["type"] == "sapi")
    assert "(60000 characters)" in str(entry["details"])
    assert len(str(entry["details"])) < 10_000

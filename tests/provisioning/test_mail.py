"""Mail in a tenant file: its server with the password kept, and its words."""

from tests.provisioning.conftest import TENANT, Room, changes

from gatewright.messages import EmailProvider

PASSWORD = "mail-server-password-0123456789"
PROVIDER = f"""
emailProvider:
  name: smtp
  default_from_address: Acme <login@acme.example.test>
  credentials: {{smtp_host: mail.example.test, smtp_user: acme, smtp_pass: {PASSWORD}}}
"""
SILENT = PROVIDER.replace(f", smtp_pass: {PASSWORD}", "")


async def provider_of(room: Room) -> EmailProvider | None:
    return (await room.platform.stores.mail_settings.get(TENANT)).provider


async def password(room: Room) -> str:
    provider = await provider_of(room)
    assert provider is not None
    return room.platform.mail_providers.password(TENANT, provider)


async def test_provider_is_applied_once(room: Room) -> None:
    """The first application makes the provider, and the second has nothing to do."""
    assert "create e-mail provider smtp" in changes(await room.apply(PROVIDER))
    assert await password(room) == PASSWORD
    assert changes(await room.plan(PROVIDER)) == []
    assert changes(await room.plan("tenant: {}")) == [], "a file that is silent leaves it alone"


async def test_export_round_trip(room: Room) -> None:
    """What is exported changes nothing where it came from; the password is in it only when asked for."""
    await room.apply(PROVIDER)
    plain, whole = await room.export(), await room.export(with_secrets=True)
    assert PASSWORD not in plain
    assert f"smtp_pass: {PASSWORD}" in whole
    for text in (plain, whole):
        assert (await room.apply(text)).steps == ()
    assert await password(room) == PASSWORD


async def test_empty_section_removes_it(room: Room) -> None:
    """An empty section says that there is none."""
    await room.apply(PROVIDER)
    assert changes(await room.apply("emailProvider: {}")) == ["delete e-mail provider smtp"]
    assert await provider_of(room) is None


async def test_password_is_never_shown(room: Room) -> None:
    """A plan says that the password changes, and not from what to what."""
    plan = await room.plan(PROVIDER)
    assert PASSWORD not in str(plan.steps)
    await room.apply(PROVIDER)
    plan = await room.plan(PROVIDER.replace(PASSWORD, "another"))
    (step,) = [step for step in plan.steps if step.kind == "e-mail provider"]
    assert [each.path for each in step.differences] == ["smtp_pass"]
    assert "another-" not in str(step.differences)


async def test_another_server_needs_the_password_again(room: Room) -> None:
    """A file that names another server and no password is refused, so that the old one does not go there."""
    await room.apply(PROVIDER)
    problems = await room.problems(SILENT.replace("mail.example", "evil.example"))
    assert problems == [
        "line 5: emailProvider.credentials.smtp_pass: missing; "
        "another server, port or user needs the password sent again"
    ]
    assert changes(await room.plan(SILENT)) == []


async def test_kind_that_is_not_there(room: Room) -> None:
    """A service that is not spoken to is refused with what there is."""
    problems = await room.problems(PROVIDER.replace("name: smtp", "name: ses"))
    assert problems == [
        "line 3: emailProvider.name: ses is not there; wanted: smtp, which every such service offers"
    ]


async def test_settings_have_no_effect(room: Room) -> None:
    """Whoever writes settings of the provider is told that they steer nothing."""
    plan = await room.plan(PROVIDER + "  settings: {headers: {x: y}}\n")
    assert "emailProvider.settings: stored, has no effect yet" in plan.warnings


TEMPLATES = """
emailTemplates:
- template: reset_email
  body: |
    <p>Hi {{ user.name }}</p>
    <a href="{{ url }}">Go on</a>
  from: a@acme.example.test
  subject: Your password
  resultUrl: null
  urlLifetimeInSeconds: 3600
  enabled: true
- {template: welcome_email, body: Welcome, enabled: true}
- {template: stolen_credentials, enabled: false}
"""


async def test_templates_are_applied_once(room: Room) -> None:
    """The first application makes the templates, the second has nothing to do, and one that is out goes."""
    made = changes(await room.apply(TEMPLATES))
    assert "create e-mail template reset_email" in made
    assert changes(await room.plan(TEMPLATES)) == []
    fewer = TEMPLATES.rpartition("- {template")[0]
    assert changes(await room.apply(fewer)) == ["delete e-mail template stolen_credentials"]
    assert changes(await room.apply("emailTemplates: []")) != []
    assert (await room.platform.stores.mail_settings.get(TENANT)).templates == ()


async def test_templates_are_written_down(room: Room) -> None:
    """What is exported changes nothing where it came from."""
    await room.apply(TEMPLATES)
    exported = await room.export()
    assert "Hi {{ user.name }}" in exported
    assert (await room.apply(exported)).steps == ()


async def test_template_that_cannot_be_read(room: Room) -> None:
    """A template is checked before anything is applied, and the problem names both lines."""
    problems = await room.problems(TEMPLATES.replace("{{ url }}", "{{ url"))
    assert len(problems) == 1
    assert problems[0].startswith("line 4: emailTemplates[0].body: line ")
    twice = TEMPLATES.replace("welcome_email", "reset_email")
    assert "emailTemplates[1].template" in (await room.problems(twice))[0]


async def test_mail_that_nobody_sends(room: Room) -> None:
    """Whoever writes an enabled template for mail that is not sent is told so."""
    warnings = (await room.plan(TEMPLATES)).warnings
    assert warnings == ("emailTemplates[1]: stored, has no effect yet: no welcome_email is sent",)

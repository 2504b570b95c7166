"""``/api/v2/branding/templates/universal-login``: what stands around the forms of login."""

import pytest
from tests.login.visits import sign_up_page
from tests.support.management import Caller, refused
from tests.support.world import PASSWORD, World

from gatewright.web.scripts import sha256_source

pytestmark = [pytest.mark.anyio, pytest.mark.wire("/api/v2/*")]

PATH = "/branding/templates/universal-login"
STYLE = "body { border-top: 1rem solid rebeccapurple }"
BODY = f"""<!DOCTYPE html><html lang="{{{{ locale }}}}"><head><style>{STYLE}</style>
{{%- auth0:head -%}}</head><body class="{{{{ prompt.name }}}}">
<header>{{{{ tenant.friendly_name }}}} for {{{{ application.name }}}}</header>
{{%- auth0:widget -%}}
<footer>Imprint</footer></body></html>"""


async def put(robot: Caller, body: str = BODY) -> None:
    """Sets the template."""
    response = await robot.call("PUT", PATH, json={"template": body})
    assert (response.status_code, response.content) == (204, b""), response.text


async def test_template_stands_around_the_form(world: World, robot: Caller) -> None:
    """Pages of login have the tenant's HTML around our head and form, and people sign in there."""
    await world.change_tenant(friendly_name="Acme & Sons")
    await put(robot)
    browser = world.browser()
    page = await browser.authorize()
    assert page.text.startswith('<!DOCTYPE html><html lang="en"><head><style>')
    assert "<header>Acme &amp; Sons for Web App</header>" in page.text
    assert '<body class="login">' in page.text
    assert page.text.count("<title>") == page.text.count("</html>") == 1
    assert page.text.index("<header>") < page.text.index("<form") < page.text.index("Imprint")
    done = await browser.submit(page, username="ada@example.test", password=PASSWORD)
    assert done.status_code in (302, 303)


async def test_styles_are_admitted_by_their_hash(world: World, robot: Caller) -> None:
    """The policy admits our stylesheet and the template's own styles, and still no script."""
    await put(robot)
    page = await world.browser().authorize()
    policy = page.headers["content-security-policy"]
    assert sha256_source(STYLE) in policy
    assert "script-src" not in policy
    assert "unsafe-inline" not in policy


async def test_other_pages_are_ours(world: World, robot: Caller) -> None:
    """Error pages are those of the installation: they have to work whatever a template does."""
    await put(robot)
    page = await world.browser().get("/authorize?client_id=nobody")
    assert "Imprint" not in page.text


async def test_read_and_deleted(world: World, robot: Caller) -> None:
    """The template is read as it was sent, and gone when it is deleted."""
    assert refused(await robot.get(PATH)) == (404, "inexistent_template")
    assert refused(await robot.delete(PATH)) == (404, "inexistent_template")
    await put(robot)
    assert await robot.read(PATH) == {"body": BODY}
    assert (await robot.delete(PATH)).status_code == 204
    assert "Imprint" not in (await sign_up_page(world.browser())).text


@pytest.mark.parametrize("kind", ["text/html", "text/html; charset=utf-8"])
async def test_sent_as_html(robot: Caller, kind: str) -> None:
    """The HTML may be the body itself, as the wire's deployment tool sends it."""
    response = await robot.call("PUT", PATH, content=BODY, headers={"content-type": kind})
    assert response.status_code == 204
    assert await robot.read(PATH) == {"body": BODY}


async def test_sent_as_json_text(robot: Caller) -> None:
    """The HTML may be a JSON string."""
    assert (await robot.call("PUT", PATH, json=BODY)).status_code == 204
    assert await robot.read(PATH) == {"body": BODY}


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("<html></html>", "auth0:head"),
        (BODY.replace("{%- auth0:widget -%}", ""), "auth0:widget"),
        (BODY + "{%- auth0:head -%}", "once"),
        (BODY.replace("auth0:widget", "auth0:header"), "no place auth0:header"),
        (BODY.replace("<footer>", "<script>steal()</script>"), "<script>"),
        (BODY.replace("<footer>", "<FORM action='https://evil.test'>"), "<form>"),
        (BODY.replace("<footer>", "<input name=password>"), "<input>"),
        (BODY.replace("<footer>", "<footer onclick='steal()'>"), "onclick"),
        (BODY.replace("<footer>", "<a href=' JavaScript:steal()'>"), "href"),
        (BODY.replace("<footer>", "<base href='https://evil.test'>"), "<base>"),
        (BODY.replace("<footer>", "{% capture x %}<scr{% endcapture %}{{ x }}ipt>"), ""),
        (BODY.replace("Imprint", "{{ tenant.friendly_name | nothing }}"), "line"),
        (BODY.replace("Imprint", "{% if %}"), "line"),
        (BODY + "x" * 70_000, "65536"),
        (BODY.replace("<footer>", "<!--><form action='https://evil.test'>-->"), "<form>"),
        (BODY.replace("<footer>", "<!-- words -->"), "no plain tag"),
        (BODY.replace("</style>", "</style x><form action='https://evil.test'></style>"), "<style>"),
        (BODY.replace("<footer>", "<p title='<form>'>"), "<form>"),
        (BODY.replace("<footer>", "<title><a id='x'></title>"), "<title>"),
        (BODY.replace("<footer>", "<svg><style></style></svg>"), "<svg>"),
        (BODY.replace("<footer>", "<a href='java&#10;script:steal()'>"), "href"),
    ],
    ids=[
        "nothing",
        "no-widget",
        "two-heads",
        "other-place",
        "script",
        "form",
        "input",
        "handler",
        "address",
        "base",
        "capture",
        "filter",
        "syntax",
        "long",
        "comment-that-ends-early",
        "comment",
        "style-end",
        "sign-in-value",
        "title",
        "foreign",
        "hidden-address",
    ],
)
async def test_refused(robot: Caller, template: str, said: str) -> None:
    """CVE class "stored cross-site scripting": what acts, or has no place for our parts, is not kept."""
    response = await robot.call("PUT", PATH, json={"template": template})
    assert refused(response) == (400, "invalid_body")
    message = response.json()["message"]
    assert message.startswith("templates[0].body: ")
    assert message.count("templates[0]") == 1
    assert said in message
    assert refused(await robot.get(PATH)) == (404, "inexistent_template")


async def test_values_are_escaped(world: World, robot: Caller) -> None:
    """What a name says is text in the page, and cannot stand for one of the places."""
    await world.change_tenant(friendly_name="<gatewright-widget></gatewright-widget>")
    await put(robot)
    page = await world.browser().authorize()
    assert "&lt;gatewright-widget&gt;" in page.text
    assert page.text.count('name="password"') == 1


async def test_patch_of_branding_knows_no_templates(robot: Caller) -> None:
    """The template has an address of its own, and an update of the branding leaves it alone."""
    await put(robot)
    assert refused(await robot.patch("/branding", {"templates": []})) == (400, "invalid_body")
    assert (await robot.patch("/branding", {"colors": {"primary": "#8b0000"}})).status_code == 200
    assert await robot.read(PATH) == {"body": BODY}

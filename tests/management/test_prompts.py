"""``/api/v2/prompts``: a tenant's own words on the pages of login."""

from pathlib import Path
from typing import Any

import pytest
from tests.support.management import Caller, refused
from tests.support.world import World

import gatewright
from gatewright.web.custom_texts import PROMPTS

pytestmark = [pytest.mark.anyio, pytest.mark.wire("/api/v2/*")]

PATH = "/prompts"
LOGIN = f"{PATH}/login/custom-text/en"
OWN = {
    "login": {
        "pageTitle": "Acme | Welcome",
        "title": "Welcome to ${companyName}",
        "description": "${clientName} wants to know <b>who</b> you are",
        "buttonText": "Come in & sit",
        "passwordPlaceholder": "Pass phrase",
        "wrong-credentials": "Not you, it seems.",
    }
}


async def put(robot: Caller, path: str, texts: Any) -> Any:
    return await robot.call("PUT", path, json=texts)


async def test_words_are_on_the_page(world: World, robot: Caller) -> None:
    """Texts are stored and read, and the page says them, with its variables filled and nothing as markup."""
    assert await robot.read(LOGIN) == {}
    assert (await put(robot, LOGIN, OWN)).json() == OWN == await robot.read(LOGIN)
    browser = world.browser()
    page = (await browser.authorize()).text
    assert "<title>Acme | Welcome</title>" in page
    assert "Welcome to main</h1>" in page
    assert "Web App wants to know &lt;b&gt;who&lt;/b&gt; you are" in page
    assert ">Come in &amp; sit</button>" in page
    assert "Pass phrase" in page
    assert "Forgot your password?" in page
    wrong = await browser.sign_in(password="no")
    assert "Not you, it seems." in wrong.text


async def test_words_are_taken_back(world: World, robot: Caller) -> None:
    """An empty object gives the page its usual words again; a text that is not sent is gone."""
    await put(robot, LOGIN, OWN)
    await put(robot, LOGIN, {"login": {"title": "Hello"}})
    page = (await world.browser().authorize()).text
    assert "Hello</h1>" in page
    assert "Come in" not in page
    assert (await put(robot, LOGIN, {})).json() == {} == await robot.read(LOGIN)
    assert "Sign in to Web App</h1>" in (await world.browser().authorize()).text


async def test_words_of_one_language(world: World, robot: Caller) -> None:
    """Words for German are on German pages alone, also where German of one country is asked for."""
    await put(robot, f"{PATH}/login/custom-text/de", {"login": {"title": "Servus"}})
    assert "Sign in to Web App</h1>" in (await world.browser().authorize()).text
    await world.change_tenant(enabled_locales=("en", "de-AT"))
    page = (await world.browser().authorize(ui_locales="de-AT")).text
    assert "Servus</h1>" in page
    assert "Passwort" in page


async def test_other_pages_keep_their_words(world: World, robot: Caller) -> None:
    """The words of one screen are not said on another that says the same of itself."""
    await put(robot, LOGIN, {"login": {"emailPlaceholder": "Mail!", "signupActionLinkText": "Join"}})
    browser = world.browser()
    page = await browser.authorize()
    assert "Mail!" in page.text
    assert "Mail!" not in (await browser.get("/u/signup?" + str(page.url).partition("?")[2])).text


async def test_settings_are_kept(robot: Caller) -> None:
    """What is decided about the pages is kept, and null brings the default back."""
    assert await robot.read(PATH) == {
        "universal_login_experience": "new",
        "identifier_first": False,
        "webauthn_platform_first_factor": False,
    }
    sent = {"universal_login_experience": "classic", "identifier_first": True}
    assert (await robot.patch(PATH, sent)).json() == {**sent, "webauthn_platform_first_factor": False}
    assert (await robot.patch(PATH, {"identifier_first": None})).json()["identifier_first"] is False
    response = await robot.patch(PATH, {"universal_login_experience": "old"})
    assert refused(response) == (400, "invalid_body")


@pytest.mark.parametrize(
    ("path", "texts", "told"),
    [
        (LOGIN, {"login": {"titel": "x"}}, "login.titel: no such text; did you mean title?"),
        (LOGIN, {"login": {"separatorText": "x"}}, "login.separatorText: no such text"),
        (LOGIN, {"signup": {"title": "x"}}, "signup: no such screen of login"),
        (LOGIN, {"logim": {"title": "x"}}, "logim: no such field; did you mean login?"),
        (LOGIN, {"login": {"title": 1}}, "login: wanted: a mapping of names to texts"),
        (LOGIN, {"login": "x"}, "login: wanted: a mapping of names to texts"),
        (LOGIN, {"login": {"title": ""}}, "login.title: 0 characters"),
        (LOGIN, {"login": {"title": "x" * 2_001}}, "login.title: 2001 characters"),
    ],
)
async def test_what_are_no_words_is_refused(robot: Caller, path: str, texts: Any, told: str) -> None:
    """A screen or a name that is none is a 400 that names what is near, and nothing changes."""
    response = await put(robot, path, texts)
    assert refused(response) == (400, "invalid_body")
    assert told in response.json()["message"]
    assert await robot.read(path) == {}


@pytest.mark.parametrize(
    "path", ["nobody/custom-text/en", "mfa/custom-text/en", "login/custom-text/nolanguage"]
)
async def test_no_such_prompt_or_language(robot: Caller, path: str) -> None:
    """A prompt that no page has, or what is no language, is not there."""
    status, code = refused(await robot.get(f"{PATH}/{path}"))
    assert (status, code in ("inexistent_prompt", "inexistent_language")) == (404, True)


@pytest.mark.parametrize(
    ("template", "texts"),
    [(screen.template, screen.texts) for screens in PROMPTS.values() for screen in screens.values()],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_each_text_is_one_of_the_page(template: str, texts: dict[str, str]) -> None:
    """Each text that can be replaced is one that the page says, or that is said to it."""
    rooms = Path(gatewright.__file__).parent
    room, name = template.split("/")
    said = (rooms / room / "templates" / name).read_text() + (rooms / "web/templates/parts.html").read_text()
    said += "".join(file.read_text() for file in (rooms / "login").rglob("*.py"))
    assert [text for text in texts.values() if text and f'"{text}"' not in said] == []
    assert 'own("description")' in said or texts.get("description") != ""

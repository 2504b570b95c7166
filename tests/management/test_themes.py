"""``/api/v2/branding/themes``: the theme that every hosted page wears."""

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest
from tests.support.management import Caller, refused
from tests.support.world import World

from gatewright.web.colours import contrast

pytestmark = [pytest.mark.anyio, pytest.mark.wire("/api/v2/*")]

PATH = "/branding/themes"
LOUD = json.loads((Path(__file__).parents[1] / "clients" / "apps" / "theme.json").read_text())
IMAGE = "https://cdn.example.test/back.jpg"


def changed(path: str, value: object) -> dict[str, Any]:
    """The theme with one value changed."""
    made: dict[str, Any] = copy.deepcopy(LOUD)
    *way, last = path.split(".")
    place = made
    for name in way:
        place = place[name]
    place[last] = value
    return made


async def properties(world: World) -> dict[str, str]:
    """The custom properties that the tenant's pages end up with."""
    page = (await world.browser().authorize()).text
    style = page.partition("<style>")[2].partition("</style>")[0]
    return dict(re.findall(r"--([\w-]+):([^;}]+)", style.rpartition(":root{")[2]))


async def test_theme_is_worn(world: World, robot: Caller) -> None:
    """A theme is created and read, and the next page wears it; without it the page is as before."""
    before = await properties(world)
    made = await robot.made(PATH, **LOUD)
    assert made == {**LOUD, "themeId": made["themeId"]}
    assert made == await robot.read(f"{PATH}/{made['themeId']}") == await robot.read(f"{PATH}/default")
    worn = await properties(world)
    expected = {
        "surface": "#fffde7", "card-radius": "30px", "card-weight": "3px", "shadow": "none",
        "button-radius": "99rem", "field-radius": "0", "field-weight": "2px", "title-size": "24px",
        "title-align": "start", "card-place": "0 0 0 auto", "logo-height": "40px", "logo-place": "flex-start",
        "link-decoration": "underline", "link-weight": "700", "button-weight-of-text": "700",
        "page": "#3d0066",
    }  # fmt: skip
    assert {name: worn[name] for name in expected} == expected
    assert "https://cdn.example.test/logo.svg" in (await world.browser().authorize()).text
    assert (await robot.delete(f"{PATH}/{made['themeId']}")).status_code == 204
    assert await properties(world) == before
    assert refused(await robot.get(f"{PATH}/default")) == (404, "inexistent_theme")


async def test_words_stay_readable(world: World, robot: Caller) -> None:
    """Whatever colours are chosen, text has the contrast that it needs with what is behind it."""
    white = {name: "#ffffff" for name in LOUD["colors"] if name != "captcha_widget_theme"}
    await robot.made(PATH, **changed("colors", white))
    worn = await properties(world)
    pairs = [(name, "surface") for name in ("text", "muted", "title", "link", "label", "good", "second-text")]
    pairs += [("on-primary", "primary"), ("field-text", "field"), ("danger", "danger-surface")]
    for text, behind in pairs:
        assert contrast(worn[text], worn[behind]) >= 4.5, text


async def test_dark_theme(world: World, robot: Caller) -> None:
    """A dark widget has the browser's own parts drawn dark."""
    await robot.made(PATH, **changed("colors.widget_background", "#101010"))
    assert ":root{color-scheme:dark;" in (await world.browser().authorize()).text


async def test_picture_and_font(world: World, robot: Caller) -> None:
    """A picture behind the widget and a font come from where they are, and the policy says so."""
    sent = changed("page_background.background_image_url", IMAGE)
    sent["fonts"]["font_url"] = "https://fonts.example.test/a.woff2"
    await robot.made(PATH, **sent)
    page = await world.browser().authorize()
    assert f'url("{IMAGE}") center/cover' in page.text
    assert "font-src https://fonts.example.test;" in page.headers["content-security-policy"]


async def test_update_keeps_what_it_does_not_name(robot: Caller) -> None:
    """Of a group, what is not sent stays; null brings the default back."""
    made = await robot.made(PATH, **LOUD)
    path = f"{PATH}/{made['themeId']}"
    after = (await robot.patch(path, {"colors": {"error": "#00ff00"}, "displayName": "X"})).json()
    assert after == {**made, "displayName": "X", "colors": {**made["colors"], "error": "#00ff00"}}
    assert (await robot.patch(path, {"widget": None})).json()["widget"]["logo_position"] == "center"


async def test_one_theme(robot: Caller) -> None:
    """A second theme is refused, since no page would wear it."""
    await robot.made(PATH, **LOUD)
    assert refused(await robot.post(PATH, LOUD)) == (409, "theme_conflict")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("colors.error", "red"),
        ("colors.error", "#fff;}body{display:none"),
        ("colors.captcha_widget_theme", "blue"),
        ("borders.buttons_style", "round"),
        ("borders.widget_corner_radius", 51),
        ("borders.widget_corner_radius", "1px;"),
        ("fonts.title.size", 10),
        ("fonts.reference_text_size", 100),
        ("fonts.links_style", "none;color:red"),
        ("fonts.font_url", 'https://a.test/");}*{'),
        ("page_background.background_color", "url(x)"),
        ("page_background.background_image_url", "javascript:alert(1)"),
        ("page_background.background_image_url", 'https://a.test/");}*{color:red'),
        ("page_background.page_layout", "top"),
        ("widget.logo_url", "http://a.test/x.png"),
        ("widget.logo_height", 0),
        ("widget.colour", "#ffffff"),
        ("displayName", ""),
    ],
)
async def test_what_is_no_theme_is_refused(robot: Caller, path: str, value: object) -> None:
    """Every value is a colour, a number, a choice or an address; anything else is a 400 that points at it."""
    response = await robot.post(PATH, changed(path, value))
    assert refused(response) == (400, "invalid_body")
    assert response.json()["message"].startswith(f"{path}: ")
    assert refused(await robot.get(f"{PATH}/default")) == (404, "inexistent_theme")

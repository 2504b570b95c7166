"""``/api/v2/branding``: logo, icon, colours and font of the hosted pages."""

import re

import pytest
from tests.support.management import Caller, caller, refused
from tests.support.world import World

from gatewright.web.themes import contrast

pytestmark = [pytest.mark.anyio, pytest.mark.wire("/api/v2/*")]

PATH = "/branding"
FONT = "https://fonts.example.test/brand.woff2"
GRADIENT = {"type": "linear-gradient", "start": "#ffffff", "end": "#000000", "angle_deg": 35}


async def test_branding_is_changed_and_worn(world: World, robot: Caller) -> None:
    """What is sent is read back, and the next page wears it; what is not sent stays."""
    sent = {"colors": {"primary": "#8b0000"}, "logo_url": "https://cdn.example.test/logo.svg"}
    assert (await robot.patch(PATH, sent)).json() == sent == await robot.read(PATH)
    changed = (await robot.patch(PATH, {"colors": {"page_background": "#112233"}})).json()
    assert changed == sent | {"colors": {"primary": "#8b0000", "page_background": "#112233"}}
    page = await world.browser().authorize()
    assert "--primary:#8b0000" in page.text
    assert "--page:#112233" in page.text
    assert "https://cdn.example.test/logo.svg" in page.text


async def test_null_brings_the_default_back(robot: Caller) -> None:
    """A colour or an address sent as null is what it was before anybody chose."""
    before = await robot.read(PATH)
    await robot.patch(PATH, {"colors": {"primary": "#8b0000"}, "font": {"url": FONT}})
    assert (await robot.patch(PATH, {"colors": {"primary": None}, "font": None})).json() == before


async def test_page_changes_from_colour_to_colour(world: World, robot: Caller) -> None:
    """A gradient is the page's background, and the words on it stay readable."""
    changed = await robot.patch(PATH, {"colors": {"page_background": GRADIENT}})
    assert changed.json() == {"colors": {"page_background": GRADIENT}} == await robot.read(PATH)
    style = (await world.browser().authorize()).text
    assert "--page:linear-gradient(35deg,#ffffff,#000000) fixed" in style
    found = re.search(r"--on-page:(#\w{6});--under-foot:(#\w{6})", style)
    assert found, "no colour can be read on white and black alike, so the words have a surface"
    assert contrast(found[1], found[2]) >= 4.5


async def test_font_is_fetched_from_where_it_is(world: World, robot: Caller) -> None:
    """The page names the font first, and its policy lets fonts come from that host alone."""
    assert "font-src" not in (await world.browser().authorize()).headers["content-security-policy"]
    await robot.patch(PATH, {"font": {"url": FONT}})
    page = await world.browser().authorize()
    assert f'src:url("{FONT}")' in page.text
    assert '--font:"Tenant",system-ui' in page.text
    assert "font-src https://fonts.example.test;" in page.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"colors": {"primary": "red"}}, "colors.primary: 'red'"),
        ({"colors": {"primary": "#fff;}*{display:none"}}, "colors.primary: "),
        ({"colors": {"page_background": "url(x)"}}, "colors.page_background: "),
        ({"colors": {"page_background": GRADIENT | {"start": "x"}}}, "colors.page_background.start: 'x'"),
        (
            {"colors": {"page_background": GRADIENT | {"angle_deg": 361}}},
            "page_background.angle_deg: read 361",
        ),
        (
            {"colors": {"page_background": GRADIENT | {"type": "radial"}}},
            "page_background.type: read 'radial'",
        ),
        ({"colors": {"page_background": {"type": "linear-gradient"}}}, "page_background.start: missing"),
        ({"colors": {"secondary": "#ffffff"}}, "colors.secondary: no such field"),
        ({"logo_url": "http://cdn.example.test/x.png"}, "logo_url: "),
        ({"favicon_url": "javascript:alert(1)"}, "favicon_url: "),
        ({"font": {"url": 'https://x.test/a");}*{color:red'}}, "font.url: "),
        ({"font": {"url": "https://x.test/(a)"}}, "font.url: "),
        ({"font": {"url": "http://x.test/a"}}, "font.url: "),
        ({"font": "Arial"}, "font: read 'Arial'"),
        ({"fonts": {}}, "fonts: no such field; did you mean font?"),
    ],
    ids=lambda value: None if isinstance(value, dict) else value.split(":")[0],
)
async def test_what_is_no_branding_is_refused(robot: Caller, body: dict[str, object], told: str) -> None:
    """A colour that is none, an address that is not https or unfit for a stylesheet: 400, nothing changes."""
    before = await robot.read(PATH)
    response = await robot.patch(PATH, body)
    assert refused(response) == (400, "invalid_body")
    assert told in response.json()["message"]
    assert await robot.read(PATH) == before


async def test_change_is_told(world: World, robot: Caller) -> None:
    """The audit log says what was changed, by whom."""
    await robot.patch(PATH, {"colors": {"primary": "#8b0000"}})
    entry = next(each for each in await robot.read("/logs") if each["type"] == "sapi")
    assert entry["description"] == "Update branding"
    assert "#8b0000" in str(entry["details"])


async def test_reader_may_not_change(world: World) -> None:
    """Reading the branding gives no right to change it."""
    reader = await caller(world, "read:branding")
    assert await reader.read(PATH) == {}
    assert refused(await reader.patch(PATH, {})) == (403, "insufficient_scope")


async def test_if_match(robot: Caller) -> None:
    """A change of what somebody changed meanwhile is refused."""
    etag = (await robot.get(PATH)).headers["etag"]
    assert (await robot.patch(PATH, {"colors": {"primary": "#111111"}})).status_code == 200
    response = await robot.patch(PATH, {"colors": {"primary": "#222222"}}, headers={"if-match": etag})
    assert refused(response) == (412, "precondition_failed")

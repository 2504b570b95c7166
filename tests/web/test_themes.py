"""A tenant's colours, pictures and links, made safe and readable."""

import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.web.themes import Theme, contrast, css_variables, monogram, picture

colours = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


def variables(theme: Theme) -> tuple[dict[str, str], dict[str, str]]:
    """The properties for light screens, and those for dark ones (which fall back on the light)."""
    light, dark = (
        dict(re.findall(r"--([a-z-]+):([^;}]*)", part)) for part in css_variables(theme).split("@media")
    )
    return light, light | dark


@given(primary=colours, page=colours)
def test_every_colour_gives_readable_text(primary: str, page: str) -> None:
    """Whatever the tenant's colours, text on buttons, links and text on the page reach 4.5 : 1."""
    for shown in variables(Theme(name="x", primary=primary, page_background=page)):
        assert contrast(shown["on-primary"], shown["primary"]) >= 4.5
        assert contrast(shown["link"], shown["surface"]) >= 4.5
        assert contrast(shown["on-page"], shown["page"]) >= 4.5


@given(primary=colours)
def test_the_tenant_s_colour_is_kept(primary: str) -> None:
    """Buttons wear the tenant's colour unchanged."""
    light, dark = variables(Theme(name="x", primary=primary))
    assert light["primary"] == dark["primary"] == primary


def test_links_keep_the_hue() -> None:
    """Links wear the tenant's colour where it can be read, and the nearest readable shade of it elsewhere."""
    assert variables(Theme(name="x", primary="#0b57d0"))[0]["link"] == "#0b57d0"
    light, dark = variables(Theme(name="x", primary="#ffd43b"))
    assert dark["link"] == "#ffd43b"
    red, green, blue = (int(light["link"][at : at + 2], 16) for at in (1, 3, 5))
    assert red > green > 2 * blue > 0


def test_short_colours() -> None:
    """#rgb is read as CSS reads it."""
    assert variables(Theme(name="x", primary="#F80"))[0]["primary"] == "#ff8800"


@pytest.mark.parametrize(
    "colour", ["", "red", "#12", "#12345g", "#1234567", "#fff;}*{display:none", "#fff\n", "</style>"]
)
def test_what_is_no_colour_never_reaches_css(colour: str) -> None:
    """Anything but a hexadecimal colour gives way to the default."""
    assert css_variables(Theme(name="x", primary=colour, page_background=colour)) == css_variables(
        Theme(name="x")
    )


@given(colour=st.text())
def test_css_stays_well_formed(colour: str) -> None:
    """No text in place of a colour changes the shape of the style."""
    css = css_variables(Theme(name="x", primary=colour, page_background=colour))
    assert re.sub(r"#[0-9a-f]{6}", "#", css) == re.sub(r"#[0-9a-f]{6}", "#", css_variables(Theme(name="x")))


def test_a_bright_background_is_for_daylight_only() -> None:
    """A bright page gives way to a dark one for people who asked for dark; a dark page stays."""
    bright, dark = "#fff4e6", "#1b1464"
    assert variables(Theme(name="x", page_background=bright))[0]["page"] == bright
    assert contrast(variables(Theme(name="x", page_background=bright))[1]["page"], "#000000") < 2
    assert variables(Theme(name="x", page_background=dark))[1]["page"] == dark


@pytest.mark.parametrize(
    ("one", "other", "ratio"), [("#000000", "#ffffff", 21), ("#777777", "#ffffff", 4.48)]
)
def test_contrast_is_the_standard_s(one: str, other: str, ratio: float) -> None:
    """Contrast is measured as WCAG does, whichever colour comes first."""
    assert contrast(one, other) == pytest.approx(ratio, abs=0.01)
    assert contrast(one, other) == contrast(other, one)


@pytest.mark.parametrize(
    "url",
    [
        "http://a.test/logo.png",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://user@a.test/x",
        "https://",
        "https://a b/",
        "https://[",
        "logo.png",
        None,
    ],
)
def test_unusable_picture(url: object) -> None:
    """What is neither https nor an embedded image is no picture."""
    assert picture(url) == ""


@pytest.mark.parametrize(
    "url", ["https://a.test/logo.png", "data:image/svg+xml;utf8,<svg viewBox='0 0 1 1'/>"]
)
def test_usable_picture(url: str) -> None:
    """An https address and an embedded image are pictures as they are."""
    assert picture(url) == url


@pytest.mark.parametrize(
    ("name", "letter"),
    [("timesheets", "T"), ("  (ölwerk)", "Ö"), ("", "•"), ("ßa", "S"), ("東京", "東"), ("!?", "•")],
)
def test_monogram(name: str, letter: str) -> None:
    """The monogram is the first letter or digit of a name as one capital."""
    assert monogram(name) == letter


def test_icon_is_drawn_where_none_is_given() -> None:
    """A tenant without an icon gets its monogram in its colour; one with an icon gets that."""
    drawn = Theme(name="Timesheets", primary="#ffd43b").favicon
    assert drawn.startswith("data:image/svg+xml,")
    assert 'fill="#ffd43b"' in unquote(drawn)
    assert ">T</text>" in unquote(drawn)
    assert Theme(name="x", favicon_url="https://a.test/i.ico").favicon == "https://a.test/i.ico"

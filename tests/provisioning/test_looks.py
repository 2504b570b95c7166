"""Looks in a tenant file: branding and theme, applied once and written down."""

import json
from pathlib import Path

import pytest
from tests.provisioning.conftest import TENANT, Room, changes

LOUD = json.loads((Path(__file__).parents[1] / "clients" / "apps" / "theme.json").read_text())
BRANDING = """
branding:
  colors:
    primary: "#8b0000"
    page_background: {type: linear-gradient, start: "#fff", end: "#abcdef", angle_deg: 35}
  font: {url: "https://fonts.example.test/a.woff2"}
"""
PAGE = """
branding:
  templates:
  - template: universal_login
    body: "<html><head>{%- auth0:head -%}</head><body>{%- auth0:widget -%}</body></html>"
"""
THEME = f"themes: [{json.dumps(LOUD)}]\n"


@pytest.mark.parametrize(
    ("file", "kind"),
    [(BRANDING, "tenant"), (THEME, "theme"), (PAGE, "page template")],
    ids=["branding", "theme", "page"],
)
async def test_applied_once_and_written_down(room: Room, file: str, kind: str) -> None:
    """The first application makes it, the second has nothing to do, and neither has what is exported."""
    assert kind in {step.kind for step in (await room.apply(file)).steps}
    assert (await room.plan(file)).steps == ()
    exported = await room.export()
    assert (await room.apply(exported)).steps == ()


async def test_theme_goes_with_an_empty_section(room: Room) -> None:
    """A theme keeps its id when it changes, stays where the file is silent, and goes where it says none."""
    await room.apply(THEME)
    before = (await room.platform.stores.looks.get(TENANT)).theme
    await room.apply(THEME.replace('"Loud"', '"Louder"'))
    after = (await room.platform.stores.looks.get(TENANT)).theme
    assert before is not None
    assert after is not None
    assert (after.theme_id, after.display_name) == (before.theme_id, "Louder")
    assert (await room.plan("tenant: {}")).steps == ()
    assert changes(await room.apply("themes: []")) == ["delete theme Louder"]


async def test_what_is_no_theme_is_refused(room: Room) -> None:
    """A colour that is none and a second theme are told with their places."""
    (problem,) = await room.problems(THEME.replace("#d00000", "red"))
    assert problem == "line 1: themes[0].colors.error: 'red' is not a colour like #0059d6"
    two = f"themes: [{json.dumps(LOUD)}, {json.dumps(LOUD)}]\n"
    assert await room.problems(two) == [
        "line 1: themes[1]: a second theme; wanted: one, which every page wears"
    ]


PROMPTS = """
prompts:
  universal_login_experience: new
  identifier_first: true
  customText:
    en: {login: {login: {title: "Welcome to ${clientName}", buttonText: Come in}}}
    de: {login: {login: {title: Willkommen}}, logout: {logout: {buttonText: Raus}}}
  partials: {}
"""


async def test_words_are_applied_once_and_written_down(room: Room) -> None:
    """Words are applied by prompt and language, written down, and go when they are written no more."""
    plan = await room.apply(PROMPTS)
    assert {"create custom text en/login", "create custom text de/logout"} <= set(changes(plan))
    assert "prompts.identifier_first: stored, has no effect yet" in plan.warnings
    assert (await room.plan(PROMPTS)).steps == ()
    assert (await room.apply(await room.export())).steps == ()
    fewer = PROMPTS.replace(", logout: {logout: {buttonText: Raus}}", "")
    assert changes(await room.apply(fewer)) == ["delete custom text de/logout"]


async def test_what_are_no_words_is_refused(room: Room) -> None:
    """A screen, a name or a language that is none is told with its place and what is near."""
    assert await room.problems(PROMPTS.replace("buttonText: Come", "buttnText: Come")) == [
        "line 6: prompts.customText.en.login.login.buttnText: no such text; did you mean buttonText?"
    ]
    assert (
        "did you mean login?"
        in (await room.problems(PROMPTS.replace("{login: {title: W", "{logn: {title: W")))[0]
    )
    assert "a language tag" in (await room.problems(PROMPTS.replace("    de:", "    d!:")))[0]
    assert (
        "there are none" in (await room.problems(PROMPTS.replace("partials: {}", "partials: {login: {}}")))[0]
    )


async def test_page_stays_where_the_file_is_silent(room: Room) -> None:
    """A page template stays under branding that says nothing of it, and goes where there are none."""
    await room.apply(PAGE)
    assert changes(await room.apply("branding: {colors: {primary: '#8b0000'}}")) == ["update tenant main"]
    gone = changes(await room.apply("branding: {templates: []}"))
    assert any(line.startswith("delete page template") for line in gone)
    assert (await room.platform.stores.looks.get(TENANT)).page is None


async def test_what_is_no_page_is_refused(room: Room) -> None:
    """A template that has no place for the form is told with its line."""
    (problem,) = await room.problems(PAGE.replace("auth0:widget", "auth0:head"))
    assert problem.startswith("line 5: branding.templates[0].body: ")

"""How a page is rendered: its headers, its style, its language, and what is missing."""

import base64
import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import TemplateNotFound, UndefinedError

from gatewright.web.pages import Pages

from .page_samples import FOLDERS, PARTIAL, SAMPLES, SOURCE, THEME, long, shown


@pytest.fixture(scope="module")
def pages() -> Pages:
    return Pages(folders=FOLDERS)


def policy_of(pages: Pages, template: str = "login/reset_request.html", **options: object) -> dict[str, str]:
    response = pages.render(template, theme=THEME, locale="en", **{**SAMPLES[template], **options})
    directives = response.headers["content-security-policy"].split("; ")
    return {name: sources for name, _, sources in (directive.partition(" ") for directive in directives)}


def test_every_template_of_these_rooms_has_a_sample() -> None:
    """No page goes untested: each template of these rooms is a sample or a named part."""
    rooms = ("web", "login", "oauth", "embedded")
    files = (file for room in rooms for file in (SOURCE / room / "templates").glob("*.html"))
    assert {f"{file.parent.parent.name}/{file.name}" for file in files} == set(SAMPLES) | PARTIAL


@pytest.mark.parametrize("template", SAMPLES)
def test_page_is_light(pages: Pages, template: str) -> None:
    """Each page with its style weighs less than 30 KB."""
    response = pages.render(template, theme=THEME, locale="de", **long(template))
    assert len(response.body) < 30_000


def test_page_speaks_german(pages: Pages) -> None:
    """A page asked for in Austrian German is served in German."""
    page = shown(pages, "login/login.html", locale="de-AT")
    assert page.all("html")[0]["lang"] == "de"
    assert page.all("h1")[0].text == "Anmelden bei Timesheets"


def test_marked_text_handed_to_a_page_is_translated(pages: Pages) -> None:
    """A page translates text that a room marked and handed over, and leaves other text alone, % and all."""
    policy = (("At least 8 characters, 100% yours %(x)s", None), ("Sign in", None))
    rules = shown(pages, "login/signup.html", locale="de", policy=policy).all("li")
    assert [rule.text for rule in rules] == ["At least 8 characters, 100% yours %(x)s", "Anmelden"]


@pytest.mark.parametrize(("default", "language"), [("de", "de"), ("en", "en")])
def test_page_without_a_language(default: str, language: str) -> None:
    """A page asked for in no language speaks the default one."""
    page = shown(Pages(folders=FOLDERS, default_locale=default), "oauth/logged_out.html", locale="")
    assert page.all("html")[0]["lang"] == language


@given(username=st.text(max_size=80), client_name=st.text(max_size=80))
def test_any_text_comes_back_as_it_was(pages: Pages, username: str, client_name: str) -> None:
    """Whatever was typed stands in its field again, character by character."""
    page = shown(pages, "login/login.html", username=username, client_name=client_name)
    # HTML reads NUL and line ends its own way, whoever writes them
    odd = str.maketrans({"\r": "\n", "\x00": "\ufffd"})
    seen = page.by_id("username")["value"].replace("\r\n", "\n").translate(odd)
    assert seen == username.replace("\r\n", "\n").translate(odd)


@pytest.mark.parametrize("template", SAMPLES)
def test_headers_keep_the_page_private_and_unframed(pages: Pages, template: str) -> None:
    """Each page forbids storing, framing, sniffing and referring, and has the status asked for."""
    response = pages.render(template, theme=THEME, locale="en", status=403, **SAMPLES[template])
    assert response.status_code == 403
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-frame-options"] == "DENY"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "no-referrer"


def test_page_can_be_framed_on_request_alone(pages: Pages) -> None:
    """With framable nothing keeps other sites from framing the page, and all else stays as it is."""
    template = "login/login.html"
    usual, framable = (
        pages.render(template, theme=THEME, locale="en", framable=asked, **SAMPLES[template])
        for asked in (False, True)
    )
    assert "x-frame-options" not in framable.headers
    assert framable.headers["content-security-policy"] == (
        usual.headers["content-security-policy"].replace("; frame-ancestors 'none'", "")
    )
    assert {*usual.headers} - {*framable.headers} == {"x-frame-options"}


def test_policy_admits_the_page_s_own_style_only(pages: Pages) -> None:
    """The content security policy admits exactly the style the page carries, and nothing that runs."""
    style = shown(pages, "login/reset_request.html").all("style")[0].text
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy_of(pages) == {
        "default-src": "'none'",
        "style-src": f"'sha256-{digest}'",
        "img-src": "https: data:",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
        "form-action": "'self'",
    }


@pytest.mark.parametrize(
    ("targets", "sources"),
    [
        (["https://app.example.test/callback?x=1"], "'self' https://app.example.test"),
        (["http://localhost:3000/cb", "http://localhost:3000/other"], "'self' http://localhost:3000"),
        (["com.example.app://callback"], "'self' com.example.app:"),
        (["http://[::1]:3000/cb"], "'self' http:"),
        (["https://a.test;script-src/x"], "'self' https:"),
        (["not a url; script-src *"], "'self'"),
        ([""], "'self'"),
    ],
)
def test_policy_names_where_a_form_may_lead(pages: Pages, targets: list[str], sources: str) -> None:
    """form_targets join form-action as origins or schemes, and nothing in them can add a directive."""
    policy = policy_of(pages, form_targets=targets)
    assert policy["form-action"] == sources
    assert len(policy) == 6


def test_policy_leaves_forms_free_on_request(pages: Pages) -> None:
    """With form_targets=None the policy says nothing about forms."""
    assert "form-action" not in policy_of(pages, form_targets=None)


def test_policy_admits_styles_of_mail_on_request(pages: Pages) -> None:
    """With foreign_styles a caged mail may bring its own look."""
    assert policy_of(pages, "web/dev_messages.html", foreign_styles=True)["style-src"] == "'unsafe-inline'"


def test_stylesheet_stands_on_its_own(pages: Pages) -> None:
    """The stylesheet imports nothing, loads nothing and cannot end its element early."""
    style = shown(pages, "oauth/logged_out.html").all("style")[0].text
    assert not re.search(r"@import|url\(|<|/\*", style)
    assert 0 < style.count("{") == style.count("}")


def test_half_a_character_is_replaced(pages: Pages) -> None:
    """A lone surrogate, which UTF-8 cannot write, becomes a question mark instead of an error."""
    assert shown(pages, "login/login.html", username="a\ud800b").by_id("username")["value"] == "a?b"


@pytest.mark.parametrize(
    "template", ["login/nothing.html", "nowhere/login.html", "../pages.py", "login.html"]
)
def test_unknown_template(pages: Pages, template: str) -> None:
    """A template that is not in the folders is not found."""
    with pytest.raises(TemplateNotFound):
        pages.render(template, theme=THEME, locale="en")


def test_forgotten_value(pages: Pages) -> None:
    """A page that lacks a value it shows refuses to render, rather than showing a gap."""
    with pytest.raises(UndefinedError, match="what"):
        pages.render("login/ticket_spent.html", theme=THEME, locale="en", restart_url="/")

"""The pages that run a script: what may run there, who may frame them, and what their data can do."""

import base64
import hashlib
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.web.pages import Pages
from gatewright.web.scripts import Script, json_in_html, sha256_source

from .markup import Markup
from .page_samples import FOLDERS, SAMPLES, THEME

TEMPLATE = "oauth/popup.html"
SCRIPT = Script("document.title = 'x'", {"a": "</script><!--"})


def directives(**manners: object) -> dict[str, str]:
    """The policy of the page with these manners."""
    response = Pages(folders=FOLDERS).render(
        TEMPLATE,
        theme=THEME,
        locale="en",
        **{**SAMPLES[TEMPLATE], **manners},  # type: ignore[arg-type]
    )
    found = (each.partition(" ") for each in response.headers["content-security-policy"].split("; "))
    return {name: value for name, _, value in found} | {
        name: response.headers.get(name, "") for name in ("x-frame-options", "referrer-policy")
    }


def test_script_is_admitted_by_its_hash() -> None:
    """The policy admits the very text of the script and no other; without a script it admits none."""
    digest = base64.b64encode(hashlib.sha256(SCRIPT.text.encode()).digest()).decode()
    assert directives(script=SCRIPT)["script-src"] == f"'sha256-{digest}'" == sha256_source(SCRIPT.text)
    assert "script-src" not in directives()


def test_script_and_its_data_stand_on_the_page() -> None:
    """The page holds the data, which no markup in it can leave, and then the script."""
    response = Pages(folders=FOLDERS).render(
        TEMPLATE, theme=THEME, locale="en", script=SCRIPT, **SAMPLES[TEMPLATE]
    )
    page = Markup(bytes(response.body).decode())
    data, script = page.all("script")
    assert (data["type"], json.loads(data.text)) == ("application/json", SCRIPT.data)
    assert script.text == SCRIPT.text


@given(st.recursive(st.text() | st.none(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_data_comes_back_as_it_was(value: object) -> None:
    """Whatever the data is, no character of it starts a tag or ends a line of script, and none is lost."""
    text = json_in_html(value)
    assert not re.search("[<\u2028\u2029]", text)
    assert json.loads(text) == value


@pytest.mark.parametrize(
    ("manners", "ancestors", "frame_options"),
    [
        ({}, "'none'", "DENY"),
        ({"framed_by": ("https://app.example.test",)}, "'self' https://app.example.test", ""),
        ({"framed_by": ()}, "'self'", ""),
        ({"framable": True}, None, ""),
    ],
)
def test_who_may_frame_the_page(
    manners: dict[str, object], ancestors: str | None, frame_options: str
) -> None:
    """Nobody may frame a page, or those that are named, or everybody, as the route says."""
    found = directives(**manners)
    assert found.get("frame-ancestors") == ancestors
    assert found["x-frame-options"] == frame_options


def test_what_the_page_may_frame() -> None:
    """A page frames what the route names, by its origin, and nothing else."""
    for address in ("https://app.example.test", "https://app.example.test/vouch?x=;script-src*"):
        assert directives(frames=(address,))["frame-src"] == "https://app.example.test"
    assert "frame-src" not in directives()


def test_which_page_tells_its_origin() -> None:
    """Pages hide where they are, but for those whose forms have to say it."""
    assert directives()["referrer-policy"] == "no-referrer"
    assert directives(tells_origin=True)["referrer-policy"] == "same-origin"

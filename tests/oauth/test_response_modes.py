"""How answers reach the application (OAuth 2.0 Multiple Response Types §2.1, Form Post §2)."""

import base64
import hashlib
import re
from urllib.parse import urlsplit

import pytest
from tests.support.protocol import posted_form, posted_message
from tests.support.world import CALLBACK, ISSUER, World

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.wire(
        "response_mode query",
        "response_mode fragment",
        "response_mode form_post",
        "response_mode web_message",
    ),
]

ANSWERED = {"code", "state", "iss"}


async def test_query_is_the_default(world: World) -> None:
    """A code comes in the query, and nothing comes in the fragment."""
    parts = urlsplit((await world.browser().sign_in()).headers["location"])
    assert "code=" in parts.query
    assert parts.fragment == ""


async def test_fragment(world: World) -> None:
    """With response_mode=fragment the answer is in the fragment, and nothing of it in the query."""
    location = (await world.browser().sign_in(response_mode="fragment")).headers["location"]
    assert location.startswith(CALLBACK + "#code=")
    assert urlsplit(location).query == ""


async def test_fragment_keeps_the_registered_query(world: World) -> None:
    """With response_mode=fragment the redirect URI's own query stays where it was."""
    uri = "https://app.example.test/callback?tenant=7"
    await world.change_client("web", callbacks=(uri,))
    response = await world.browser().authorize(redirect_uri=uri, response_mode="fragment", prompt="none")
    assert response.headers["location"].startswith(uri + "#error=")


async def test_form_post(world: World) -> None:
    """With response_mode=form_post a page posts exactly the answer to the redirect URI."""
    page = await world.browser().sign_in(response_mode="form_post")
    action, fields = posted_form(page)
    assert action == CALLBACK
    assert set(fields) == ANSWERED
    assert fields["iss"] == ISSUER


async def test_form_post_works_without_scripts(world: World) -> None:
    """The form_post page has a button for browsers without scripts."""
    page = await world.browser().sign_in(response_mode="form_post")
    assert re.search(r"<noscript>.*<button type=\"submit\">", page.text)


async def test_form_post_refusal(world: World) -> None:
    """A refusal by form_post posts the error, and puts nothing in a query."""
    _, fields = posted_form(await world.browser().authorize(response_mode="form_post", prompt="none"))
    assert set(fields) == {"error", "error_description", "state", "iss"}


async def test_form_post_escapes_what_was_sent(world: World) -> None:
    """A state full of markup reaches the form as text (CVE-2021 class: form_post XSS)."""
    state = '"><script>alert(1)</script>'
    page = await world.browser().authorize(response_mode="form_post", prompt="none", state=state)
    assert "<script>alert" not in page.text
    assert posted_form(page)[1]["state"] == state


async def test_web_message(world: World) -> None:
    """With response_mode=web_message a page posts the answer to the origin of the redirect URI alone."""
    message = posted_message(await world.browser().sign_in(response_mode="web_message"))
    assert message["origin"] == "https://app.example.test"
    assert set(message["response"]) == ANSWERED


async def test_web_message_escapes_what_was_sent(world: World) -> None:
    """A state cannot end the script element it stands in."""
    state = "</script><script>alert(1)</script>\u2028\u2029"
    page = await world.browser().authorize(response_mode="web_message", prompt="none", state=state)
    assert "</script><script>alert" not in page.text
    assert "\u2028" not in page.text
    assert posted_message(page)["response"]["state"] == state


async def test_web_message_relay(world: World) -> None:
    """With a relay the page names the target that the application gave for it."""
    page = await world.browser().authorize(
        response_mode="web_message",
        prompt="none",
        web_message_uri="https://app.example.test/relay",
        web_message_target="https://frame.example.test",
    )
    assert posted_message(page)["relay"] == "https://frame.example.test"


async def test_web_message_may_be_framed(world: World) -> None:
    """The web_message page can be shown in a frame of the application, which is what it is for."""
    page = await world.browser().authorize(response_mode="web_message", prompt="none")
    assert "frame-ancestors" not in page.headers["content-security-policy"]
    assert "x-frame-options" not in page.headers


@pytest.mark.parametrize("mode", ["form_post", "web_message"])
async def test_only_the_script_of_the_page_runs(world: World, mode: str) -> None:
    """The content security policy of an answer page lets its own script run and nothing else."""
    page = await world.browser().authorize(response_mode=mode, prompt="none")
    (script,) = re.findall(r"<script>(.*?)</script>", page.text)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = page.headers["content-security-policy"]
    assert policy == f"default-src 'none'; script-src 'sha256-{digest}'; base-uri 'none'"


@pytest.mark.parametrize("mode", ["query", "fragment", "form_post", "web_message"])
async def test_answer_is_not_kept(world: World, mode: str) -> None:
    """No answer of the authorization endpoint is cached, or told to the next site as referrer."""
    response = await world.browser().authorize(response_mode=mode, prompt="none")
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["referrer-policy"] == "no-referrer"
    assert response.headers["x-content-type-options"] == "nosniff"


async def test_code_is_random_enough(world: World) -> None:
    """A code has 256 random bits in 43 characters, and no two are alike."""
    browser = world.browser()
    codes = {await browser.code() for _ in range(20)}
    assert len(codes) == 20
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", code) for code in codes)

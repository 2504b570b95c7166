"""Before client and redirect URI are verified, errors are shown and never redirected (RFC 6749 §4.1.2.1)."""

from urllib.parse import urlencode

import pytest
from tests.support.protocol import SPA, is_shown, newest_log
from tests.support.world import CALLBACK, World, request_of, text_of

pytestmark = [pytest.mark.anyio, pytest.mark.wire("GET /authorize", "POST /authorize")]


async def test_unknown_client_is_shown(world: World) -> None:
    """A client nobody registered gets a page that names the client_id seen."""
    response = await world.browser().authorize(client_id="nobody-knows-me")
    assert is_shown(response)
    assert "nobody-knows-me" in text_of(response)


async def test_missing_client_is_shown(world: World) -> None:
    """A request without client_id gets a page that says there was none."""
    response = await world.browser().authorize(client_id="")
    assert is_shown(response)
    assert "(none)" in text_of(response)


async def test_unregistered_redirect_uri_is_shown(world: World) -> None:
    """A redirect URI that is not registered gets a page with the one seen and those registered."""
    response = await world.browser().authorize(redirect_uri="https://evil.example.test/")
    assert is_shown(response)
    told = text_of(response)
    assert "https://evil.example.test/" in told
    assert CALLBACK in told
    assert "https://app.example.test/other" in told
    assert "Allowed Callback URLs" in told


async def test_missing_redirect_uri_needs_a_single_registered_one(world: World) -> None:
    """Without redirect_uri a client that has several is not redirected anywhere."""
    assert is_shown(await world.browser().authorize(redirect_uri=""))


async def test_missing_redirect_uri_means_the_only_registered_one(world: World) -> None:
    """Without redirect_uri a client that has exactly one is answered there."""
    await world.change_client("web", callbacks=(CALLBACK,))
    response = await world.browser().authorize(redirect_uri="", prompt="none")
    assert response.headers["location"].startswith(CALLBACK + "?")


@pytest.mark.parametrize("name", ["client_id", "redirect_uri", "response_mode", "response_type", "state"])
async def test_what_decides_the_way_of_the_answer_came_twice(world: World, name: str) -> None:
    """A repeated parameter that decides where the answer goes is shown, not redirected."""
    asked = {"response_mode": "query", **request_of()}
    query = urlencode(asked) + "&" + urlencode({name: asked[name]})
    response = await world.browser().get("/authorize?" + query)
    assert is_shown(response)
    assert name in text_of(response)


async def test_web_message_needs_a_listed_origin(world: World) -> None:
    """A web message to an origin that is no web origin of the client is refused on a page."""
    await world.change_client("web", web_origins=("https://elsewhere.example.test",))
    response = await world.browser().authorize(response_mode="web_message", prompt="none")
    assert is_shown(response)
    told = text_of(response)
    assert "https://app.example.test" in told
    assert "https://elsewhere.example.test" in told


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("client_id=web&state=%FF%FE", "not UTF-8"),
        ("client_id=web&state=a%00b", "NUL"),
        ("client_id=web&" + "x" * 17_000, "bytes"),
        ("&".join(f"p{n}=1" for n in range(101)), "more than 100 parameters"),
    ],
)
async def test_query_that_cannot_be_read_is_shown(world: World, query: str, words: str) -> None:
    """A query that cannot be read gets a page that says what is wrong with it."""
    response = await world.browser().get("/authorize?" + query)
    assert is_shown(response)
    assert words in text_of(response)


@pytest.mark.parametrize(
    "content_type", ["application/json", "text/plain", "multipart/form-data; boundary=x", ""]
)
async def test_post_of_another_content_type_is_shown(world: World, content_type: str) -> None:
    """A POST that is no form gets a page that names the content type expected."""
    headers = {"content-type": content_type} if content_type else {}
    response = await world.browser().post("/authorize", content=b"client_id=web", headers=headers)
    assert is_shown(response)
    assert "application/x-www-form-urlencoded" in text_of(response)


async def test_oversized_post_is_shown(world: World) -> None:
    """A POST of more than 64 KiB gets a page."""
    assert is_shown(await world.browser().post("/authorize", data={**request_of(), "x": "y" * 70_000}))


async def test_shown_page_speaks_the_language_asked_for(world: World) -> None:
    """An error that is shown is in the language of ui_locales, before that of the browser."""
    response = await world.browser().authorize(client_id="nobody", ui_locales="de")
    assert "Diese Anwendung ist hier nicht bekannt." in text_of(response)


async def test_missing_redirect_uri_says_so(world: World) -> None:
    """Without redirect_uri the page says that it is missing and lists those it could have been."""
    told = text_of(await world.browser().authorize(redirect_uri=""))
    assert "redirect_uri is missing" in told
    assert CALLBACK in told


async def test_shown_page_does_not_run_what_was_sent(world: World) -> None:
    """Markup in a parameter is text on the page."""
    response = await world.browser().authorize(redirect_uri="https://x.test/<script>alert(1)</script>")
    assert "<script>alert" not in response.text
    assert "&lt;script&gt;alert(1)" in response.text


async def test_shown_page_cannot_be_framed(world: World) -> None:
    """The error page forbids framing and is not cached."""
    response = await world.browser().authorize(client_id="nobody")
    assert "frame-ancestors 'none'" in response.headers["content-security-policy"]
    assert "no-store" in response.headers["cache-control"]


async def test_shown_error_is_on_record(world: World) -> None:
    """A refusal that is shown is in the audit log with what was seen."""
    await world.browser().authorize(redirect_uri="https://evil.example.test/")
    entry = await newest_log(world, "f")
    assert entry.details["Callback URL seen"] == "https://evil.example.test/"
    assert (entry.event, entry.client_id) == ("AuthorizationFailed", "web")
    assert entry.ip == "203.0.113.7"


async def test_client_of_another_kind_of_case_is_unknown(world: World) -> None:
    """Client ids are compared exactly."""
    assert is_shown(await world.browser().authorize(client_id="WEB"))


async def test_redirect_uri_of_another_client_is_shown(world: World) -> None:
    """A redirect URI that another client registered does not help."""
    assert is_shown(await world.browser().authorize(redirect_uri=SPA["redirect_uri"]))


async def test_parameter_without_value_counts_as_absent(world: World) -> None:
    """An empty client_id is a missing one (RFC 6749 §3.1)."""
    response = await world.browser().get("/authorize?client_id=&response_type=code")
    assert is_shown(response)
    assert "(none)" in text_of(response)


async def test_other_methods_are_refused(world: World) -> None:
    """The authorization endpoint answers GET and POST only."""
    response = await world.browser().client.put("/authorize", data=request_of())
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, POST"


async def test_wrong_host_is_shown(world: World) -> None:
    """A host no tenant answers on gets a page with the host seen and those known."""
    response = await world.browser().get("/authorize", headers={"host": "other.example.test"})
    assert response.status_code == 421
    told = text_of(response)
    assert "other.example.test" in told
    assert "id.example.test" in told

"""The browser: cookies, redirects, forms."""

from email.message import Message

import pytest
from bench.browser import Browser, Cookies, JourneyFailed, path_matches

from .small_server import CALLBACK, PAGE, Reply, Seen, served


def headers(*cookies: str) -> Message:
    message = Message()
    for cookie in cookies:
        message["Set-Cookie"] = cookie
    return message


def test_a_cookie_goes_to_its_path_only() -> None:
    """The path attribute decides where a cookie is sent."""
    cookies = Cookies()
    cookies.take(headers("a=1; Path=/", "b=2; Path=/login; HttpOnly"))
    assert cookies.header("/authorize") == "a=1"
    assert cookies.header("/login/step") == "a=1; b=2"


@pytest.mark.parametrize("ending", ["Max-Age=0", "Expires=Thu, 01 Jan 1970 00:00:00 GMT"])
def test_a_cookie_can_be_taken_back(ending: str) -> None:
    """A cookie that expires at once is forgotten."""
    cookies = Cookies()
    cookies.take(headers("a=1; Path=/"))
    cookies.take(headers(f"a=; Path=/; {ending}"))
    assert cookies.header("/") == ""


def test_paths_match_by_segments() -> None:
    """/login does not match /logins."""
    assert path_matches("/login/x", "/login")
    assert not path_matches("/logins", "/login")


def login_server(seen: Seen) -> Reply:
    if seen.path == "/authorize":
        return Reply(302, headers=[("Location", "/login?x=1"), ("Set-Cookie", "t=9; Path=/")])
    if seen.method == "GET":
        return Reply(body=PAGE.encode())
    good = seen.form == {"user": ["ada"], "secret": ["pw"]} and seen.headers["cookie"] == "t=9"
    return Reply(303, headers=[("Location", f"{CALLBACK}?code={'good' if good else 'bad'}")])


def test_travels_through_a_login_page_to_the_callback() -> None:
    """Redirect, page, filled form and cookie lead to the redirect URI with its code."""
    with served(login_server) as target:
        browser = Browser(target)
        assert browser.travel("/authorize", CALLBACK) == f"{CALLBACK}?code=good"
        browser.close()


def test_a_dead_end_is_told() -> None:
    """A page without a form ends the journey with what was seen, query left out."""
    with served(lambda seen: Reply(404, b"no such thing")) as target:
        browser = Browser(target)
        with pytest.raises(JourneyFailed, match=r"404 at http://127\.0\.0\.1:\d+/authorize: no such thing"):
            browser.travel("/authorize?code_challenge=x", CALLBACK)
        browser.close()


def test_foreign_redirects_are_not_followed() -> None:
    """A redirect to another host than the server or the redirect URI ends the journey."""
    with served(lambda seen: Reply(302, headers=[("Location", "http://127.0.0.2/x")])) as target:
        browser = Browser(target)
        with pytest.raises(JourneyFailed, match="foreign"):
            browser.travel("/authorize", CALLBACK)
        browser.close()


def test_a_circle_of_redirects_ends() -> None:
    """Endless redirects end the journey."""
    with served(lambda seen: Reply(302, headers=[("Location", "/again")])) as target:
        browser = Browser(target)
        with pytest.raises(JourneyFailed, match="more than"):
            browser.travel("/authorize", CALLBACK)
        browser.close()

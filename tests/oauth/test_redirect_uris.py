"""Redirect URIs are compared character by character after strict parsing (RFC 9700 §2.1, §4.1)."""

import pytest
from tests.support.protocol import PKCE, is_shown
from tests.support.world import World

pytestmark = pytest.mark.anyio

TRICKS = {
    "trailing dot in the host": "https://app.example.test./callback",
    "trailing slash": "https://app.example.test/callback/",
    "no path": "https://app.example.test",
    "only a prefix": "https://app.example.test/call",
    "registered one as prefix": "https://app.example.test/callback.evil",
    "path segment added": "https://app.example.test/callback/abc",
    "host with suffix": "https://app.example.test.evil.test/callback",
    "host as suffix": "https://evil-app.example.test/callback",
    "sub-domain": "https://x.app.example.test/callback",
    "user information": "https://app.example.test@evil.test/callback",
    "user information of our own": "https://user:pw@app.example.test/callback",
    "empty user information": "https://@app.example.test/callback",
    "encoded slash": "https://app.example.test%2fcallback",
    "encoded slash in path": "https://app.example.test/%2fcallback",
    "encoded dot": "https://app%2eexample.test/callback",
    "encoded letter": "https://app.example.test/%63allback",
    "double encoding": "https://app.example.test/%2563allback",
    "encoded question mark": "https://app.example.test/callback%3fx=1",
    "path traversal": "https://app.example.test/x/../callback",
    "traversal out of the path": "https://app.example.test/callback/../evil",
    "encoded traversal": "https://app.example.test/callback/%2e%2e/evil",
    "dot segment": "https://app.example.test/./callback",
    "double slash": "https://app.example.test//callback",
    "backslash": "https://app.example.test\\callback",
    "backslash before user information": "https://evil.test\\@app.example.test/callback",
    "backslashes for slashes": "https:\\\\app.example.test\\callback",
    "extra query": "https://app.example.test/callback?x=1",
    "empty query": "https://app.example.test/callback?",
    "fragment": "https://app.example.test/callback#x",
    "empty fragment": "https://app.example.test/callback#",
    "path parameters": "https://app.example.test/callback;x=1",
    "upper case host": "https://APP.example.test/callback",
    "upper case path": "https://app.example.test/Callback",
    "upper case scheme": "HTTPS://app.example.test/callback",
    "plain http": "http://app.example.test/callback",
    "explicit default port": "https://app.example.test:443/callback",
    "other port": "https://app.example.test:8443/callback",
    "empty port": "https://app.example.test:/callback",
    "scheme-relative": "//app.example.test/callback",
    "relative": "/callback",
    "leading space": " https://app.example.test/callback",
    "trailing space": "https://app.example.test/callback ",
    "inner newline": "https://app.example.test/call\nback",
    "trailing newline": "https://app.example.test/callback\n",
    "carriage return": "https://app.example.test/callback\r\nset-cookie: a=b",
    "tab": "https://app.exa\tmple.test/callback",
    "look-alike letter": "https://\u0430pp.example.test/callback",
    "full-width dot": "https://app\uff0eexample.test/callback",
    "soft hyphen": "https://app.exam\u00adple.test/callback",
    "right-to-left mark": "https://app.example.test/callback\u200f",
    "punycode": "https://xn--pp-7kc.example.test/callback",
    "javascript": "javascript:alert(document.cookie)",
    "javascript in disguise": "javascript://app.example.test/%0aalert(1)",
    "javascript in capitals": "JaVaScRiPt:alert(1)",
    "data": "data:text/html,<script>alert(1)</script>",
    "file": "file:///etc/passwd",
    "out of band": "urn:ietf:wg:oauth:2.0:oob",
    "wildcard": "https://*.example.test/callback",
    "IPv6 of nobody": "https://[::1]/callback",
    "broken IPv6": "https://[::1/callback",
    "port out of range": "https://app.example.test:99999/callback",
    "no host": "https:///callback",
    "only a scheme": "https:",
    "quote": 'https://app.example.test/callback"',
    "angle bracket": "https://app.example.test/callback<",
    "very long": "https://app.example.test/callback?" + "a" * 8_000,
}


@pytest.mark.parametrize("uri", TRICKS.values(), ids=TRICKS.keys())
async def test_redirect_uri_trick_is_shown(world: World, uri: str) -> None:
    """A redirect URI that is not one of the registered ones, to the character, is never followed."""
    response = await world.browser().authorize(redirect_uri=uri)
    assert is_shown(response)


REGISTERED_DANGERS = {
    "javascript": "javascript:alert(1)",
    "data": "data:text/html,x",
    "fragment": "https://app.example.test/callback#top",
    "user information": "https://user@app.example.test/callback",
    "space": "https://app.example.test/call back",
    "unicode": "https://\u0430pp.example.test/callback",
    "backslash": "https://app.example.test\\callback",
}


@pytest.mark.parametrize("uri", REGISTERED_DANGERS.values(), ids=REGISTERED_DANGERS.keys())
async def test_dangerous_redirect_uri_is_not_followed_although_registered(world: World, uri: str) -> None:
    """What two parsers could read differently, or a browser could run, is refused even when registered."""
    await world.change_client("web", callbacks=(uri,))
    assert is_shown(await world.browser().authorize(redirect_uri=uri))


@pytest.mark.parametrize(
    "uri",
    [
        "https://app.example.test/callback",
        "https://app.example.test/callback?tenant=1&x=a%20b",
        "https://app.example.test:8443/a;b=c/d~e/(f)",
        "http://localhost:3000/callback",
        "http://[::1]:3000/callback",
        "com.example.app:/callback",
        "com.example.app://auth/callback",
    ],
)
async def test_registered_redirect_uri_is_followed(world: World, uri: str) -> None:
    """What is registered is redirected to, its own query intact."""
    await world.change_client("web", callbacks=(uri, "https://app.example.test/x"))
    response = await world.browser().authorize(redirect_uri=uri, prompt="none")
    separator = "&" if "?" in uri else "?"
    assert response.headers["location"].startswith(f"{uri}{separator}error=login_required")


LOOPBACK = ("http://127.0.0.1/callback", "http://[::1]/callback")


@pytest.mark.parametrize(
    "uri",
    [
        "http://127.0.0.1:51004/callback",
        "http://127.0.0.1/callback",
        "http://[::1]:51004/callback",
        "http://127.0.0.1:1/callback",
    ],
)
async def test_native_client_uses_any_loopback_port(world: World, uri: str) -> None:
    """A native application is answered on whatever loopback port it listens (RFC 8252 §7.3)."""
    await world.change_client("spa", callbacks=LOOPBACK, app_type="native")
    response = await world.browser().authorize(client_id="spa", redirect_uri=uri, prompt="none", **PKCE)
    assert response.headers["location"].startswith(uri + "?error=login_required")


@pytest.mark.parametrize(
    "uri",
    [
        "http://127.0.0.1:51004/other",
        "https://127.0.0.1:51004/callback",
        "http://127.0.0.2:51004/callback",
        "http://localhost:51004/callback",
        "http://127.0.0.1.evil.test:51004/callback",
        "http://127.0.0.1:51004@evil.test/callback",
        "http://127.0.0.1:51004/callback?x=1",
        "http://127.1:51004/callback",
        "http://2130706433:51004/callback",
        "http://0x7f.0.0.1/callback",
        "http://[::ffff:127.0.0.1]:51004/callback",
        "http://127.0.0.1:510041/callback",
    ],
)
async def test_loopback_rule_is_about_the_port_alone(world: World, uri: str) -> None:
    """Whatever else differs from a native application's loopback URI is refused."""
    await world.change_client("spa", callbacks=LOOPBACK, app_type="native")
    assert is_shown(await world.browser().authorize(client_id="spa", redirect_uri=uri, **PKCE))


async def test_loopback_port_is_exact_for_other_applications(world: World) -> None:
    """Only native applications choose their loopback port."""
    await world.change_client("web", callbacks=LOOPBACK)
    assert is_shown(await world.browser().authorize(redirect_uri="http://127.0.0.1:51004/callback"))

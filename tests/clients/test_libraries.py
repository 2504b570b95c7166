"""The client libraries, unmodified, load where they are used: in a browser, in Node."""

import json
import subprocess
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Page, Request
from tests.clients.browser_app import BrowserApp
from tests.clients.bundles import PACKAGES, ROOT
from tests.support.gatewright_dev import GatewrightDev

CLIENT = "classic_implicit"
LEGACY = ["/legacy/v4.html", "/legacy/v6.html", "/legacy/v7.html"]
SOURCE_OF_AUTH0_ANGULAR = """
    fetch([...document.scripts].find((script) => script.src.includes("auth0-angular")).src)
        .then((answer) => answer.text())
"""
ANGULAR = ["/angular/v4.0.html", "/angular/v4.2.html"]


@pytest.mark.parametrize(
    ("page_of", "version", "package"),
    [
        ("/classic/", "auth0.version.raw", "auth0-js"),
        ("/classic/v8.html", "auth0.version", "auth0-js-8"),
        ("/legacy/v7.html", "Auth0.version", "auth0-js-7"),
        ("/legacy/v6.html", "Auth0.version", "auth0-js-6"),
        ("/legacy/v4.html", "Auth0.version", "auth0-js-4"),
        ("/lock/", "Auth0Lock.version", "auth0-lock"),
        ("/lock/", "Auth0LockPasswordless.version", "auth0-lock"),
        ("/angular/v4.0.html", "angular.version.full", "angular"),
        ("/angular/v4.2.html", "angular.version.full", "angular"),
    ],
)
def test_the_locked_version(page: Page, plain_site: str, page_of: str, version: str, package: str) -> None:
    """The library runs in a browser under its own name, in the version that is locked, without an error."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(plain_site + page_of)
    assert page.evaluate(version) == locked(package)
    assert errors == []


@pytest.mark.parametrize(
    ("page_of", "package"),
    [("/angular/v4.0.html", "auth0-angular-4.0"), ("/angular/v4.2.html", "auth0-angular-4.2")],
)
def test_the_locked_version_of_auth0_angular(page: Page, plain_site: str, page_of: str, package: str) -> None:
    """auth0-angular, which has its version in a comment only, is in the version that is locked."""
    page.goto(plain_site + page_of)
    assert f"@version v{locked(package)} " in page.evaluate(SOURCE_OF_AUTH0_ANGULAR)


def locked(package: str) -> str:
    """The version of an installed package."""
    return str(json.loads((PACKAGES / package / "package.json").read_text())["version"])


def at(path: str) -> Callable[[Request], bool]:
    """Tells requests for a path."""
    return lambda request: urlsplit(request.url).path == path


def asked(app: BrowserApp, name: str, *args: Any) -> dict[str, str]:
    """What the library asks the server for as it leaves for ``/authorize``, when its function is called."""
    with app.page.expect_request(at("/authorize")) as caught:
        app.begin(name, *args)
    return dict(parse_qsl(urlsplit(caught.value.url).query))


@pytest.mark.parametrize("page_of", LEGACY)
def test_legacy_login(page: Page, site: str, server: GatewrightDev, page_of: str) -> None:
    """The class Auth0 leaves for the server with the client, the callback and the kind of answer wanted."""
    app = BrowserApp(page, site + page_of, server.domain)
    app.start(
        {
            "domain": server.domain,
            "clientID": CLIENT,
            "callbackURL": app.address,
            "callbackOnLocationHash": True,
        }
    )
    query = asked(app, "login", {"connection": "github", "scope": "openid name"})
    assert query["client_id"] == CLIENT
    assert query["redirect_uri"] == app.address
    assert (query["response_type"], query["scope"], query["connection"]) == ("token", "openid name", "github")


def test_authorize_of_version_8(page: Page, site: str, server: GatewrightDev) -> None:
    """auth0.js 8 leaves for the server with state and nonce of its own making."""
    app = BrowserApp(page, f"{site}/classic/v8.html", server.domain)
    options = {"responseType": "token id_token", "scope": "openid"}
    app.start({"domain": server.domain, "clientID": CLIENT, "redirectUri": app.address, **options})
    query = asked(app, "authorize", {})
    assert query["client_id"] == CLIENT
    assert query["response_type"] == "token id_token"
    assert len(query["state"]) == len(query["nonce"]) == 32


@pytest.mark.parametrize("page_of", ANGULAR)
def test_signin_of_auth0_angular(page: Page, site: str, server: GatewrightDev, page_of: str) -> None:
    """auth0-angular finds auth0.js and signs in by it."""
    app = BrowserApp(page, site + page_of, server.domain)
    app.start({"domain": server.domain, "clientID": CLIENT, "callbackURL": app.address})
    assert page.evaluate("app.auth.config.lib") == "Auth0"
    query = asked(app, "signin", {"connection": "github"})
    assert (query["client_id"], query["response_type"]) == (CLIENT, "token")
    assert query["redirect_uri"] == app.address


def test_lock_asks_for_its_client(page: Page, site: str, server: GatewrightDev) -> None:
    """Lock opens its box and asks the server for the script that tells it about the client."""
    app = BrowserApp(page, f"{site}/lock/", server.domain)
    with page.expect_request(at(f"/client/{CLIENT}.js")):
        app.start({"clientID": CLIENT, "domain": server.domain, "rememberLastLogin": False})
        app.begin("show")
    page.wait_for_selector(".auth0-lock-opened .auth0-lock-widget")


@pytest.mark.parametrize(
    "used",
    [
        'require("express-session")',
        'require("passport").Passport',
        'require("passport-auth0").Strategy',
        'require("express-jwt").expressjwt',
        'require("jwks-rsa").expressJwtSecret',
        'require("jsonwebtoken").verify',
        'require("@openid/appauth").AuthorizationServiceConfiguration.fetchFromIssuer',
        'require("@openid/appauth/built/node_support").NodeRequestor',
    ],
)
def test_node(used: str) -> None:
    """Node loads the library and finds what an application calls."""
    command = ["node", "--eval", f"console.log(typeof {used})"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "function\n", done.stderr

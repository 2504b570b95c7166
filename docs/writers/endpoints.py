"""The page of the addresses that the platform answers."""

import inspect
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from gatewright.app import Application, Platform, build_platform
from gatewright.login.steps.step import StepPage
from gatewright.settings import (
    Audit,
    Database,
    Issuer,
    Listen,
    Logging,
    Mail,
    Outbound,
    Secrets,
    Settings,
)
from gatewright.storage.backends import open_database
from gatewright.web.cors import CrossOrigin
from gatewright.web.routing import Endpoint, Route
from writers.markdown import docstring

_HEAD = """\
# Endpoints

<!-- Written by `make docs` from the routes of the application; change their docstrings there. -->

Addresses are relative to the issuer of the tenant, such as `https://localhost:8443/`.
`HEAD` is answered wherever `GET` is; another method gets 405 with `Allow`.

*Scripts* says whose JavaScript may read the answer (CORS): everybody's, or that of the client's own origins.
Where nothing is said, none but our own pages'.
*Guessable* says what somebody could try out there; every such check passes the attempt limiter.

`GET /healthz` answers 200 while the process lives, and `GET /readyz` while the database answers too (503 otherwise).
Both answer on every host, before any tenant is looked for.

Everything under `/api/v2/` is the [management API](management-api.md), which has a page of its own.
"""  # noqa: E501 - a sentence is a line

_GROUPS = (
    (
        "Protocol",
        "Applications call these.",
        ("/authorize", "/oauth/token", "/oauth/revoke", "/oauth/introspect", "/userinfo"),
    ),
    (
        "Passwordless",
        "Applications have codes and links mailed by these; "
        "[sign in without a password](../how-to/sign-in-without-a-password.md) says how.",
        ("/passwordless/",),
    ),
    (
        "Legacy pipeline",
        "Applications with `oidc_conformant: false` call these; "
        "[the legacy pipeline](../concepts/legacy-pipeline.md) says how.",
        ("/oauth/ro", "/oauth/access_token", "/delegation", "/tokeninfo", "/user/ssodata"),
    ),
    (
        "Embedded login",
        "Pages of applications that ask for the password themselves call these; "
        "[embedded login](../concepts/embedded-login.md) says how.",
        ("/co/", "/usernamepassword/", "/login/callback", "/sso_dbconnection_popup/", "/relay.html"),
    ),
    (
        "Own forms",
        "Login boxes and forms of applications call these; "
        "[the how-to](../how-to/use-lock-or-your-own-form.md) says how.",
        (
            "/dbconnections/",
            "/public/",
            "/client/",
            "/info-v1.js",
            "/user/geoloc/",
        ),
    ),
    ("Logout", "Browsers are sent here to sign out.", ("/v2/logout", "/logout", "/oidc/logout", "/u/logout")),
    ("Metadata", "Clients and APIs configure themselves from these.", ("/.well-known/",)),
    (
        "Hosted pages",
        "Browsers come here by redirect or by mailed link; the addresses are no interface and may change.",
        ("/u/",),
    ),
    ("Development", "These exist under `gatewright dev` alone.", ("/dev/",)),
    ("Front page", "For people who open the bare issuer.", ("/",)),
)

_SCRIPTS = {
    CrossOrigin.ANY: "everybody's",
    CrossOrigin.CLIENT: "those of the client's origins",
    CrossOrigin.COOKIES_OF_CLIENT: "those of the client's origins, cookies included",
}


@contextmanager
def unopened() -> Iterator[Platform]:
    """Lend the platform of a development server, which has everything; opens nothing."""
    settings = Settings(
        issuer=Issuer(url="https://localhost:8443/"),
        database=Database(url="sqlite:///unopened.db"),
        secrets=Secrets(master_key=secrets.token_bytes(32)),
        listen=Listen(host="localhost", port=8443, workers=1),
        mail=Mail(),
        outbound=Outbound(),
        logging=Logging(),
        audit=Audit(),
        dev=True,
    )
    platform = build_platform(settings, open_database(settings.database.url))
    yield platform
    platform.hasher.close()


def routes() -> list[Route]:
    """Return every route of a development server."""
    with unopened() as platform:
        return list(Application(platform).router.routes.values())


def endpoints_page() -> str:
    """Return the page, one section a group of addresses."""
    return "\n".join((_HEAD, *_groups()))


def _groups() -> Iterator[str]:
    left = routes()
    for title, words, prefixes in _GROUPS:
        yield f"## {title}\n\n{words}\n"
        for route in [route for route in left if route.path.startswith(prefixes)]:
            left.remove(route)
            yield from _route(route)
    if left:
        raise LookupError(f"no group on the page for {', '.join(route.path for route in left)}")


def _route(route: Route) -> Iterator[str]:
    yield f"### `{route.path}`\n"
    answers: dict[str, list[str]] = {}
    for method, endpoint in route.methods.items():
        answers.setdefault(docstring(_described(endpoint, method)), []).append(f"`{method}`")
    for words, methods in answers.items():
        yield f"- {', '.join(methods)}: {words}"
    if route.cross_origin is not CrossOrigin.NONE:
        yield f"- Scripts: {_SCRIPTS[route.cross_origin]}"
    if route.checks_secret:
        yield f"- Guessable: {route.checks_secret}"
    yield ""


def _described(endpoint: Endpoint, method: str) -> object:
    """Return whatever carries the words about an endpoint: the step's own for pages of login."""
    owner = getattr(endpoint, "__self__", None)
    if inspect.isfunction(endpoint):
        return endpoint
    if isinstance(owner, StepPage):
        return owner._step.page if method == "GET" else owner._step.take
    return endpoint if owner is not None else type(endpoint).__call__

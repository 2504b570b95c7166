"""The tenant that the client libraries meet, as a tenant file says it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gatewright.clients import LEGACY_GRANT_TYPES

CONNECTION = "Username-Password-Authentication"
CLOSED = "Closed-Database"
NAMES = "Database-With-Names"
ADA = "ada@example.test"
BLOCKED = "blocked@example.test"
OLD_SCRIPT, OLD_ANGULAR, OLD_CLASSIC, OLD_API = (
    f"old-{name}@example.test" for name in ("script", "angular", "classic", "api")
)
"""People of the legacy pipeline: one for each library, for a person may delegate ten times a minute."""

PASSWORD = "Correct-Horse-1"
SECRET = "a_client_secret_0123456789abcdefghij"

TIMESHEETS = "https://api.example.test/timesheets"
INVOICES = "https://api.example.test/invoices"
EXPENSES = "https://api.example.test/expenses"
INVOICES_SECRET = "invoices-api-shared-secret-0123456789abcdef"
UNKNOWN_API = "https://unknown.example.test/"

ORGANIZATION, STRANGERS = "acme", "strangers"
"""Organizations: whoever signs in for the first is its member, and nobody is of the second."""

FAR_CALLBACK = "https://app.example.test/callback"
FAR_HOME = "https://app.example.test/"

LEGACY_API_SECRET = "the-secret-of-the-legacy-api-0123456789"

LOCKS = ("lock_closed", "lock_names")
"""Clients that have a database of their own, because their login box is to look another way."""

CODE_AND_REFRESH = ["authorization_code", "refresh_token"]
OLD_PAGES = [
    *(f"/legacy/{page}.html" for page in ("v4", "v6", "v7")),
    *(f"/angular/{page}.html" for page in ("v4.0", "v4.2")),
    *("/classic/v8.html", "/classic/"),
]
"""Pages of the applications of the legacy pipeline, by the libraries they use."""

PASSWORDS = ["password", "http://auth0.com/oauth/grant-type/password-realm", "refresh_token"]
OTP_GRANT = "http://auth0.com/oauth/grant-type/passwordless/otp"
BY_MAIL = ("classic_email", "auth0_python_email")
"""Applications whose people have no password."""

LEGACY_GRANTS = [*CODE_AND_REFRESH, "implicit", *LEGACY_GRANT_TYPES]


@dataclass(frozen=True)
class Addresses:
    """Where the applications live: the sites of the single-page ones, and the web applications by name.

    ``site`` has the scheme of the server, so a browser takes both for one site; ``plain_site`` has not.
    """

    site: str
    plain_site: str
    express: str
    express_oidc_logout: str
    express_third: str
    openid_client: str
    passport: str


def tenant_for(at: Addresses) -> dict[str, Any]:
    """The tenant file for applications at these addresses."""
    clients = [*_single_page(at), *_web(at), *_scripts()]
    names = [client["name"] for client in clients]
    return {
        "tenant": {
            "friendly_name": "Client libraries",
            "default_directory": CONNECTION,
            "allow_organization_name_in_authentication_api": True,
        },
        "resourceServers": _apis(),
        "clients": clients,
        "clientGrants": [
            {"client_id": name, "audience": TIMESHEETS, "scope": ["read:timesheets"]}
            for name in ("nightly", "openid_client")
        ],
        "databases": [
            {
                "name": CONNECTION,
                "strategy": "auth0",
                "enabled_clients": [name for name in names if name not in (*LOCKS, *BY_MAIL)],
                "options": {"passwordPolicy": "good"},
            },
            {
                "name": CLOSED,
                "strategy": "auth0",
                "enabled_clients": ["lock_closed"],
                "options": {"disable_signup": True, "disable_self_service_change_password": True},
            },
            {
                "name": NAMES,
                "strategy": "auth0",
                "enabled_clients": ["lock_names"],
                "options": {"passwordPolicy": "low", "requires_username": True},
            },
        ],
        "connections": [{"name": "email", "strategy": "email", "enabled_clients": list(BY_MAIL)}],
        "organizations": [
            {
                "name": ORGANIZATION,
                "connections": [{"name": CONNECTION, "assign_membership_on_login": True}],
            },
            {"name": STRANGERS, "connections": [{"name": CONNECTION}]},
        ],
        "users": people(),
    }


def people(*, blocked: bool = False) -> list[dict[str, Any]]:
    """The users; ``blocked`` is whether the one who can be blocked is."""
    common = {"connection": CONNECTION, "password": PASSWORD, "email_verified": True}
    return [
        {
            **common,
            "user_id": "5f0000000000000000000001",
            "email": ADA,
            "name": "Ada Example",
            "nickname": "ada",
            "picture": "https://example.test/ada.png",
        },
        {**common, "user_id": "5f0000000000000000000002", "email": BLOCKED, "blocked": blocked},
        *({**common, "email": email} for email in (OLD_SCRIPT, OLD_ANGULAR, OLD_CLASSIC, OLD_API)),
    ]


def _apis() -> list[dict[str, Any]]:
    timesheets = [
        {"value": "read:timesheets", "description": "See your timesheets"},
        {"value": "create:timesheets", "description": "Add a timesheet"},
    ]
    return [
        {
            "name": "Timesheets API",
            "identifier": TIMESHEETS,
            "signing_alg": "RS256",
            "allow_offline_access": True,
            "scopes": timesheets,
        },
        {"name": "Expenses API", "identifier": EXPENSES, "signing_alg": "RS256"},
        {
            "name": "Invoices API",
            "identifier": INVOICES,
            "signing_alg": "HS256",
            "signing_secret": INVOICES_SECRET,
            "scopes": [{"value": "read:invoices", "description": "See invoices"}],
        },
    ]


def _single_page(at: Addresses) -> list[dict[str, Any]]:
    def client(name: str, page: str, site: str = at.site, **more: Any) -> dict[str, Any]:
        return {
            "name": name,
            "client_id": name,
            "app_type": "spa",
            "token_endpoint_auth_method": "none",
            "callbacks": [f"{site}{page}"],
            "allowed_logout_urls": [f"{site}{page}"],
            "web_origins": [site],
            "grant_types": CODE_AND_REFRESH,
            **more,
        }

    classic = [f"{at.site}/classic/", f"{at.site}/classic/v8.html"]
    return [
        client("spa", "/spa/"),
        client("spa_third_party", "/spa/", is_first_party=False),
        client("spa_unlisted", "/spa/", web_origins=[]),
        client("spa_plain", "/spa/", at.plain_site),
        client("spa_companies", "/spa/", organization_usage="allow"),
        client("classic", "/classic/", callbacks=[f"{at.site}/classic/", f"{at.site}/classic/silent.html"]),
        client("classic_password", "/classic/", callbacks=classic, grant_types=PASSWORDS),
        client(
            "classic_email",
            "/classic/",
            callbacks=classic,
            grant_types=["implicit", OTP_GRANT],
            cross_origin_authentication=True,
        ),
        client(
            "classic_implicit",
            "/classic/",
            callbacks=classic,
            allowed_logout_urls=classic,
            grant_types=[*CODE_AND_REFRESH, "implicit"],
        ),
        client("own_form_legacy", "/legacy/v7.html", oidc_conformant=False, grant_types=LEGACY_GRANTS),
        client("lock", "/lock/", grant_types=["implicit"], cross_origin_authentication=True),
        *(client(name, "/lock/") for name in LOCKS),
        *(_embedded(client, at.site, version) for version in ("10", "8")),
        client(
            "embedded_legacy",
            "/legacy/v7.html",
            oidc_conformant=False,
            client_secret=SECRET,
            grant_types=LEGACY_GRANTS,
        ),
        client(
            "old_page",
            "",
            app_type="regular_web",
            token_endpoint_auth_method="client_secret_post",
            client_secret=SECRET,
            oidc_conformant=False,
            callbacks=[at.site + page for page in OLD_PAGES],
            allowed_logout_urls=[at.site + page for page in OLD_PAGES],
            grant_types=LEGACY_GRANTS,
        ),
    ]


def _embedded(client: Callable[..., dict[str, Any]], site: str, version: str) -> dict[str, Any]:
    """A client whose own pages take passwords; with pages for one version of auth0.js."""
    page = "/classic/" if version == "10" else f"/classic/v{version}.html"
    return client(
        f"embedded_{version}",
        page,
        callbacks=[f"{site}{page}", f"{site}/classic/popup-{version}.html"],
        grant_types=[*CODE_AND_REFRESH, "implicit"],
        cross_origin_authentication=True,
        cross_origin_loc=f"{site}/classic/vouch-{version}.html",
    )


def _web(at: Addresses) -> list[dict[str, Any]]:
    def client(name: str, base: str) -> dict[str, Any]:
        return {
            "name": name,
            "client_id": name,
            "client_secret": SECRET,
            "app_type": "regular_web",
            "callbacks": [f"{base}/callback"],
            "allowed_logout_urls": [base, f"{base}/"],
            "grant_types": [*CODE_AND_REFRESH, "client_credentials"],
        }

    return [
        client("express", at.express),
        client("express_oidc_logout", at.express_oidc_logout),
        client("express_third", at.express_third),
        client("openid_client", at.openid_client),
        client("passport", at.passport),
    ]


def _scripts() -> list[dict[str, Any]]:
    """Clients of programs that receive no browser: the callback is read off the redirect."""

    def client(name: str, **more: Any) -> dict[str, Any]:
        return {
            "name": name,
            "client_id": name,
            "client_secret": SECRET,
            "app_type": "regular_web",
            "callbacks": [FAR_CALLBACK],
            "allowed_logout_urls": [FAR_HOME],
            "grant_types": CODE_AND_REFRESH,
            **more,
        }

    public = {"app_type": "native", "token_endpoint_auth_method": "none"}
    native = {key: value for key, value in {**client("native"), **public}.items() if key != "client_secret"}
    loopback = {**native, "callbacks": ["http://127.0.0.1/callback"]}
    machine = {"app_type": "non_interactive", "callbacks": [], "grant_types": ["client_credentials"]}
    return [
        client("authlib"),
        client("bare"),
        client("bare_third", is_first_party=False),
        client("auth0_python"),
        client("auth0_python_password", grant_types=PASSWORDS),
        client("auth0_python_email", grant_types=[*CODE_AND_REFRESH, OTP_GRANT]),
        client("legacy", oidc_conformant=False, grant_types=LEGACY_GRANTS),
        client("legacy_api", oidc_conformant=False, client_secret=LEGACY_API_SECRET, callbacks=[]),
        native,
        {**loopback, "name": "desktop", "client_id": "desktop"},
        {**loopback, "name": "not_native", "client_id": "not_native", "app_type": "spa"},
        client("nightly", **machine),
        client("throttled", **machine),
    ]

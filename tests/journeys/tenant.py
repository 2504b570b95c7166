"""The tenant that people meet on their journeys, as a tenant file says it."""

from typing import Any

CONNECTION = "Username-Password-Authentication"
MEMBERS = "Members"
PASSWORD = "Correct-Horse-1"
ADA = "ada@example.test"
FORGETFUL = "forgetful@example.test"
LONG_NAME = "The Donaudampfschifffahrtsgesellschaftskapitänsverwaltung of Timesheets & Other Things"
BOARDS = ("Work Board", "Work Board for One", "Work Board for Many")
API = "https://api.example.test/timesheets"
LOGO = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 120 40'%3E"
    "%3Crect width='120' height='40' rx='8' fill='%238b0000'/%3E%3C/svg%3E"
)


def tenant_for(origin: str) -> dict[str, Any]:
    """The tenant file for an application at ``origin``."""
    clients = [
        _client("web", "Timesheets", origin),
        _client("third", "Calendar Sync", origin, is_first_party=False, policy_uri=f"{origin}/privacy"),
        _client("long", LONG_NAME, origin, is_first_party=False),
        _client("members", "Members Area", origin),
        _client("mail", "Newsletter", origin),
        _client("both", "Library", origin),
        _client("lonely", "Lonely App", origin),
        _client("companies", "Work Board", origin, organization_usage="allow"),
        _client("company", "Work Board for One", origin, **_requiring("pre_login_prompt")),
        _client("chooser", "Work Board for Many", origin, **_requiring("post_login_prompt")),
        _client(
            "embedding",
            "Punch Clock",
            origin,
            cross_origin_authentication=True,
            cross_origin_loc=f"{origin}/vouch",
        ),
    ]
    return {
        "tenant": {
            "friendly_name": "Example Works",
            "default_directory": CONNECTION,
            "support_email": "help@example.test",
            "allow_organization_name_in_authentication_api": True,
        },
        "resourceServers": [
            {
                "name": "Timesheets API",
                "identifier": API,
                "allow_offline_access": True,
                "scopes": [
                    {"value": "read:timesheets", "description": "See your timesheets"},
                    {"value": "create:timesheets", "description": "Add a timesheet"},
                ],
            }
        ],
        "clients": clients,
        "databases": [
            _database(
                CONNECTION,
                ["Timesheets", "Calendar Sync", LONG_NAME, "Library", "Punch Clock", *BOARDS],
                {"passwordPolicy": "good"},
            ),
            _database(MEMBERS, ["Members Area"], {"passwordPolicy": "excellent", "requires_username": True}),
        ],
        "connections": [
            {"name": "email", "strategy": "email", "enabled_clients": ["Newsletter", "Library"]},
        ],
        "organizations": [
            _organization("acme", "Acme Ltd", branding={"logo_url": LOGO, "colors": {"primary": "#8b0000"}}),
            _organization("donau", LONG_NAME),
        ],
        "users": [
            _user("5f0000000000000000000001", ADA, "Ada Example"),
            _user("5f0000000000000000000002", FORGETFUL, "Bob Example"),
        ],
    }


def _client(client_id: str, name: str, origin: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "client_id": client_id,
        "client_secret": "a_client_secret_0123456789abcdefghij",
        "app_type": "regular_web",
        "callbacks": [f"{origin}/callback"],
        "allowed_logout_urls": [f"{origin}/"],
        "grant_types": ["authorization_code", "refresh_token"],
        **more,
    }


def _requiring(when: str) -> dict[str, Any]:
    return {"organization_usage": "require", "organization_require_behavior": when}


def _organization(name: str, display_name: str, **more: Any) -> dict[str, Any]:
    """One whose people become members by signing in for it."""
    connection = {"name": CONNECTION, "assign_membership_on_login": True, "is_signup_enabled": True}
    return {"name": name, "display_name": display_name, "connections": [connection], **more}


def _database(name: str, clients: list[str], options: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "strategy": "auth0", "enabled_clients": clients, "options": options}


def _user(subject: str, email: str, name: str) -> dict[str, Any]:
    common = {"connection": CONNECTION, "password": PASSWORD, "email_verified": True}
    return {**common, "user_id": subject, "email": email, "name": name}

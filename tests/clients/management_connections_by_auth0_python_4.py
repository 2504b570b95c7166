"""auth0-python 4, a process of its own: what its client for connections is given, as JSON."""

import json
import os
import sys
from collections.abc import Callable
from typing import Any

from auth0.authentication import GetToken  # type: ignore[import-untyped, unused-ignore]
from auth0.exceptions import Auth0Error  # type: ignore[import-untyped, unused-ignore]
from auth0.management import Auth0  # type: ignore[import-untyped, unused-ignore]


def refusal(call: Callable[[], Any]) -> dict[str, Any]:
    """What the library raises."""
    try:
        call()
    except Auth0Error as error:
        return {"statusCode": error.status_code, "errorCode": error.error_code, "message": error.message}
    return {}


def main() -> None:
    """Connections from creation to deletion."""
    domain, client_id = os.environ["DOMAIN"], os.environ["CLIENT_ID"]
    tokens = GetToken(domain, client_id, client_secret=os.environ["CLIENT_SECRET"])
    auth0 = Auth0(domain, tokens.client_credentials(f"https://{domain}/api/v2/")["access_token"])
    told: dict[str, Any] = {}

    wanted = {"name": "python-4", "strategy": "auth0", "options": {"disable_signup": True}}
    made = told["created"] = auth0.connections.create(wanted)
    told["read"] = auth0.connections.get(made["id"])
    changed = {"display_name": "Python", "options": {"passwordPolicy": "low"}}
    told["updated"] = auth0.connections.update(made["id"], changed)
    told["bare"] = auth0.connections.all()
    told["page"] = auth0.connections.all(page=1, per_page=1, extra_params={"include_totals": "true"})
    told["filtered"] = auth0.connections.all(strategy="auth0", name="python-4", fields=["name"])
    auth0.connections.delete_user_by_email(made["id"], "nobody@example.test")
    told["wrong"] = refusal(lambda: auth0.connections.create({"name": "x", "strategy": "google-oauth2"}))
    auth0.connections.delete(made["id"])
    told["gone"] = refusal(lambda: auth0.connections.get(made["id"]))
    json.dump(told, sys.stdout)


main()

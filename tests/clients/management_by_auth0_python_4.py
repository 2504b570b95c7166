"""auth0-python 4, a process of its own: what its management client is given, as JSON."""

import json
import os
import sys
from collections.abc import Callable
from typing import Any

from auth0.authentication import GetToken  # type: ignore[import-untyped, unused-ignore]
from auth0.exceptions import Auth0Error  # type: ignore[import-untyped, unused-ignore]
from auth0.management import Auth0  # type: ignore[import-untyped, unused-ignore]

IDENTIFIER = "https://python4.example.test/"


def refusal(call: Callable[[], Any]) -> dict[str, Any]:
    """What the library raises."""
    try:
        call()
    except Auth0Error as error:
        return {"status": error.status_code, "code": error.error_code, "message": error.message}
    return {}


def main() -> None:
    """Clients, APIs and client grants from creation to deletion."""
    domain, client_id = os.environ["DOMAIN"], os.environ["CLIENT_ID"]
    tokens = GetToken(domain, client_id, client_secret=os.environ["CLIENT_SECRET"])
    auth0 = Auth0(domain, tokens.client_credentials(f"https://{domain}/api/v2/")["access_token"])
    told: dict[str, Any] = {}

    client = told["created"] = auth0.clients.create({"name": "Python 4", "app_type": "regular_web"})
    id_ = client["client_id"]
    told["read"] = auth0.clients.get(id_)
    told["updated"] = auth0.clients.update(id_, {"description": "changed"})
    told["rotated"] = auth0.clients.rotate_secret(id_)
    told["list"] = auth0.clients.all()
    told["page"] = auth0.clients.all(page=1, per_page=2, extra_params={"include_totals": "true"})
    told["chosen"] = auth0.clients.all(fields=["client_id"])
    told["wrong"] = refusal(lambda: auth0.clients.create({"name": ""}))

    scopes = [{"value": "read:things"}, {"value": "write:things"}]
    api = told["api"] = auth0.resource_servers.create(
        {"identifier": IDENTIFIER, "name": "Python 4", "scopes": scopes}
    )
    told["api_read"] = auth0.resource_servers.get(api["id"])
    told["api_updated"] = auth0.resource_servers.update(api["id"], {"token_lifetime": 600})
    told["api_page"] = auth0.resource_servers.get_all(page=0, per_page=1, include_totals=True)

    asked = {"client_id": id_, "audience": IDENTIFIER, "scope": ["read:things"]}
    grant = told["grant"] = auth0.client_grants.create(asked)
    told["grant_updated"] = auth0.client_grants.update(grant["id"], {"scope": ["write:things"]})
    told["grant_list"] = auth0.client_grants.all(client_id=id_)

    auth0.client_grants.delete(grant["id"])
    auth0.resource_servers.delete(api["id"])
    auth0.clients.delete(id_)
    told["gone"] = refusal(lambda: auth0.clients.get(id_))
    json.dump(told, sys.stdout)


main()

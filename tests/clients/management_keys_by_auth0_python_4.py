"""auth0-python 4, a process of its own: keys of a client, and a token by one of them, as JSON."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
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
    """A key from creation to deletion, and what it is good for."""
    domain, client_id = os.environ["DOMAIN"], os.environ["CLIENT_ID"]
    audience = f"https://{domain}/api/v2/"
    tokens = GetToken(domain, client_id, client_secret=os.environ["CLIENT_SECRET"])
    auth0 = Auth0(domain, tokens.client_credentials(audience)["access_token"])
    told: dict[str, Any] = {}

    id_ = auth0.clients.create({"name": "Python 4 keys", "app_type": "non_interactive"})["client_id"]
    auth0.client_grants.create({"client_id": id_, "audience": audience, "scope": ["read:clients"]})
    pem = Path(os.environ["PUBLIC_KEY"]).read_text()
    wanted = {"credential_type": "public_key", "name": "First", "pem": pem, "alg": "RS256"}
    made = told["created"] = auth0.client_credentials.create(id_, wanted)
    told["read"] = auth0.client_credentials.get(id_, made["id"])
    told["list"] = auth0.client_credentials.all(id_)
    methods = {"private_key_jwt": {"credentials": [{"id": made["id"]}]}}
    change = {"token_endpoint_auth_method": None, "client_authentication_methods": methods}
    told["client"] = auth0.clients.update(id_, change)
    signing_key = Path(os.environ["PRIVATE_KEY"]).read_text()
    own = GetToken(domain, id_, client_assertion_signing_key=signing_key)
    told["scope"] = own.client_credentials(audience)["scope"]
    told["kept"] = refusal(lambda: auth0.client_credentials.delete(id_, made["id"]))
    back = {"token_endpoint_auth_method": "client_secret_post", "client_authentication_methods": None}
    auth0.clients.update(id_, back)
    auth0.client_credentials.delete(id_, made["id"])
    told["gone"] = refusal(lambda: auth0.client_credentials.get(id_, made["id"]))
    auth0.clients.delete(id_)
    json.dump(told, sys.stdout)


main()

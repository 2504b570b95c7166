"""auth0-python 4, a process of its own: a custom domain from creation to deletion, as JSON."""

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
    """A domain that nobody vouches for."""
    domain, client_id = os.environ["DOMAIN"], os.environ["CLIENT_ID"]
    tokens = GetToken(domain, client_id, client_secret=os.environ["CLIENT_SECRET"])
    auth0 = Auth0(domain, tokens.client_credentials(f"https://{domain}/api/v2/")["access_token"])
    api, told = auth0.custom_domains, {}

    made = told["created"] = api.create_new({"domain": "login.python4.invalid", "type": "self_managed_certs"})
    id_ = made["custom_domain_id"]
    told["read"] = api.get(id_)
    told["list"] = api.all()
    told["verified"] = api.verify(id_)
    managed = {"domain": "b.python4.invalid", "type": "auth0_managed_certs"}
    told["managed"] = refusal(lambda: api.create_new(managed))
    api.delete(id_)
    told["gone"] = refusal(lambda: api.get(id_))
    json.dump(told, sys.stdout)


main()

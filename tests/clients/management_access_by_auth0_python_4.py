"""auth0-python 4, a process of its own: what a person allowed, shown and taken back, as JSON."""

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
    """Consents, devices and blocks."""
    domain, user_id = os.environ["DOMAIN"], os.environ["USER_ID"]
    tokens = GetToken(domain, os.environ["CLIENT_ID"], client_secret=os.environ["CLIENT_SECRET"])
    auth0 = Auth0(domain, tokens.client_credentials(f"https://{domain}/api/v2/")["access_token"])
    device = json.loads(os.environ["PEOPLE"])[0]["grant_id"]
    told: dict[str, Any] = {}

    of_user = {"user_id": user_id}
    told["grantList"] = auth0.grants.all(extra_params=dict(of_user), include_totals=False)
    told["grantPage"] = auth0.grants.all(0, 1, include_totals=True, extra_params=dict(of_user))
    grant_id = told["grantPage"]["grants"][0]["id"]
    auth0.grants.delete(grant_id)
    told["grantGone"] = refusal(lambda: auth0.grants.delete(grant_id))
    told["grantsLeft"] = auth0.grants.all(extra_params=dict(of_user), include_totals=False)

    told["deviceList"] = auth0.device_credentials.get(user_id, "bare", "rotating_refresh_token")
    told["devicePage"] = auth0.device_credentials.get(
        user_id, "bare", "rotating_refresh_token", page=0, per_page=1, include_totals=True
    )
    auth0.device_credentials.delete(device)
    told["deviceGone"] = refusal(lambda: auth0.device_credentials.delete(device))

    blocked_id, identifier = os.environ["BLOCKED_ID"], os.environ["BLOCKED_EMAIL"]
    told["blocks"] = auth0.user_blocks.get_by_identifier(identifier)
    told["blocksOfUser"] = auth0.user_blocks.get(blocked_id)
    auth0.user_blocks.unblock(blocked_id)
    auth0.user_blocks.unblock_by_identifier(identifier)
    told["blocksLeft"] = auth0.user_blocks.get(blocked_id)
    auth0.blacklists.create("stolen", aud="python-4")
    told["denied"] = auth0.blacklists.get(aud="python-4")
    json.dump(told, sys.stdout)


main()

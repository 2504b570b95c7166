"""auth0-python 4, a process of its own: what its client for attack protection is given, as JSON."""

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
    """Attack protection, read and changed."""
    domain, client_id = os.environ["DOMAIN"], os.environ["CLIENT_ID"]
    tokens = GetToken(domain, client_id, client_secret=os.environ["CLIENT_SECRET"])
    auth0 = Auth0(domain, tokens.client_credentials(f"https://{domain}/api/v2/")["access_token"])
    api = auth0.attack_protection
    told: dict[str, Any] = {}

    brute = told["brute"] = api.get_brute_force_protection()
    told["bruteChanged"] = api.update_brute_force_protection({"max_attempts": 7})
    api.update_brute_force_protection(brute)
    network = told["network"] = api.get_suspicious_ip_throttling()
    stage = {"pre-login": {"max_attempts": 77, "rate": 36_000}}
    told["networkChanged"] = api.update_suspicious_ip_throttling({"stage": stage})
    api.update_suspicious_ip_throttling(network)
    told["breached"] = api.get_breached_password_detection()
    told["same"] = api.update_breached_password_detection(told["breached"])
    told["refused"] = refusal(lambda: api.update_breached_password_detection({"enabled": True}))
    told["wrong"] = refusal(lambda: api.update_brute_force_protection({"max_attempts": 0}))
    json.dump(told, sys.stdout)


main()

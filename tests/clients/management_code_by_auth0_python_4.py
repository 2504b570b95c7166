"""auth0-python 4, a process of its own: what its clients for rules, hooks and actions are given, as JSON."""

import json
import os
import sys
from collections.abc import Callable
from typing import Any

from auth0.authentication import GetToken  # type: ignore[import-untyped, unused-ignore]
from auth0.exceptions import Auth0Error  # type: ignore[import-untyped, unused-ignore]
from auth0.management import Auth0  # type: ignore[import-untyped, unused-ignore]

SCRIPT = "function (user, context, done) { done(); }"


def refusal(call: Callable[[], Any]) -> dict[str, Any]:
    """What the library raises."""
    try:
        call()
    except Auth0Error as error:
        return {"statusCode": error.status_code, "errorCode": error.error_code, "message": error.message}
    return {}


def main() -> None:
    """Lists that are empty, and what comes of making one."""
    domain, client_id = os.environ["DOMAIN"], os.environ["CLIENT_ID"]
    tokens = GetToken(domain, client_id, client_secret=os.environ["CLIENT_SECRET"])
    auth0 = Auth0(domain, tokens.client_credentials(f"https://{domain}/api/v2/")["access_token"])
    hook = {"name": "a", "script": SCRIPT, "triggerId": "credentials-exchange"}
    action = {"name": "a", "supported_triggers": [{"id": "post-login", "version": "v3"}]}
    told = {
        "rules": auth0.rules.all(),
        "configs": auth0.rules_configs.all(),
        "hooks": auth0.hooks.all(),
        "actions": auth0.actions.get_actions()["actions"],
        "triggers": auth0.actions.get_triggers()["triggers"],
        "bindings": auth0.actions.get_trigger_bindings("post-login")["bindings"],
        "rule": refusal(lambda: auth0.rules.create({"name": "a", "script": SCRIPT})),
        "hook": refusal(lambda: auth0.hooks.create(hook)),
        "action": refusal(lambda: auth0.actions.create_action(action)),
        "gone": refusal(lambda: auth0.rules.get("rul_none")),
    }
    json.dump(told, sys.stdout)


main()

"""auth0-python 4, a process of its own: the audit log and the figures of the tenant, as JSON."""

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
    """Logs and figures."""
    domain, user_id = os.environ["DOMAIN"], os.environ["USER_ID"]
    tokens = GetToken(domain, os.environ["CLIENT_ID"], client_secret=os.environ["CLIENT_SECRET"])
    auth0 = Auth0(domain, tokens.client_credentials(f"https://{domain}/api/v2/")["access_token"])
    told: dict[str, Any] = {}

    q = f'type:s AND user_id:"{user_id}"'
    told["found"] = auth0.logs.search(q=q, per_page=5, include_totals=False)
    told["page"] = auth0.logs.search(q=q, per_page=1, sort="date:1")
    told["one"] = auth0.logs.get(told["found"][0]["log_id"])
    told["ofUser"] = auth0.users.get_log_events(user_id, per_page=5, include_totals=False)
    told["wrong"] = refusal(lambda: auth0.logs.search(q="typ:s"))
    told["active"] = auth0.stats.active_users()
    told["daily"] = auth0.stats.daily_stats()
    told["never"] = auth0.stats.daily_stats("20200101", "20200131")
    told["wrongDay"] = refusal(lambda: auth0.stats.daily_stats("yesterday", None))
    json.dump(told, sys.stdout)


main()

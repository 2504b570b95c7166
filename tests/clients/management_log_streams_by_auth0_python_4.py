"""auth0-python 4, a process of its own: log streams created to deleted, and one that stays, as JSON."""

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
    """Every call that the library has for log streams."""
    domain, client_id, hook = os.environ["DOMAIN"], os.environ["CLIENT_ID"], os.environ["HOOK"]
    tokens = GetToken(domain, client_id, client_secret=os.environ["CLIENT_SECRET"])
    streams = Auth0(
        domain, tokens.client_credentials(f"https://{domain}/api/v2/")["access_token"]
    ).log_streams
    told: dict[str, Any] = {}
    sink = {"httpEndpoint": hook, "httpContentFormat": "JSONLINES", "httpAuthorization": "Bearer python-4"}
    told["kept"] = streams.create({"name": "Kept by Python 4", "type": "http", "sink": sink})

    filters = [{"type": "category", "name": "auth.login.fail"}]
    made = streams.create({"name": "Python 4", "type": "http", "sink": sink, "filters": filters})
    id_ = made["id"]
    told["created"] = made
    told["read"] = streams.get(id_)
    told["list"] = streams.list()
    told["updated"] = streams.update(id_, {"status": "paused", "sink": made["sink"]})
    moved = {**made["sink"], "httpEndpoint": "https://elsewhere.example.test/"}
    told["moved"] = refusal(lambda: streams.update(id_, {"sink": moved}))
    other = {"name": "x", "type": "sumo", "sink": {"sumoSourceAddress": hook}}
    told["other"] = refusal(lambda: streams.create(other))
    streams.delete(id_)
    told["deleted"] = 204
    told["gone"] = refusal(lambda: streams.get(id_))
    json.dump(told, sys.stdout)


main()

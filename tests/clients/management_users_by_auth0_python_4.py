"""auth0-python 4, a process of its own: what its management client is given for users, as JSON."""

import io
import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any
from urllib.request import urlopen

from auth0.authentication import GetToken  # type: ignore[import-untyped, unused-ignore]
from auth0.exceptions import Auth0Error  # type: ignore[import-untyped, unused-ignore]
from auth0.management import Auth0  # type: ignore[import-untyped, unused-ignore]

IDENTIFIER = "https://users-python4.example.test/"
PASSWORD = "Correct-Horse-1"
CONNECTION, CONNECTION_ID = os.environ["CONNECTION"], os.environ["CONNECTION_ID"]


def refusal(call: Callable[[], Any]) -> dict[str, Any]:
    """What the library raises."""
    try:
        call()
    except Auth0Error as error:
        return {"status": error.status_code, "code": error.error_code, "message": error.message}
    return {}


def connected() -> Any:
    """The library's client."""
    domain, client_id = os.environ["DOMAIN"], os.environ["CLIENT_ID"]
    tokens = GetToken(domain, client_id, client_secret=os.environ["CLIENT_SECRET"])
    return Auth0(domain, tokens.client_credentials(f"https://{domain}/api/v2/")["access_token"])


def person(name: str) -> dict[str, Any]:
    return {
        "connection": CONNECTION,
        "email": f"{name}@python4.test",
        "password": PASSWORD,
        "verify_email": False,
    }


def people(auth0: Any, told: dict[str, Any]) -> str:
    """Users, and two of them as one; returns the id of the one that stays."""
    made = told["created"] = auth0.users.create(person("first"))
    id_ = str(made["user_id"])
    second = str(auth0.users.create(person("second"))["user_id"])
    told["read"] = auth0.users.get(id_)
    told["updated"] = auth0.users.update(id_, {"user_metadata": {"tea": "green"}})
    told["page"] = auth0.users.list(q="email:*@python4.test", sort="email:1", page=1, per_page=1)
    told["by_email"] = auth0.users_by_email.search_users_by_email("FIRST@python4.test")
    told["taken"] = refusal(lambda: auth0.users.create(person("first")))
    subject = second.partition("|")[2]
    told["linked"] = auth0.users.link_user_account(id_, {"provider": "auth0", "user_id": subject})
    told["unlinked"] = auth0.users.unlink_user_account(id_, "auth0", subject)
    auth0.users.delete(second)
    return id_


def rights(auth0: Any, id_: str, told: dict[str, Any]) -> None:
    """Roles and permissions."""
    scopes = [{"value": "read:things"}, {"value": "write:things"}]
    api = auth0.resource_servers.create({"identifier": IDENTIFIER, "name": "Python 4", "scopes": scopes})
    read, write = (
        {"permission_name": scope["value"], "resource_server_identifier": IDENTIFIER} for scope in scopes
    )
    role = told["role"] = auth0.roles.create({"name": "python 4", "description": "made"})
    told["role_read"] = auth0.roles.get(role["id"])
    told["role_updated"] = auth0.roles.update(role["id"], {"description": "changed"})
    told["role_page"] = auth0.roles.list(name_filter="python 4")
    auth0.roles.add_permissions(role["id"], [read])
    told["role_permissions"] = auth0.roles.list_permissions(role["id"])
    auth0.roles.add_users(role["id"], [id_])
    told["role_users"] = auth0.roles.list_users(role["id"])
    auth0.users.remove_roles(id_, [role["id"]])
    auth0.users.add_roles(id_, [role["id"]])
    told["user_roles"] = auth0.users.list_roles(id_)
    auth0.users.add_permissions(id_, [read, write])
    told["permissions"] = auth0.users.list_permissions(id_)
    auth0.users.remove_permissions(id_, [write])
    told["permissions_left"] = auth0.users.list_permissions(id_)
    auth0.roles.remove_permissions(role["id"], [read])
    auth0.roles.delete(role["id"])
    auth0.resource_servers.delete(api["id"])


def over(auth0: Any, job: dict[str, Any]) -> dict[str, Any]:
    """The job when nothing will happen any more."""
    while True:
        found: dict[str, Any] = auth0.jobs.get(job["id"])
        if found["status"] in ("completed", "failed"):
            return found
        time.sleep(0.05)


def work(auth0: Any, id_: str, told: dict[str, Any]) -> None:
    """Tickets and jobs."""
    told["verification"] = auth0.tickets.create_email_verification({"user_id": id_})
    told["change"] = auth0.tickets.create_pswd_change({"user_id": id_, "ttl_sec": 60})
    records = [
        {"email": "imported@python4.test", "user_id": "imported-by-python-4"},
        {"email": "no address"},
    ]
    job = auth0.jobs.import_users(CONNECTION_ID, io.StringIO(json.dumps(records)), external_id="python 4")
    told["imported"] = over(auth0, job)
    told["errors"] = auth0.jobs.get_failed_job(job["id"])
    asked = {"connection_id": CONNECTION_ID, "format": "json", "fields": [{"name": "email"}]}
    told["exported"] = over(auth0, auth0.jobs.export_users(asked))
    with urlopen(told["exported"]["location"]) as response:
        told["lines"] = [json.loads(line) for line in response]
    told["mailed"] = auth0.jobs.send_verification_email({"user_id": id_})
    auth0.users.delete("auth0|imported-by-python-4")


def main() -> None:
    """Users and all that hangs on them, from creation to deletion."""
    auth0 = connected()
    told: dict[str, Any] = {}
    id_ = people(auth0, told)
    rights(auth0, id_, told)
    work(auth0, id_, told)
    told["methods"] = auth0.users.get_authentication_methods(id_)
    told["enrollments"] = auth0.users.get_guardian_enrollments(id_)
    auth0.users.delete_authenticators(id_)
    auth0.users.delete_multifactor(id_, "google-authenticator")
    auth0.users.invalidate_remembered_browsers(id_)
    told["no_enrolling"] = refusal(
        lambda: auth0.users.create_authentication_method(id_, {"type": "phone", "phone_number": "+15550100"})
    )
    auth0.users.delete(id_)
    told["gone"] = refusal(lambda: auth0.users.get(id_))
    json.dump(told, sys.stdout)


main()

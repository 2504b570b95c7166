"""auth0-python 4, a process of its own: what its client for organizations is given, as JSON."""

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
    """Organizations with everything in them, from creation to deletion."""
    domain, asked = os.environ["DOMAIN"], os.environ
    tokens = GetToken(domain, asked["CLIENT_ID"], client_secret=asked["CLIENT_SECRET"])
    auth0 = Auth0(domain, tokens.client_credentials(f"https://{domain}/api/v2/")["access_token"])
    organizations, told = auth0.organizations, {}
    connection, user, role = asked["CONNECTION_ID"], asked["USER_ID"], asked["ROLE_ID"]

    made = told["created"] = organizations.create_organization({"name": "python-4"})
    id_ = made["id"]
    told["read"] = organizations.get_organization(id_)
    told["byName"] = organizations.get_organization_by_name("python-4")
    told["updated"] = organizations.update_organization(id_, {"metadata": {"plan": "gold"}})
    told["page"] = organizations.all_organizations(page=0, per_page=1)
    told["taken"] = refusal(lambda: organizations.create_organization({"name": "python-4"}))
    told["wrong"] = refusal(lambda: organizations.create_organization({"name": "Python 4"}))

    told["enabled"] = organizations.create_organization_connection(id_, {"connection_id": connection})
    changes = {"assign_membership_on_login": True}
    told["enabledUpdated"] = organizations.update_organization_connection(id_, connection, changes)
    told["enabledRead"] = organizations.get_organization_connection(id_, connection)
    told["enabledList"] = organizations.all_organization_connections(id_)

    organizations.create_organization_members(id_, {"members": [user]})
    told["members"] = organizations.all_organization_members(id_, include_totals=False)
    organizations.create_organization_member_roles(id_, user, {"roles": [role]})
    told["roles"] = organizations.all_organization_member_roles(id_, user)
    told["ofUser"] = auth0.users.list_organizations(user)["organizations"]
    organizations.delete_organization_member_roles(id_, user, {"roles": [role]})
    organizations.delete_organization_members(id_, {"members": [user]})
    told["membersLeft"] = organizations.all_organization_members(id_, include_totals=False)

    invited = {
        "inviter": {"name": "Grace"},
        "invitee": {"email": "new@example.test"},
        "client_id": asked["APP_ID"],
    }
    invitation = told["invitation"] = organizations.create_organization_invitation(id_, invited)
    told["invitationRead"] = organizations.get_organization_invitation(id_, invitation["id"])
    told["invitationList"] = organizations.all_organization_invitations(id_)
    organizations.delete_organization_invitation(id_, invitation["id"])

    told["grant"] = organizations.add_client_grant(id_, asked["GRANT_ID"])
    told["grantList"] = organizations.get_client_grants(id_)
    organizations.delete_client_grant(id_, asked["GRANT_ID"])

    organizations.delete_organization_connection(id_, connection)
    organizations.delete_organization(id_)
    told["gone"] = refusal(lambda: organizations.get_organization(id_))
    json.dump(told, sys.stdout)


main()

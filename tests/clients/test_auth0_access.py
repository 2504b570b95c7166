"""What a person has and allowed, shown and taken away by the management clients of Node and Python."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from auth0.management import ManagementClient
from auth0.management.core.api_error import ApiError
from tests.clients.driving import driven_by_node, driven_by_python_4
from tests.clients.tenant import BLOCKED, FAR_CALLBACK
from tests.clients.visitor import Visitor
from tests.support.gatewright_dev import GatewrightDev
from tests.support.world import claims_of

from gatewright.protection import PASSWORD as PASSWORD_LIMIT

pytestmark = [
    pytest.mark.library("auth0 4 (Node)", "ManagementClient.sessions", ".refreshTokens"),
    pytest.mark.library("auth0 4 (Node)", ".grants", ".deviceCredentials"),
    pytest.mark.library("auth0 4 (Node)", ".userBlocks", ".anomaly", ".blacklists"),
    pytest.mark.library("auth0 7 (Node)", "ManagementClient.sessions", ".refreshTokens"),
    pytest.mark.library("auth0 7 (Node)", ".userBlocks", ".anomaly.blocks"),
    pytest.mark.library("auth0 7 (Node)", ".users.revokeAccess", ".userGrants", ".deviceCredentials"),
    pytest.mark.library(
        "auth0-python 4", "Auth0.grants", ".device_credentials", ".user_blocks", ".blacklists"
    ),
    pytest.mark.library("auth0-python 6", "ManagementClient.sessions", ".refresh_tokens"),
    pytest.mark.library("auth0-python 6", ".user_blocks", ".anomaly.blocks"),
    pytest.mark.library("auth0-python 6", ".users.revoke_access", ".user_grants", ".device_credentials"),
]

BLOCKED_ID = "auth0|5f0000000000000000000002"
USER_ID = "auth0|5f0000000000000000000001"


def person(server: GatewrightDev) -> dict[str, str]:
    """Ids of a session and of a refresh token that Ada got in a browser of her own."""
    visitor = Visitor(server)
    with visitor.client:
        tokens = visitor.tokens(scope="openid offline_access")
    return {
        "sid": claims_of(tokens["id_token"])["sid"],
        "grant_id": tokens["refresh_token"].partition(".")[0],
    }


def allow(server: GatewrightDev) -> None:
    """Ada allows an application of somebody else to know who she is."""
    asked = {"client_id": "bare_third", "redirect_uri": FAR_CALLBACK, "response_type": "code"}
    visitor = Visitor(server)
    with visitor.client:
        query = urlencode({**asked, "scope": "openid email"})
        page = visitor.sign_in(f"{server.issuer}authorize?{query}")
        if "code" not in visitor.answer():
            visitor.submit(page, action="accept")
        assert visitor.answer()["code"]


def shut_out(server: GatewrightDev) -> None:
    """Somebody else has tried too many wrong passwords."""
    asked = {"client_id": "bare", "redirect_uri": FAR_CALLBACK, "response_type": "code"}
    visitor = Visitor(server)
    with visitor.client:
        page = visitor.visit(f"{server.issuer}authorize?{urlencode(asked)}")
        for _ in range(PASSWORD_LIMIT.attempts + 1):
            page = visitor.submit(page, username=BLOCKED, password="wrong")


def people(server: GatewrightDev) -> dict[str, str]:
    """Four of them, a consent, and somebody who is shut out, for a script."""
    allow(server)
    shut_out(server)
    ids = {"USER_ID": USER_ID, "BLOCKED_ID": BLOCKED_ID, "BLOCKED_EMAIL": BLOCKED}
    return {**ids, "PEOPLE": json.dumps([person(server) for _ in range(4)])}


@pytest.fixture(scope="module")
def node_4(server: GatewrightDev) -> dict[str, Any]:
    """What auth0 4 was given."""
    return driven_by_node(server, "management_access_4.cjs", **people(server))


@pytest.fixture(scope="module")
def node_7(server: GatewrightDev) -> dict[str, Any]:
    """What auth0 7 was given."""
    return driven_by_node(server, "management_access_7.cjs", **people(server))


@pytest.fixture(params=["node_4", "node_7"])
def told(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What either was given."""
    found: dict[str, Any] = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="module")
def python_4(server: GatewrightDev) -> dict[str, Any]:
    """What auth0-python 4 was given."""
    return driven_by_python_4(server, "management_access_by_auth0_python_4.py", **people(server))


@pytest.fixture(params=["node_4", "node_7", "python_4"])
def each(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What each was given: that of Python knows consents and devices, but no sessions."""
    found: dict[str, Any] = request.getfixturevalue(request.param)
    return found


def refusal_of(error: dict[str, Any]) -> tuple[int, str]:
    """Status and code of what a script was refused with."""
    return error["statusCode"], error["errorCode"]


def status_of(call: Callable[[], object]) -> int | None:
    """The status with which the newest library is refused."""
    with pytest.raises(ApiError) as refused:
        call()
    return refused.value.status_code


def test_session(told: dict[str, Any]) -> None:
    """A session is read, listed once among the user's, and gone when deleted."""
    assert told["session"]["user_id"] == USER_ID
    assert told["session"]["clients"] == [{"client_id": "bare"}]
    ids = [each["id"] for each in told["sessionList"]]
    assert told["session"]["id"] in ids
    assert len(ids) == len(set(ids)) >= 3
    assert refusal_of(told["sessionGone"]) == (
        404,
        "inexistent_session",
    )
    assert told["sessionsLeft"] == []


def test_refresh_token(told: dict[str, Any]) -> None:
    """A refresh token is read, listed once among the user's, and gone when deleted."""
    assert (told["token"]["user_id"], told["token"]["client_id"]) == (USER_ID, "bare")
    assert told["token"]["rotating"] is True
    ids = [each["id"] for each in told["tokenList"]]
    assert told["token"]["id"] in ids
    assert len(ids) == len(set(ids)) >= 3
    assert refusal_of(told["tokenGone"]) == (404, "inexistent_refresh_token")
    assert told["tokensLeft"] == []


def test_what_version_7_knows_besides(node_7: dict[str, Any]) -> None:
    """Version 7 keeps metadata, lists by client, and revokes sessions and tokens in bulk."""
    assert node_7["sessionNoted"]["session_metadata"] == {"plan": "gold"}
    assert refusal_of(node_7["sessionWrong"]) == (
        400,
        "invalid_body",
    )
    assert node_7["tokenNoted"]["refresh_token_metadata"] == {"device": "phone"}
    assert node_7["token"]["id"] in [each["id"] for each in node_7["tokenListOfClient"]]
    assert node_7["revokedGone"]["statusCode"] == 404
    assert node_7["choiceWrong"]["statusCode"] == 400


def test_grants(each: dict[str, Any]) -> None:
    """A consent is listed, by pages with totals too, and gone when deleted."""
    (grant,) = each["grantList"]
    assert (grant["clientID"], grant["user_id"], grant["scope"]) == (
        "bare_third",
        USER_ID,
        ["email", "openid"],
    )
    assert (each["grantPage"]["total"], each["grantPage"]["grants"]) == (1, [grant])
    assert refusal_of(each["grantGone"]) == (404, "inexistent_grant")
    assert each["grantsLeft"] == []


def test_devices(each: dict[str, Any]) -> None:
    """Devices are listed, by pages with totals too, and gone when deleted."""
    ids = [device["id"] for device in each["deviceList"]]
    assert each["devicePage"]["total"] == len(ids) == len(set(ids)) >= 3
    assert each["devicePage"]["device_credentials"][0] == each["deviceList"][0]
    assert {device["type"] for device in each["deviceList"]} == {"rotating_refresh_token"}
    assert refusal_of(each["deviceGone"]) == (404, "inexistent_device_credential")


def test_blocks(each: dict[str, Any]) -> None:
    """Who is shut out is told by identifier and by user, and let in again."""
    (block,) = each["blocks"]["blocked_for"]
    assert (block["identifier"], block["ip"]) == (BLOCKED, "127.0.0.1")
    assert each["blocksOfUser"] == each["blocks"]
    assert each["blocksLeft"] == {"blocked_for": []}


def test_blocked_address(told: dict[str, Any]) -> None:
    """Of an address that is not shut out the check is refused with 404; letting it in is no mistake."""
    assert refusal_of(told["address"]) == (404, "inexistent_block")


def test_session_by_the_newest_python(newest: ManagementClient, server: GatewrightDev) -> None:
    """The newest Python library reads, lists, notes, revokes and deletes sessions."""
    first, second = person(server), person(server)
    assert newest.sessions.get(first["sid"]).user_id == USER_ID
    assert {first["sid"], second["sid"]} <= {each.id for each in newest.users.sessions.list(USER_ID, take=1)}
    noted = newest.sessions.update(first["sid"], session_metadata={"plan": "gold"})
    assert noted.session_metadata == {"plan": "gold"}
    newest.sessions.delete(first["sid"])
    assert status_of(lambda: newest.sessions.get(first["sid"])) == 404
    newest.sessions.revoke(second["sid"])
    assert status_of(lambda: newest.refresh_tokens.get(second["grant_id"])) == 404
    newest.users.sessions.delete(USER_ID)
    assert list(newest.users.sessions.list(USER_ID)) == []


def test_refresh_token_by_the_newest_python(newest: ManagementClient, server: GatewrightDev) -> None:
    """The newest Python library reads, lists, notes, revokes and deletes refresh tokens."""
    ids = [person(server)["grant_id"] for _ in range(3)]
    assert newest.refresh_tokens.get(ids[0]).client_id == "bare"
    assert set(ids) <= {each.id for each in newest.refresh_tokens.list(user_id=USER_ID, take=1)}
    noted = newest.refresh_tokens.update(ids[0], refresh_token_metadata={"device": "phone"})
    assert noted.refresh_token_metadata == {"device": "phone"}
    newest.refresh_tokens.delete(ids[0])
    newest.refresh_tokens.revoke(ids=[ids[1]])
    assert [status_of(lambda id_=id_: newest.refresh_tokens.get(id_)) for id_ in ids[:2]] == [404, 404]  # type: ignore[misc]
    newest.users.refresh_token.delete(USER_ID)
    assert list(newest.users.refresh_token.list(USER_ID)) == []
    newest.users.revoke_access(USER_ID)


def test_grants_by_the_newest_python(newest: ManagementClient, server: GatewrightDev) -> None:
    """The newest Python library lists and deletes consents."""
    allow(server)
    (grant,) = newest.user_grants.list(user_id=USER_ID, per_page=1)
    assert (grant.client_id, grant.scope) == ("bare_third", ["email", "openid"])
    assert grant.id
    newest.user_grants.delete(grant.id)
    assert status_of(lambda: newest.user_grants.delete(str(grant.id))) == 404
    allow(server)
    newest.user_grants.delete_by_user_id(user_id=USER_ID)
    assert list(newest.user_grants.list(user_id=USER_ID)) == []


def test_devices_by_the_newest_python(newest: ManagementClient, server: GatewrightDev) -> None:
    """The newest Python library lists and deletes devices."""
    device = person(server)["grant_id"]
    listed = [each.id for each in newest.device_credentials.list(user_id=USER_ID, per_page=1)]
    assert device in listed
    newest.device_credentials.delete(device)
    assert status_of(lambda: newest.device_credentials.delete(device)) == 404


def test_blocks_by_the_newest_python(newest: ManagementClient, server: GatewrightDev) -> None:
    """The newest Python library tells who is shut out, and lets them in."""
    shut_out(server)
    assert len(newest.user_blocks.list_by_identifier(identifier=BLOCKED).blocked_for or ()) == 1
    newest.user_blocks.delete(BLOCKED_ID)
    newest.user_blocks.delete_by_identifier(identifier=BLOCKED)
    assert newest.user_blocks.list(BLOCKED_ID).blocked_for == []
    assert status_of(lambda: newest.anomaly.blocks.check_ip("198.51.100.1")) == 404
    newest.anomaly.blocks.unblock_ip("198.51.100.1")


@pytest.mark.parametrize(("library", "aud"), [("node_4", "node-4"), ("python_4", "python-4")])
def test_denied_token_is_listed(request: pytest.FixtureRequest, library: str, aud: str) -> None:
    """The libraries that know the list of denied tokens put one on it and read it there."""
    assert request.getfixturevalue(library)["denied"] == [{"jti": "stolen", "aud": aud}]

"""What a person has (sessions, refresh tokens), shown and taken away by the management clients."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from auth0.management import ManagementClient
from auth0.management.core.api_error import ApiError
from tests.clients.driving import driven_by_node
from tests.clients.visitor import Visitor
from tests.support.gatewright_dev import GatewrightDev
from tests.support.world import claims_of

pytestmark = [
    pytest.mark.library("auth0 4 (Node)", "ManagementClient.sessions", ".refreshTokens"),
    pytest.mark.library(
        "auth0 7 (Node)", "ManagementClient.sessions", ".refreshTokens", ".users.revokeAccess"
    ),
    pytest.mark.library(
        "auth0-python 6", "ManagementClient.sessions", ".refresh_tokens", ".users.revoke_access"
    ),
]

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


def people(server: GatewrightDev) -> dict[str, str]:
    """Three of them, for a script."""
    return {"USER_ID": USER_ID, "PEOPLE": json.dumps([person(server) for _ in range(3)])}


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

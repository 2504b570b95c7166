"""Rules, hooks, actions and token exchange profiles: true and empty lists, and refusals that say why."""

from typing import Any

import pytest
from tests.support.management import Caller, refused
from tests.support.world import World

pytestmark = [pytest.mark.anyio, pytest.mark.wire("/api/v2/*")]

CODE = "module.exports = () => { /* marker-5521 */ }"
RULE = {"name": "Greet", "script": CODE}
HOOK = {**RULE, "triggerId": "credentials-exchange"}
ACTION = {
    "name": "Greet",
    "supported_triggers": [{"id": "post-login", "version": "v3"}],
    "code": CODE,
    "secrets": [{"name": "KEY", "value": "marker-5521"}],
}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/rules", []),
        ("/rules?include_totals=true", {"start": 0, "limit": 50, "total": 0, "rules": []}),
        ("/rules?enabled=true&fields=name&page=1&per_page=10", []),
        ("/rules-configs", []),
        ("/hooks", []),
        ("/hooks?include_totals=true&triggerId=a", {"start": 0, "limit": 50, "total": 0, "hooks": []}),
        ("/actions/actions", {"total": 0, "page": 0, "per_page": 50, "actions": []}),
        (
            "/actions/actions?page=2&per_page=10&deployed=false&triggerId=post-login",
            {"total": 0, "page": 2, "per_page": 10, "actions": []},
        ),
        ("/actions/modules", {"total": 0, "page": 0, "per_page": 50, "modules": []}),
        ("/actions/triggers", {"triggers": []}),
        (
            "/actions/triggers/post-login/bindings",
            {"total": 0, "page": 0, "per_page": 50, "bindings": []},
        ),
        ("/token-exchange-profiles", {"token_exchange_profiles": []}),
        ("/token-exchange-profiles?take=10", {"token_exchange_profiles": []}),
    ],
)
async def test_lists_are_empty(robot: Caller, path: str, body: Any) -> None:
    """Each list is empty in the shape that libraries expect."""
    assert await robot.read(path) == body


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/rules", RULE),
        ("POST", "/hooks", HOOK),
        ("POST", "/actions/actions", ACTION),
        ("PUT", "/rules-configs/KEY", {"value": "marker-5521"}),
        (
            "PATCH",
            "/actions/triggers/post-login/bindings",
            {"bindings": [{"ref": {"type": "action_id", "value": "a"}}]},
        ),
    ],
    ids=["rule", "hook", "action", "secret", "binding"],
)
async def test_code_is_not_taken(
    world: World, robot: Caller, method: str, path: str, body: dict[str, Any]
) -> None:
    """Whoever brings code is told that it does not run here, and nothing of it is kept."""
    response = await robot.call(method, path, json=body)
    assert refused(response) == (403, "operation_not_supported")
    assert "does not run the tenant's own code" in response.json()["message"]
    assert not [line for line in world.dump() if "marker-5521" in line]


@pytest.mark.parametrize(
    ("path", "body", "told"),
    [
        ("/rules", {"name": "a"}, "script: missing"),
        ("/rules", {**RULE, "color": 1}, "color: no such field"),
        ("/hooks", RULE, "triggerId: missing"),
        ("/actions/actions", {"name": "a"}, "supported_triggers: missing"),
    ],
)
async def test_wrong_body_is_a_wrong_body(robot: Caller, path: str, body: dict[str, Any], told: str) -> None:
    """What would be wrong where code runs is wrong here."""
    response = await robot.post(path, body)
    assert refused(response) == (400, "invalid_body")
    assert told in response.json()["message"]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/rules/rul_1", "rule"),
        ("/hooks/00001", "hook"),
        ("/hooks/00001/secrets", "hook"),
        ("/actions/actions/1", "action"),
        ("/actions/actions/1/versions", "action"),
        ("/actions/actions/1/versions/2", "action"),
        ("/actions/executions/1", "execution"),
        ("/actions/triggers/post-lunch/bindings", "trigger"),
        ("/token-exchange-profiles/tep_1", "token_exchange_profile"),
    ],
)
async def test_nothing_has_an_id(robot: Caller, path: str, kind: str) -> None:
    """No id leads anywhere, and the refusal names the kind."""
    assert refused(await robot.get(path)) == (404, f"inexistent_{kind}")


async def test_binding_nothing_is_what_is(robot: Caller) -> None:
    """A tool that binds no action to a moment is answered as it is."""
    response = await robot.patch("/actions/triggers/post-login/bindings", {"bindings": []})
    assert (response.status_code, response.json()) == (200, {"bindings": []})


async def test_profile_names_an_action_that_is_not_there(robot: Caller) -> None:
    """A token exchange profile is refused for its action, which cannot exist."""
    body = {
        "name": "Exchange",
        "subject_token_type": "urn:example:token",
        "type": "custom_authentication",
        "action_id": "act-1",
    }
    response = await robot.post("/token-exchange-profiles", body)
    assert refused(response) == (400, "invalid_body")
    assert response.json()["message"].startswith("action_id: no action 'act-1'")

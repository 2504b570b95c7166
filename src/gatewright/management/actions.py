"""``/actions``: the tenant's own code at moments of a login, which does not run here."""

from typing import Any

import msgspec

from gatewright.management.bodies import Body, entry_of
from gatewright.management.errors import Inexistent, NotSupported
from gatewright.management.nothing import counted, inexistent, none_counted, not_made, one_of
from gatewright.management.query import PAGES, Parameter
from gatewright.management.resource import Answer, Call, Operation
from gatewright.management.tenant_code import INSTEAD, LACKS, TRIGGER, WHY

TRIGGERS = frozenset(
    {
        "credentials-exchange",
        "custom-email-provider",
        "custom-phone-provider",
        "custom-token-exchange",
        "event-stream",
        "login-post-identifier",
        "password-hash-migration",
        "password-reset-post-challenge",
        "post-change-password",
        "post-credential-validation",
        "post-login",
        "post-user-registration",
        "pre-user-registration",
        "send-phone-message",
        "signup-post-identifier",
    }
)
"""Moments at which actions run elsewhere."""


class Action(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An action as it is sent."""

    name: str
    supported_triggers: tuple[dict[str, Any], ...]
    code: str = ""
    dependencies: tuple[dict[str, Any], ...] = ()
    runtime: str = ""
    secrets: tuple[dict[str, Any], ...] = ()
    modules: tuple[dict[str, Any], ...] = ()
    deploy: bool = False


class Bindings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which actions run at a moment, in their order, as it is sent."""

    bindings: tuple[dict[str, Any], ...]


class ActionResource:
    """See ``resource.Resource``."""

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its endpoints."""
        versions = "/actions/actions/{actionId}/versions"
        return (
            Operation(
                method="GET",
                path="/actions/actions",
                scopes=("read:actions",),
                summary="List actions, of which there are none.",
                run=none_counted("actions"),
                query=(
                    *PAGES[:2],
                    TRIGGER,
                    Parameter("actionName", "The name."),
                    Parameter("deployed", "Whether those that are deployed are wanted.", "flag"),
                    Parameter("installed", "Whether those that others made are wanted.", "flag"),
                ),
                lacks=LACKS,
            ),
            Operation(
                method="POST",
                path="/actions/actions",
                scopes=("create:actions",),
                summary="Create an action, which is refused.",
                run=not_made(Action, f"{WHY}: there are no actions; {INSTEAD}."),
                status=201,
                body=Body(Action),
                lacks=LACKS,
            ),
            *one_of("/actions/actions/{id}", "actions", "action", Action, LACKS),
            _absent("POST", "/actions/actions/{id}/deploy", "create:actions", "Deploy an action"),
            _absent("GET", versions, "read:actions", "List versions of an action", name="actionId"),
            _absent("GET", f"{versions}/{{id}}", "read:actions", "Read a version of an action"),
            Operation(
                method="GET",
                path="/actions/executions/{id}",
                scopes=("read:actions",),
                summary="Read what an action did, of which nothing did anything.",
                run=inexistent("execution"),
                lacks=LACKS,
            ),
            Operation(
                method="GET",
                path="/actions/modules",
                scopes=("read:actions",),
                summary="List modules of actions, of which there are none.",
                run=none_counted("modules"),
                query=PAGES[:2],
                lacks=LACKS,
            ),
            *self._of_triggers,
        )

    @property
    def _of_triggers(self) -> tuple[Operation, ...]:
        path = "/actions/triggers/{triggerId}/bindings"
        return (
            Operation(
                method="GET",
                path="/actions/triggers",
                scopes=("read:actions",),
                summary="List moments at which actions can run, of which there are none.",
                run=_no_triggers,
                lacks=LACKS,
            ),
            Operation(
                method="GET",
                path=path,
                scopes=("read:actions",),
                summary="List actions that run at a moment, of which there are none.",
                run=_bindings,
                query=PAGES[:2],
                lacks=LACKS,
            ),
            Operation(
                method="PATCH",
                path=path,
                scopes=("update:actions",),
                summary="Say that no action runs at a moment; any other wish is refused.",
                run=_bind,
                body=Body(Bindings),
                lacks=LACKS,
            ),
        )


def _absent(method: Any, path: str, scope: str, summary: str, *, name: str = "id") -> Operation:
    return Operation(
        method=method,
        path=path,
        scopes=(scope,),
        summary=f"{summary}, of which there is none.",
        run=inexistent("action", name),
        query=PAGES[:2] if path.endswith("versions") else (),
        lacks=LACKS,
    )


async def _no_triggers(call: Call) -> Answer:
    return Answer({"triggers": []})


async def _bindings(call: Call) -> Answer:
    _check_trigger(call)
    return Answer(counted(call, "bindings"))


async def _bind(call: Call) -> Answer:
    sent = await call.body()
    _check_trigger(call)
    if entry_of(Bindings, sent).value.bindings:
        raise NotSupported(f"{WHY}: there are no actions that could be bound.")
    return Answer({"bindings": []})


def _check_trigger(call: Call) -> None:
    if call.id("triggerId") not in TRIGGERS:
        raise Inexistent("trigger")

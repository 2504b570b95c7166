"""``/rules``, ``/rules-configs``, ``/hooks``: the tenant's own code, which does not run here."""

import msgspec

from gatewright.management.bodies import Body
from gatewright.management.nothing import (
    inexistent,
    none_listed,
    not_made,
    one_of,
)
from gatewright.management.query import FIELDS, PAGES, Parameter
from gatewright.management.resource import Operation

WHY = "This platform does not run the tenant's own code"
INSTEAD = "claims are added to tokens by token_claims of the tenant file"
LACKS = "the tenant's own code does not run here, so there is nothing to list and nothing is made"

_ENABLED = Parameter("enabled", "Whether those that are enabled are wanted.", "flag")
_STAGE = Parameter("stage", "When they run.")
TRIGGER = Parameter("triggerId", "The moment they are for.")


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule as it is sent."""

    name: str
    script: str
    order: int | None = None
    enabled: bool = True
    stage: str = "login_success"


class RulesConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A secret of rules as it is sent."""

    value: str


class Hook(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A hook as it is sent."""

    name: str
    script: str
    trigger_id: str = msgspec.field(name="triggerId")
    enabled: bool = False
    dependencies: dict[str, str] = msgspec.field(default_factory=dict)


class RuleResource:
    """Rules and their secrets. See ``resource.Resource``."""

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its endpoints."""
        return (
            Operation(
                method="GET",
                path="/rules",
                scopes=("read:rules",),
                summary="List rules, of which there are none.",
                run=none_listed("rules"),
                query=(*PAGES, *FIELDS, _ENABLED, _STAGE),
                lacks=LACKS,
            ),
            Operation(
                method="POST",
                path="/rules",
                scopes=("create:rules",),
                summary="Create a rule, which is refused.",
                run=not_made(Rule, f"{WHY}: there are no rules; {INSTEAD}."),
                status=201,
                body=Body(Rule),
                lacks=LACKS,
            ),
            *one_of("/rules/{id}", "rules", "rule", Rule, LACKS),
            *self._of_configs,
        )

    @property
    def _of_configs(self) -> tuple[Operation, ...]:
        path = "/rules-configs/{key}"
        return (
            Operation(
                method="GET",
                path="/rules-configs",
                scopes=("read:rules_configs",),
                summary="List names of secrets of rules, of which there are none.",
                run=none_listed("rules_configs"),
                lacks=LACKS,
            ),
            Operation(
                method="PUT",
                path=path,
                scopes=("update:rules_configs",),
                summary="Set a secret of rules, which is refused.",
                run=not_made(RulesConfig, f"{WHY}: nothing would read the secret, so it is not kept."),
                body=Body(RulesConfig),
                lacks=LACKS,
            ),
            Operation(
                method="DELETE",
                path=path,
                scopes=("delete:rules_configs",),
                summary="Remove a secret of rules, of which there are none.",
                run=inexistent("rules_config", "key"),
                status=204,
                lacks=LACKS,
            ),
        )


class HookResource:
    """See ``resource.Resource``."""

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its endpoints."""
        return (
            Operation(
                method="GET",
                path="/hooks",
                scopes=("read:hooks",),
                summary="List hooks, of which there are none.",
                run=none_listed("hooks"),
                query=(*PAGES, *FIELDS, _ENABLED, TRIGGER),
                lacks=LACKS,
            ),
            Operation(
                method="POST",
                path="/hooks",
                scopes=("create:hooks",),
                summary="Create a hook, which is refused.",
                run=not_made(Hook, f"{WHY}: there are no hooks."),
                status=201,
                body=Body(Hook),
                lacks=LACKS,
            ),
            *one_of("/hooks/{id}", "hooks", "hook", Hook, LACKS),
            Operation(
                method="GET",
                path="/hooks/{id}/secrets",
                scopes=("read:hooks",),
                summary="List names of secrets of a hook, of which there is none.",
                run=inexistent("hook"),
                lacks=LACKS,
            ),
        )

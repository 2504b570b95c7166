"""``/token-exchange-profiles``: which action exchanges which tokens. There are no actions, so none."""

from typing import Literal

import msgspec

from gatewright.management.bodies import Body, check, entry_of
from gatewright.management.nothing import none_listed, one_of
from gatewright.management.query import CHECKPOINTS
from gatewright.management.resource import Answer, Call, Operation
from gatewright.provisioning import Problem, shown

_LACKS = "an exchange is the work of an action, and actions do not run here: there is nothing to list"


class TokenExchangeProfile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A profile as it is sent."""

    name: str
    subject_token_type: str
    action_id: str
    type: Literal["custom_authentication"]


class TokenExchangeProfileResource:
    """See ``resource.Resource``."""

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its endpoints."""
        path, scope = "/token-exchange-profiles", "token_exchange_profiles"
        return (
            Operation(
                method="GET",
                path=path,
                scopes=(f"read:{scope}",),
                summary="List token exchange profiles, of which there are none.",
                run=_list,
                query=CHECKPOINTS,
                lacks=_LACKS,
            ),
            Operation(
                method="POST",
                path=path,
                scopes=(f"create:{scope}",),
                summary="Create a token exchange profile, refused, for there are no actions.",
                run=_create,
                status=201,
                body=Body(TokenExchangeProfile),
                lacks=_LACKS,
            ),
            *one_of(f"{path}/{{id}}", scope, "token_exchange_profile", TokenExchangeProfile, _LACKS),
        )


async def _list(call: Call) -> Answer:
    if call.query.has("from") or call.query.has("take"):
        return await none_listed("token_exchange_profiles")(call)
    return Answer({"token_exchange_profiles": []})


async def _create(call: Call) -> Answer:
    sent = entry_of(TokenExchangeProfile, await call.body()).value
    check([Problem("action_id", f"no action {shown(sent.action_id)}: actions do not run on this platform")])
    return Answer()

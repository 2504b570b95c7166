"""The contract every grant fills in. Shared phases stay with the token endpoint."""

from typing import Protocol

from gatewright.clients import Client
from gatewright.kernel.events import Event
from gatewright.oauth.authorization import Authorization
from gatewright.oauth.errors import InvalidRequest
from gatewright.web.context import Context
from gatewright.web.parameters import Parameters


class Grant(Protocol):
    """A way to get tokens (RFC 6749 §1.3)."""

    grant_type: str
    """The value of ``grant_type``; the client must list it."""

    failed: type[Event]
    """The event that tells of a refusal."""

    async def authorize(self, context: Context, client: Client, request: Parameters) -> Authorization:
        """Decides. Raises ``OAuthError`` to refuse; changes nothing itself but what a refusal demands."""
        ...

    async def lost_race(
        self, context: Context, client: Client, request: Parameters, lost: Authorization
    ) -> Authorization:
        """Decides again after ``lost`` came to nothing: somebody else changed what it counted on."""
        ...


def required(request: Parameters, name: str) -> str:
    """A parameter that the grant cannot do without. Raises ``InvalidRequest``."""
    value: str | None = request.get(name)
    if value is None:
        raise InvalidRequest(f"Missing required parameter: {name}")
    return value

"""What every endpoint may know of a request besides the request itself."""

from dataclasses import dataclass

from starlette.requests import HTTPConnection

from gatewright.kernel.events import Origin
from gatewright.tenants import Tenant

KEY = "gatewright.context"


@dataclass(frozen=True, slots=True)
class Context:
    """The tenant asked, where the request came from, and its id in logs."""

    tenant: Tenant
    origin: Origin
    request_id: str


def context_of(request: HTTPConnection) -> Context:
    """The context that ``Tenancy`` put on the request."""
    context: Context = request.scope[KEY]
    return context

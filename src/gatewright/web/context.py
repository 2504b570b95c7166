"""What every endpoint may know of a request besides the request itself."""

from functools import cached_property

from starlette.requests import HTTPConnection

from gatewright.kernel.events import Origin
from gatewright.kernel.ids import request_id
from gatewright.tenants import Looks, Tenant

KEY = "gatewright.context"


class Context:
    """The tenant asked, how its pages look, and where the request came from."""

    def __init__(self, *, tenant: Tenant, origin: Origin, looks: Looks) -> None:
        self.tenant = tenant
        self.looks = looks
        self.origin = origin

    @cached_property
    def request_id(self) -> str:
        """By which logs and error pages speak of the request; made when first asked for."""
        return request_id()


def context_of(request: HTTPConnection) -> Context:
    """The context that ``Tenancy`` put on the request."""
    context: Context = request.scope[KEY]
    return context

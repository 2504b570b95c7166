"""FastAPI dependencies: an endpoint names the scopes it needs and receives its caller.

from gatewright_guard.fastapi import Guard

guard = Guard(issuer="https://login.example.com/", audience="https://api.example.com/")

@app.get("/timesheets")
async def timesheets(caller: Annotated[Verified, guard.requires("read:timesheets")]) -> ...: ...
"""

from typing import Annotated, Any

from fastapi import Depends, HTTPException, Request, Security
from fastapi.openapi.models import HTTPBearer
from fastapi.responses import JSONResponse
from fastapi.security.base import SecurityBase

from gatewright_guard import _guard
from gatewright_guard._scopes import Requirement, all_of
from gatewright_guard._verify import Verified
from gatewright_guard.asgi import authorization
from gatewright_guard.errors import GuardError


class Refused(HTTPException):
    """A ``GuardError`` as FastAPI answers it: status, headers, and the error's body as ``detail``."""

    def __init__(self, error: GuardError) -> None:
        super().__init__(error.status, detail=error.body, headers=dict(error.headers))
        self.error = error


def answer(_: Request, refused: Refused) -> JSONResponse:
    """For ``app.add_exception_handler(Refused, answer)``: the body without FastAPI's ``detail`` around it."""
    return JSONResponse(refused.error.body, refused.status_code, headers=dict(refused.error.headers))


class Guard(_guard.Guard):
    """``gatewright_guard.Guard`` with ``requires``; takes the same arguments."""

    def requires(self, *scopes: str | Requirement) -> Any:
        """A dependency: the endpoint runs only for a caller with all of ``scopes``, and receives it.

        For ``Annotated[Verified, guard.requires("read:timesheets")]``, or ``dependencies=[...]``.
        A scope may also be ``any_of("read:timesheets", "admin")``. Without scopes, a good token suffices.
        """
        requirements = tuple(one if isinstance(one, Requirement) else all_of(one) for one in scopes)
        authenticated = _AccessToken(self)

        def permitted(caller: Annotated[Verified, Depends(authenticated)]) -> Verified:
            try:
                for requirement in requirements:
                    requirement.check(caller)
            except GuardError as error:
                raise Refused(error) from error
            return caller

        return Security(permitted, scopes=[name for one in requirements for name in one.names])


class _AccessToken(SecurityBase):
    """The security scheme of the API's description, which is also what authenticates."""

    def __init__(self, guard: _guard.Guard) -> None:
        expected = guard.expected
        self.scheme_name = "AccessToken"
        self.model = HTTPBearer(
            bearerFormat="JWT",
            description=f"An access token of {expected.issuer} for {' or '.join(expected.audience)}",
        )
        self._guard = guard

    async def __call__(self, request: Request) -> Verified:
        try:
            return await self._guard.verify(authorization(request.scope))
        except GuardError as error:
            raise Refused(error) from error

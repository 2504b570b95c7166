"""What the wire knows of second factors at a user, told truly: nobody has one, so there is none to remove."""

import msgspec

from gatewright.management.errors import InvalidPath, NotSupported
from gatewright.management.people import user_of
from gatewright.management.resource import Answer, Call, Operation
from gatewright.users import UserStore

_LACKS = "second factors: nobody has one"
_PROVIDERS = ("duo", "google-authenticator")


class Enrollment(msgspec.Struct, frozen=True, kw_only=True):
    """A second factor of a user."""

    id: str


class SecondFactorResource:
    """See ``resource.Resource``."""

    def __init__(self, users: UserStore) -> None:
        self._users = users

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its endpoints."""
        one = "/users/{id}"
        return (
            Operation(
                method="GET",
                path=f"{one}/enrollments",
                scopes=("read:users",),
                summary="List a user's second factors.",
                run=self._list,
                shows=Enrollment,
                bare_list=True,
                lacks=_LACKS,
            ),
            Operation(
                method="DELETE",
                path=f"{one}/authenticators",
                scopes=("delete:authentication_methods",),
                summary="Remove a user's second factors.",
                run=self._nothing,
                status=204,
                lacks=_LACKS,
            ),
            Operation(
                method="DELETE",
                path=f"{one}/multifactor/{{provider}}",
                scopes=("update:users",),
                summary="Remove what a user enrolled with a provider of second factors.",
                run=self._of_provider,
                status=204,
                lacks=_LACKS,
            ),
            Operation(
                method="POST",
                path=f"{one}/multifactor/actions/invalidate-remember-browser",
                scopes=("update:users",),
                summary="Let every browser ask for the second factor again.",
                run=self._nothing,
                status=204,
                lacks=_LACKS,
            ),
            Operation(
                method="POST",
                path=f"{one}/recovery-code-regeneration",
                scopes=("update:users",),
                summary="Refused: a recovery code stands in for a second factor.",
                run=self._refuse,
                lacks=_LACKS,
            ),
        )

    async def _list(self, call: Call) -> Answer:
        await user_of(call, self._users)
        return Answer([])

    async def _nothing(self, call: Call) -> Answer:
        await user_of(call, self._users)
        return Answer()

    async def _of_provider(self, call: Call) -> Answer:
        await user_of(call, self._users)
        if call.id("provider") not in _PROVIDERS:
            raise InvalidPath(f"provider in the path: wanted: {' or '.join(_PROVIDERS)}.")
        return Answer()

    async def _refuse(self, call: Call) -> Answer:
        await user_of(call, self._users)
        raise NotSupported("The user has no second factor that a recovery code could stand in for.")

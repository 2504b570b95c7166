"""``/users/{id}/authentication-methods``: how a user can prove who they are."""

from collections.abc import AsyncIterator

import msgspec

from gatewright.management.errors import Inexistent, NotSupported
from gatewright.management.paging import listed, offset_of
from gatewright.management.people import user_of
from gatewright.management.query import PAGES
from gatewright.management.resource import Answer, Call, Operation, moment, shown_as
from gatewright.users import User, UserStore

_WHAT_EXISTS = (
    "There are passwords and verified e-mail addresses, which have addresses of their own: "
    "PATCH /users/{id} and POST /tickets/password-change."
)
_LACKS = "second factors and passkeys, and so anything that could be enrolled"


class AuthenticationMethod(msgspec.Struct, frozen=True, kw_only=True):
    """A password of one of the user's identities, or their verified address."""

    id: str
    type: str
    created_at: str
    confirmed: bool = True
    email: str = ""
    identity_user_id: str = ""


class AuthenticationMethodResource:
    """See ``resource.Resource``."""

    def __init__(self, users: UserStore) -> None:
        self._users = users

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its endpoints."""
        return (*self._readings, *self._changes)

    @property
    def _readings(self) -> tuple[Operation, ...]:
        every = "/users/{id}/authentication-methods"
        return (
            Operation(
                method="GET",
                path=every,
                scopes=("read:authentication_methods",),
                summary="List how a user can prove who they are.",
                run=self._list,
                query=PAGES,
                shows=AuthenticationMethod,
                plural="authenticators",
                lacks=_LACKS,
            ),
            Operation(
                method="GET",
                path=f"{every}/{{authentication_method_id}}",
                scopes=("read:authentication_methods",),
                summary="Read one way in which a user can prove who they are.",
                run=self._read,
                shows=AuthenticationMethod,
                lacks=_LACKS,
            ),
        )

    @property
    def _changes(self) -> tuple[Operation, ...]:
        every = "/users/{id}/authentication-methods"
        one = f"{every}/{{authentication_method_id}}"
        return (
            Operation(
                method="POST",
                path=every,
                scopes=("create:authentication_methods",),
                summary="Refused: nothing can be enrolled.",
                run=self._refuse,
                status=201,
                lacks=_LACKS,
            ),
            Operation(
                method="PUT",
                path=every,
                scopes=("update:authentication_methods",),
                summary="Refused: nothing can be enrolled.",
                run=self._refuse,
                lacks=_LACKS,
            ),
            Operation(
                method="DELETE",
                path=every,
                scopes=("delete:authentication_methods",),
                summary="Remove what was enrolled, which is nothing; passwords and addresses stay.",
                run=self._remove_all,
                status=204,
                lacks=_LACKS,
            ),
            Operation(
                method="PATCH",
                path=one,
                scopes=("update:authentication_methods",),
                summary="Refused: passwords and addresses are changed elsewhere.",
                run=self._refuse_one,
                lacks=_LACKS,
            ),
            Operation(
                method="DELETE",
                path=one,
                scopes=("delete:authentication_methods",),
                summary="Refused: passwords and addresses are not removed.",
                run=self._refuse_one,
                status=204,
                lacks=_LACKS,
            ),
        )

    async def _list(self, call: Call) -> Answer:
        user = await user_of(call, self._users)
        found = [each async for each in self._methods(call, user)]
        return Answer(
            listed(offset_of(call.query), "authenticators", found, key=lambda each: each.id, show=shown_as)
        )

    async def _read(self, call: Call) -> Answer:
        return Answer(shown_as(await self._one(call)))

    async def _refuse(self, call: Call) -> Answer:
        await user_of(call, self._users)
        raise NotSupported(f"Nothing can be enrolled here. {_WHAT_EXISTS}")

    async def _refuse_one(self, call: Call) -> Answer:
        found = await self._one(call)
        raise NotSupported(f"A method of the type {found.type} is not changed here. {_WHAT_EXISTS}")

    async def _remove_all(self, call: Call) -> Answer:
        await user_of(call, self._users)
        return Answer()

    async def _one(self, call: Call) -> AuthenticationMethod:
        user, wanted = await user_of(call, self._users), call.id("authentication_method_id")
        async for each in self._methods(call, user):
            if each.id == wanted:
                return each
        raise Inexistent("authentication_method")

    async def _methods(self, call: Call, user: User) -> AsyncIterator[AuthenticationMethod]:
        for identity in user.identities:
            if await self._users.password_hash(call.tenant_id, identity.identity_id) is not None:
                yield AuthenticationMethod(
                    id=f"password|{identity.identity_id}",
                    type="password",
                    created_at=moment(user.created_at),
                    identity_user_id=identity.user_id,
                )
        if user.email and user.email_verified:
            yield AuthenticationMethod(
                id=f"email-verification|{user.user_id}",
                type="email-verification",
                created_at=moment(user.created_at),
                email=user.email,
            )

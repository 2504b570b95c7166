"""``/users``: making, changing and removing users."""

from gatewright.administration import NewUser, UserAdministration, UserPatch
from gatewright.administration.users import Look
from gatewright.management.bodies import Body, Sent, entry_of, present
from gatewright.management.errors import Inexistent, InsufficientScope, InvalidBody
from gatewright.management.people import author_of, check_oneself, user_of
from gatewright.management.resource import Answer, Call, Operation
from gatewright.management.user_shape import ShownUser, user_shown
from gatewright.users import User, UserStore

_UPDATE = "update:users"
_DELETE = "delete:users"
_OWN_METADATA = "update:current_user_metadata"
_SCOPED = {"update:users_app_metadata": "app_metadata", _OWN_METADATA: "user_metadata"}
"""Scopes that allow one field each; the scope for users allows all of them."""


class UserChangeResource:
    """See ``resource.Resource``."""

    def __init__(self, users: UserStore, administration: UserAdministration) -> None:
        self._users = users
        self._administration = administration

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its endpoints."""
        one = "/users/{id}"
        return (
            Operation(
                method="POST",
                path="/users",
                scopes=("create:users",),
                summary="Create a user of a database, or of a passwordless connection.",
                run=self._create,
                status=201,
                body=Body(NewUser),
                shows=ShownUser,
            ),
            Operation(
                method="PATCH",
                path=one,
                scopes=(_UPDATE, *_SCOPED),
                summary=(
                    "Update a user; `update:users_app_metadata` is for `app_metadata` alone, "
                    "`update:current_user_metadata` for one's own `user_metadata`."
                ),
                run=self._update,
                body=Body(UserPatch, partial=True),
                shows=ShownUser,
                lacks="text messages that verify a phone number",
            ),
            Operation(
                method="DELETE",
                path=one,
                scopes=(_DELETE, "delete:current_user"),
                summary="Delete a user; with `delete:current_user`, oneself.",
                run=self._delete,
                status=204,
            ),
        )

    async def _create(self, call: Call) -> Answer:
        entry = entry_of(NewUser, present(await call.body()))
        user = await self._administration.create(call.tenant, entry.value, entry.given, by=author_of(call))
        return call.one(user_shown(user))

    async def _update(self, call: Call) -> Answer:
        sent = await call.body()
        _check_fields(call, sent)
        user = await user_of(call, self._users)
        if not sent:
            raise InvalidBody("The body is empty; wanted: a field to change.")
        entry = entry_of(UserPatch, sent)
        changed = await self._administration.update(
            call.tenant,
            user.user_id,
            entry.value,
            entry.given,
            by=author_of(call),
            look=_unchanged(call),
        )
        return call.one(user_shown(changed))

    async def _delete(self, call: Call) -> Answer:
        check_oneself(call, _DELETE)
        found = await self._administration.delete(
            call.tenant, call.id(), by=author_of(call), look=_unchanged(call)
        )
        if not found:
            raise Inexistent("user")
        return Answer()


def _check_fields(call: Call, sent: Sent) -> None:
    """Raises ``InsufficientScope`` for a field that the caller's scopes do not reach."""
    if call.caller.may(_UPDATE):
        return
    allowed = {field for scope, field in _SCOPED.items() if scope != _OWN_METADATA and call.caller.may(scope)}
    if call.caller.user is not None and call.caller.user.user_id == call.id():
        allowed |= {_SCOPED[_OWN_METADATA]} if call.caller.may(_OWN_METADATA) else set()
    if not allowed or not sent.keys() <= allowed:
        raise InsufficientScope(f"Insufficient scope; expected any of: {_UPDATE}")


def _unchanged(call: Call) -> Look:
    """Refuses a user in another state than ``If-Match`` names."""

    def look(user: User) -> None:
        call.check_unchanged(user_shown(user))

    return look

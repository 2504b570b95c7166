"""The user whom a path names, and whether the caller may ask about them."""

from collections.abc import Iterable
from typing import Any

from gatewright.administration import Author
from gatewright.management.errors import Inexistent, InsufficientScope
from gatewright.management.events import UserAccessChanged
from gatewright.management.resource import Call
from gatewright.roles import Permission, Role
from gatewright.users import User, UserStore


async def user_of(call: Call, users: UserStore, name: str = "id") -> User:
    """The user with the id in the path, which calls it ``name``. Raises ``Inexistent``."""
    user = await users.get(call.tenant_id, call.id(name))
    if user is None:
        raise Inexistent("user")
    return user


def author_of(call: Call) -> Author:
    """The caller as whoever makes a change."""
    by = call.caller.user
    return Author(
        client_id=call.caller.client_id, user_id=by.user_id if by else "", origin=call.context.origin
    )


def check_oneself(call: Call, scope: str) -> None:
    """Raises ``InsufficientScope`` for a caller without ``scope``, unless the path names them."""
    user = call.caller.user
    if not call.caller.may(scope) and (user is None or user.user_id != call.id()):
        raise InsufficientScope(f"Insufficient scope; expected any of: {scope}")


def check_giving(call: Call, permissions: Iterable[Permission]) -> None:
    """Raises ``InsufficientScope`` for scopes of the management API that the caller has not.

    Whoever looks after users or roles must not become an administrator by that.
    """
    for each in permissions:
        is_ours = each.resource_server_identifier == call.tenant.management_audience
        if is_ours and not call.caller.may(each.permission_name):
            raise InsufficientScope(f"Insufficient scope; expected: {each.permission_name}, to give it away")


def check_given(call: Call, roles: Iterable[Role]) -> None:
    """The same for all that the roles permit."""
    check_giving(call, (permission for role in roles for permission in role.permissions))


def check_pair(call: Call, scope: str) -> None:
    """The scope for members suffices; the one for users does together with the one for roles."""
    if not call.caller.may(scope):
        call.caller.check(("read:roles",))


def access_changed(call: Call, user_id: str, description: str, **details: Any) -> UserAccessChanged:
    """The event of a change that the caller makes to what the user has; ``details`` name it."""
    by = call.caller.user
    return UserAccessChanged(
        tenant_id=call.tenant_id,
        at=call.now,
        origin=call.context.origin,
        client_id=call.caller.client_id,
        user_id=user_id,
        description=description,
        details={
            "by": {"client_id": call.caller.client_id, "user_id": by.user_id if by else ""},
            **details,
        },
    )

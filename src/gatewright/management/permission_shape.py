"""What a user may do as the wire shows it: each permission once, with everything that gives it."""

from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec

from gatewright.apis import Api
from gatewright.roles import Permission, Role


class PermissionSource(msgspec.Struct, frozen=True, kw_only=True):
    """Through what a user has a permission: a role, or nothing but itself."""

    source_id: str = ""
    source_name: str = ""
    source_type: Literal["DIRECT", "ROLE"] = "ROLE"


class UserPermission(Permission, frozen=True, kw_only=True):
    """A permission that a user has, as the wire shows it."""

    resource_server_name: str
    description: str = ""
    sources: tuple[PermissionSource, ...] = ()

    @property
    def key(self) -> str:
        """What a list is ordered by: the API, then the name."""
        return f"{self.resource_server_identifier}\n{self.permission_name}"


_DIRECT = PermissionSource(source_type="DIRECT")


def permitted(roles: Iterable[Role], own: Iterable[Permission], apis: Iterable[Api]) -> list[UserPermission]:
    """What roles give, and what is the user's own, by API and name."""
    sources: dict[Permission, list[PermissionSource]] = {}
    for each in own:
        sources.setdefault(each, []).append(_DIRECT)
    for role in roles:
        source = PermissionSource(source_id=role.role_id, source_name=role.name)
        for each in role.permissions:
            sources.setdefault(each, []).append(source)
    known = {api.identifier: api for api in apis}
    found = (_shown(permission, known, given) for permission, given in sources.items())
    return sorted(found, key=lambda each: each.key)


def _shown(
    permission: Permission, apis: Mapping[str, Api], sources: Iterable[PermissionSource]
) -> UserPermission:
    api = apis.get(permission.resource_server_identifier)
    meanings = {scope.value: scope.description for scope in api.scopes} if api else {}
    return UserPermission(
        permission_name=permission.permission_name,
        resource_server_identifier=permission.resource_server_identifier,
        resource_server_name=api.name if api else "",
        description=meanings.get(permission.permission_name, ""),
        sources=tuple(sources),
    )

"""What a role is; field names are the wire's."""

from dataclasses import dataclass

import msgspec


class Permission(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A scope of an API as something a person may do."""

    permission_name: str
    resource_server_identifier: str


class Role(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A named bundle of permissions. ``is_default``: everybody who joins the tenant is given it."""

    role_id: str
    name: str
    description: str = ""
    permissions: tuple[Permission, ...] = ()
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class Holding:
    """What a user holds: ids of roles, and permissions of their own, both in order."""

    role_ids: tuple[str, ...] = ()
    permissions: tuple[Permission, ...] = ()

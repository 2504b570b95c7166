"""What a role is; field names are the wire's."""

import msgspec


class Permission(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A scope of an API as something a person may do."""

    permission_name: str
    resource_server_identifier: str


class Role(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A named bundle of permissions."""

    role_id: str
    name: str
    description: str = ""
    permissions: tuple[Permission, ...] = ()

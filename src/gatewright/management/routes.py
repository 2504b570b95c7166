"""THE LIST of resources of the management API."""

from collections.abc import Sequence
from dataclasses import dataclass

from gatewright.apis import Apis
from gatewright.clients import Clients
from gatewright.kernel.events import Bus
from gatewright.management.client_grants import ClientGrantResource
from gatewright.management.clients import ClientResource
from gatewright.management.resource import Operation, Resource
from gatewright.management.resource_servers import ResourceServerResource
from gatewright.management.user_roles import UserRoleResource
from gatewright.management.users import UserResource
from gatewright.provisioning.editing import Editing
from gatewright.roles import Roles, RoleStore
from gatewright.users import UserStore
from gatewright.users.search import UserSearch


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What the resources are made of."""

    editing: Editing
    clients: Clients
    apis: Apis
    roles: Roles
    role_store: RoleStore
    users: UserStore
    user_search: UserSearch
    bus: Bus


def resources(needs: Needs) -> tuple[Resource, ...]:
    """Every resource."""
    return (
        ClientResource(needs.editing, needs.clients),
        ResourceServerResource(needs.editing, needs.apis),
        ClientGrantResource(needs.editing, needs.apis),
        UserResource(needs.users, needs.user_search),
        UserRoleResource(needs.roles, needs.role_store, needs.users, needs.apis, needs.bus),
    )


def operations_of(found: Sequence[Resource]) -> tuple[Operation, ...]:
    """Every endpoint, in the order in which they are tried: fixed paths before those with an id."""
    every = (operation for resource in found for operation in resource.operations)
    return tuple(sorted(every, key=lambda operation: operation.path.count("{")))

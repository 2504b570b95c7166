"""NOUN floor: roles, the permissions they bundle, and who holds either.

Does not own what permissions an API knows: that is ``apis``.
"""

from gatewright.roles.model import Holding, Permission, Role
from gatewright.roles.service import Roles
from gatewright.roles.store import RoleStore

__all__ = ["Holding", "Permission", "Role", "RoleStore", "Roles"]

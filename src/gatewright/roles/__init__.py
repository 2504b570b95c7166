"""NOUN floor: roles, the permissions they bundle, and who holds them.

Does not own what permissions an API knows: that is ``apis``.
"""

from gatewright.roles.model import Permission, Role
from gatewright.roles.service import Roles
from gatewright.roles.store import RoleStore

__all__ = ["Permission", "Role", "RoleStore", "Roles"]

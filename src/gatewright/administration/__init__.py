"""FLOW floor: what an administrator does to users: made, changed, blocked, linked, removed.

Owns what may be asked for in one call and what follows from it, in one unit of work with its events.
Checks and decides by the very rules of tenant files (``provisioning``). Knows no HTTP: doors do.
"""

from gatewright.administration.author import Author
from gatewright.administration.bodies import NewUser, UserPatch
from gatewright.administration.linking import LinkAdministration
from gatewright.administration.users import UserAdministration

__all__ = ["Author", "LinkAdministration", "NewUser", "UserAdministration", "UserPatch"]

"""Password hashes that other systems made: what an import may bring, and how they are compared.

A hash of another system is kept as it came until its owner signs in; then it is made anew by ours.
"""

from gatewright.users.foreign_hashes.comparing import matches, work_of
from gatewright.users.foreign_hashes.model import CustomPasswordHash
from gatewright.users.foreign_hashes.storing import foreign, stored_bcrypt, stored_form

__all__ = ["CustomPasswordHash", "foreign", "matches", "stored_bcrypt", "stored_form", "work_of"]

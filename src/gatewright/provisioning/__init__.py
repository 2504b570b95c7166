"""FLOW floor: a tenant from a file, and a file from a tenant.

Owns the format, what is checked before anything is changed, the plan, its application in one unit of work,
and export. Also the handling of signing keys by an administrator, and what the system keeps in each tenant.
Does not own the entities themselves nor the rules of their rooms, and reads no file: ``cli`` does.
"""

from gatewright.provisioning.document import EMPTY, Document, read_document
from gatewright.provisioning.events import SigningKeyRevoked, SigningKeysRotated, TenantProvisioned
from gatewright.provisioning.export import Exporter
from gatewright.provisioning.keys import KeyHandling
from gatewright.provisioning.management import DEVELOPMENT_CLIENT, MANAGEMENT_SCOPES
from gatewright.provisioning.plan import ABSENT, Difference, Plan, Secret, Step
from gatewright.provisioning.problems import InvalidFile, Problem, shown
from gatewright.provisioning.service import Order, Provisioning
from gatewright.provisioning.state import Stores

__all__ = [
    "ABSENT",
    "DEVELOPMENT_CLIENT",
    "EMPTY",
    "MANAGEMENT_SCOPES",
    "Difference",
    "Document",
    "Exporter",
    "InvalidFile",
    "KeyHandling",
    "Order",
    "Plan",
    "Problem",
    "Provisioning",
    "Secret",
    "SigningKeyRevoked",
    "SigningKeysRotated",
    "Step",
    "Stores",
    "TenantProvisioned",
    "read_document",
    "shown",
]

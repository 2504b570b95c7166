"""FLOW floor: users in and out by the thousand.

Owns the files: what stands in each line, what is wrong with it, and the background work on them.
Does not own what a user is (``users``), nor what a tenant may say of one (``provisioning``).
"""

from gatewright.transfer.events import UsersExported, UsersImported, UsersImportFailed
from gatewright.transfer.exporting import ExportFormat, UserExport
from gatewright.transfer.importing import Failure, Importer, Outcome
from gatewright.transfer.records import Record, RecordSplitter
from gatewright.transfer.service import ImportOrder, Transfers
from gatewright.transfer.worker import Worker

__all__ = [
    "ExportFormat",
    "Failure",
    "ImportOrder",
    "Importer",
    "Outcome",
    "Record",
    "RecordSplitter",
    "Transfers",
    "UserExport",
    "UsersExported",
    "UsersImportFailed",
    "UsersImported",
    "Worker",
]

"""FLOW floor: users in and out by the thousand.

Owns the files: what stands in each line, what is wrong with it, and the background work on them.
Does not own what a user is (``users``), nor what a tenant may say of one (``provisioning``).

``importing`` is named by its own path, and imported when there is something to import.
"""

from gatewright.transfer.events import UsersExported, UsersImported, UsersImportFailed
from gatewright.transfer.exporting import ExportFormat, UserExport
from gatewright.transfer.records import Record, RecordSplitter
from gatewright.transfer.service import ImportOrder, Transfers
from gatewright.transfer.worker import Worker

__all__ = [
    "ExportFormat",
    "ImportOrder",
    "Record",
    "RecordSplitter",
    "Transfers",
    "UserExport",
    "UsersExported",
    "UsersImportFailed",
    "UsersImported",
    "Worker",
]

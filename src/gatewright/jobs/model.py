"""What a job is; field names are the wire's, times are seconds UTC."""

from dataclasses import dataclass
from typing import Literal

import msgspec

JobType = Literal["users_import", "users_export", "verification_email"]
JobStatus = Literal["pending", "processing", "completed", "failed"]
PartKind = Literal["input", "error", "output"]


class JobSummary(msgspec.Struct, frozen=True, kw_only=True):
    """How many lines of an import ended how."""

    failed: int = 0
    updated: int = 0
    inserted: int = 0
    total: int = 0


class ExportField(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One field of an export: what of the user, and what it is called there."""

    name: str
    export_as: str = ""


class Job(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Work of a tenant. ``done`` is the number of the last line that was dealt with, or users exported.

    ``limit`` is the most users an export has, ``after`` the id of the last that is in it.
    ``client_id`` is who asked for it. ``status_details`` says why it failed.
    """

    job_id: str
    type: JobType
    status: JobStatus = "pending"
    created_at: int = 0
    started_at: int | None = None
    finished_at: int | None = None
    connection_id: str = ""
    connection: str = ""
    client_id: str = ""
    external_id: str = ""
    upsert: bool = False
    send_completion_email: bool = False
    format: Literal["json", "csv"] = "json"
    limit: int | None = None
    fields: tuple[ExportField, ...] = ()
    records: int = 0
    done: int = 0
    after: str = ""
    summary: JobSummary = JobSummary()
    status_details: str = ""

    @property
    def is_over(self) -> bool:
        """Whether nothing will happen any more."""
        return self.status in ("completed", "failed")

    @property
    def dealt_with(self) -> int:
        """Lines of an import, or users of an export, that are behind it."""
        summary = self.summary
        return (
            self.done if self.type == "users_export" else summary.failed + summary.updated + summary.inserted
        )

    @property
    def percentage_done(self) -> int:
        """0 to 100; an export whose size nobody knows shows 0 until it is over."""
        if self.status == "completed":
            return 100
        return min(99, 100 * self.dealt_with // self.records) if self.records else 0

    def time_left_seconds(self, now: int) -> int | None:
        """How long it will take at the pace so far; ``None`` when that cannot be told."""
        behind = self.dealt_with
        if self.is_over or self.started_at is None or not behind or self.records < behind:
            return None
        return (now - self.started_at) * (self.records - behind) // behind


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of what goes into a job or comes out of it."""

    number: int
    content: str

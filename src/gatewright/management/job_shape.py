"""A job as the wire shows it."""

from typing import Any

import msgspec

from gatewright.jobs import ExportField, Job, JobSummary
from gatewright.management.resource import Shown, moment


class ShownJob(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A job. ``location`` is where its output is for some minutes; ``status_details`` say why it failed."""

    id: str
    type: str
    status: str
    created_at: str
    connection_id: str = ""
    connection: str = ""
    format: str = ""
    limit: int | None = None
    fields: tuple[ExportField, ...] = ()
    upsert: bool | None = None
    external_id: str = ""
    send_completion_email: bool | None = None
    percentage_done: int | None = None
    time_left_seconds: int | None = None
    summary: JobSummary | None = None
    location: str = ""
    status_details: str = ""


def job_shown(job: Job, now: int, *, location: str = "") -> Shown:
    """The job as it is at ``now``, seconds UTC."""
    shown: Shown = msgspec.to_builtins(
        ShownJob(
            id=job.job_id,
            type=job.type,
            status=job.status,
            created_at=moment(job.created_at),
            connection_id=job.connection_id,
            connection=job.connection,
            external_id=job.external_id,
            percentage_done=job.percentage_done,
            time_left_seconds=job.time_left_seconds(now),
            location=location,
            status_details=job.status_details,
            **_of_type(job),
        )
    )
    return shown


def _of_type(job: Job) -> dict[str, Any]:
    if job.type == "users_import":
        return {
            "upsert": job.upsert,
            "send_completion_email": job.send_completion_email,
            "summary": job.summary if job.is_over else None,
        }
    if job.type == "users_export":
        return {"format": job.format, "limit": job.limit, "fields": job.fields}
    return {}

"""NOUN floor: work that is done in the background and outlives a restart.

Owns what a job is, whose turn it is and how far it got. Does not own what is done: see ``transfer``.
"""

from gatewright.jobs.model import ExportField, Job, JobSummary, Part, PartKind
from gatewright.jobs.service import Jobs
from gatewright.jobs.store import JobStore

__all__ = ["ExportField", "Job", "JobStore", "JobSummary", "Jobs", "Part", "PartKind"]

"""What callers of the management API do, for the audit log."""

import re
from collections.abc import Iterator
from typing import ClassVar

from gatewright.kernel.events import Event
from gatewright.provisioning import ABSENT, Difference, Plan, Secret, Step

_SECRET = re.compile(r"secret|password|private|credential|api_?key", re.IGNORECASE)
"""Names of fields whose values the log does not repeat."""

_LONGEST_TEXT = 2_000
"""Characters of a template, say, that the log repeats."""


class ConfigurationChanged(Event):
    """Something was made, changed or removed; ``details`` list fields before and after, secrets masked."""

    code: ClassVar[str] = "sapi"


class CallRefused(Event):
    """A change was refused; ``details`` say which, and with what status and code."""

    code: ClassVar[str] = "fapi"


class UserAccessChanged(Event):
    """Roles, sessions, tokens or consents of a user were changed; ``details`` say by whom, and which."""

    code: ClassVar[str] = "sapi"


class TicketMade(Event):
    """A link that verifies an address, or sets a password, was handed out; ``details`` say to whom."""

    code: ClassVar[str] = "sapi"


class SecretsRead(Event):
    """Secrets were read; ``details`` name what they belong to."""

    code: ClassVar[str] = "mgmt_api_read"


class ExportRead(Event):
    """Exported users were downloaded; ``details`` name the job."""

    code: ClassVar[str] = "mgmt_api_read"


def told(plan: Plan) -> dict[str, object]:
    """The steps of a plan as ``details`` of an event."""
    return {"changes": [_step(step) for step in plan.steps]}


def _step(step: Step) -> dict[str, object]:
    fields = {each.path: dict(_values(each)) for each in step.differences or step.whole}
    return {"action": step.action, "kind": step.kind, "name": step.label, "fields": fields}


def _values(difference: Difference) -> Iterator[tuple[str, object]]:
    for when, value in (("before", difference.before), ("after", difference.after)):
        if value is not ABSENT:
            yield when, _masked(difference.path, value)


def _masked(path: str, value: object) -> object:
    """The value without anything in it that could be a secret of somebody's."""
    if isinstance(value, Secret):
        return value.words
    if path.startswith("addons") or _SECRET.search(path.rpartition(".")[2]):
        return "(not shown)"
    if isinstance(value, dict):
        return {name: _masked(f"{path}.{name}", inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_masked(path, inner) for inner in value]
    if isinstance(value, str) and len(value) > _LONGEST_TEXT:
        return f"{value[:_LONGEST_TEXT]}… ({len(value)} characters)"
    return value

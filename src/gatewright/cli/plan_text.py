"""A plan in words, for a terminal of 80 columns."""

import json
from collections.abc import Iterator
from textwrap import wrap

from gatewright.provisioning import ABSENT, Difference, Plan, Secret, Step

WIDTH = 80
_SIGNS = {"create": "+", "update": "~", "delete": "-"}


def plan_lines(plan: Plan) -> list[str]:
    """The plan, line by line: what happens to whom, what is worth knowing, and the sum."""
    lines = [f"Tenant {plan.tenant.tenant_id} ({plan.tenant.issuer})"]
    for step in plan.steps:
        lines += _step_lines(step)
    lines += [line for warning in plan.warnings for line in _note_lines(warning)]
    return [*lines, summary(plan)]


def summary(plan: Plan) -> str:
    """The sum: ``2 to create, 1 to update, 0 to delete (9 unchanged)``."""
    counts = (f"{plan.count(action)} to {action}" for action in ("create", "update", "delete"))
    return f"{', '.join(counts)} ({plan.unchanged} unchanged)"


def _note_lines(warning: str) -> list[str]:
    """A note in full, over as many lines as it takes: what warns is not to be guessed at."""
    text = f"note: {_printable(warning)}"
    return wrap(text, WIDTH, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)


def _step_lines(step: Step) -> Iterator[str]:
    yield _cut(f"  {_SIGNS[step.action]} {step.kind} {_printable(step.label)}")
    for difference in step.differences:
        yield from map(_cut, _difference_lines(difference))


def _difference_lines(difference: Difference) -> Iterator[str]:
    head = f"      {_printable(difference.path)}:"
    before, after = difference.before, difference.after
    old, new = ([] if value is ABSENT else value for value in (before, after))
    if isinstance(old, list) and isinstance(new, list):
        yield head
        yield from (f"        - {_shown(item)}" for item in old if item not in new)
        yield from (f"        + {_shown(item)}" for item in new if item not in old)
        if sorted(map(_shown, old)) == sorted(map(_shown, new)):
            yield "        (another order)"
        return
    line = f"{head} {_shown(before)} → {_shown(after)}"
    yield from (
        [line] if len(line) <= WIDTH else (head, f"        {_shown(before)}", f"      → {_shown(after)}")
    )


def _shown(value: object) -> str:
    if value is ABSENT:
        return "(not set)"
    if isinstance(value, Secret):
        return value.words
    return _printable(json.dumps(value, ensure_ascii=False))


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in text)


def _cut(line: str) -> str:
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…"

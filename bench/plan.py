"""A plan: what the load generator sends and what it demands of every answer, as text for `load/`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

FORM_TYPE = "application/x-www-form-urlencoded"


class WrongPlan(ValueError):
    """A part of a plan would be read differently than it was meant."""


@dataclass(frozen=True, slots=True)
class Step:
    """One request: `head` lines (request line first), the form body, wanted statuses, rules.

    Texts may hold `{name}` for a lane's variable and `{op}` for a number no other operation has.
    """

    head: Sequence[str]
    statuses: Sequence[int]
    rules: Sequence[str]
    body: str | None = None


@dataclass(frozen=True, slots=True)
class Pace:
    """How long and how wide: times in seconds, `lanes` keep-alive connections."""

    warm_up: float
    seconds: float
    lanes: int


def present(field: str) -> str:
    """The JSON answer has this member, and it is not empty."""
    return f"present json {field}"


def keep(variable: str, place: str, field: str) -> str:
    """A value from `json` or `location` becomes the lane's variable, ready for a form body."""
    return f"keep {variable} {place} {field}"


def equal(place: str, field: str, wanted: str) -> str:
    """A value from `json` or `location` equals `wanted`."""
    return f"equal {place} {field} {wanted}"


def begins(wanted: str) -> str:
    """The Location header begins with `wanted`."""
    return f"begins {wanted}"


def get(
    path: str, host: str, *, rules: Sequence[str], statuses: Sequence[int] = (200,), **fields: str
) -> Step:
    """A GET step; further keyword arguments are header fields."""
    return Step([f"GET {path} HTTP/1.1", f"Host: {host}", *_lines(fields)], statuses, rules)


def post(
    path: str, host: str, form: Mapping[str, str], *, rules: Sequence[str], raw: str = "", **fields: str
) -> Step:
    """A POST step of a form; `raw` is appended to the encoded form as it is and may hold variables."""
    body = "&".join(part for part in (urlencode(form), raw) if part)
    head = [f"POST {path} HTTP/1.1", f"Host: {host}", f"Content-Type: {FORM_TYPE}", *_lines(fields)]
    return Step(head, (200,), rules, body)


def _lines(fields: Mapping[str, str]) -> list[str]:
    return [f"{name}: {value}" for name, value in fields.items()]


def _one_line(text: str) -> str:
    if "\n" in text or "\r" in text:
        raise WrongPlan("a line break inside a line of a plan")
    return text


def _step_lines(step: Step) -> list[str]:
    lines = ["step", *(f"head {line}" for line in step.head)]
    if step.body is not None:
        lines.append(f"body {step.body}")
    return [*lines, "status " + " ".join(map(str, step.statuses)), *step.rules]


def write_plan(
    address: tuple[str, int], pace: Pace, steps: Sequence[Step], lanes: Sequence[Mapping[str, str]]
) -> str:
    """The plan as text; `lanes` holds each lane's variables and may be empty when no step uses one."""
    if lanes and len(lanes) != pace.lanes:
        raise WrongPlan(f"variables for {len(lanes)} lanes, but {pace.lanes} lanes")
    lines = [f"address {address[0]}", f"port {address[1]}", f"lanes {pace.lanes}"]
    lines += [f"warm-up {pace.warm_up}", f"seconds {pace.seconds}"]
    for number, variables in enumerate(lanes):
        lines += [f"value {number} {name} {value}" for name, value in variables.items()]
    for step in steps:
        lines += _step_lines(step)
    return "".join(_one_line(line) + "\n" for line in lines)

"""Plans as text."""

import pytest
from bench.plan import Pace, WrongPlan, begins, get, keep, post, present, write_plan

PACE = Pace(warm_up=0.5, seconds=2, lanes=2)
ADDRESS = ("127.0.0.1", 80)


def test_steps_are_written_in_order() -> None:
    """Head lines, body, statuses and rules of a step stand in the order the generator reads them."""
    step = post("/token", "h", {"a": "b c"}, rules=[present("x")], raw="code={code}", Authorization="Basic q")
    text = write_plan(ADDRESS, PACE, [step], [])
    assert text.splitlines()[5:] == [
        "step",
        "head POST /token HTTP/1.1",
        "head Host: h",
        "head Content-Type: application/x-www-form-urlencoded",
        "head Authorization: Basic q",
        "body a=b+c&code={code}",
        "status 200",
        "present json x",
    ]


def test_variables_are_written_per_lane() -> None:
    """Each lane's variables come with its number."""
    text = write_plan(ADDRESS, PACE, [], [{"t": "one"}, {"t": "two words"}])
    assert "value 0 t one\nvalue 1 t two words\n" in text


def test_lanes_must_fit() -> None:
    """Variables for another number of lanes are refused."""
    with pytest.raises(WrongPlan, match="1 lanes, but 2"):
        write_plan(ADDRESS, PACE, [], [{"t": "one"}])


def test_line_breaks_are_refused() -> None:
    """A value with a line break would become a line of its own, so it is refused."""
    with pytest.raises(WrongPlan):
        write_plan(ADDRESS, PACE, [], [{"t": "one\nstep"}, {"t": "two"}])


def test_a_get_may_want_other_statuses() -> None:
    """A redirect step names its statuses and its rules on the Location."""
    step = get("/a", "h", statuses=(302, 303), rules=[begins("http://c/"), keep("code", "location", "code")])
    text = write_plan(ADDRESS, PACE, [step], [])
    assert text.endswith("status 302 303\nbegins http://c/\nkeep code location code\n")

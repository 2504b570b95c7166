"""The load generator, compiled and driven against a small server; only what it counts is judged."""

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

import pytest
from bench.plan import Pace, Step, begins, equal, get, keep, post, present, write_plan

from bench import generator

from .small_server import CALLBACK, Behaviour, Reply, Seen, served

PACE = Pace(warm_up=0.05, seconds=0.25, lanes=2)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generator.build(tmp_path_factory.mktemp("load"))


def load(
    program: Path, behaviour: Behaviour, steps: Sequence[Step], lanes: Sequence[dict[str, str]] = ()
) -> generator.Figures:
    with served(behaviour) as target:
        plan = program.parent / "plan"
        plan.write_text(write_plan(target.address, PACE, steps, lanes))
        return generator.run(program, plan, lambda _: None)


def test_counts_good_answers(program: Path) -> None:
    """Answers that hold are counted, and the last one is handed back."""
    figures = load(
        program, lambda seen: Reply(body=b'{"x": "1"}'), [get("/", "h", rules=[equal("json", "x", "1")])]
    )
    assert figures.operations > 0
    assert (figures.errors, figures.connections, figures.answer) == (0, 2, '{"x": "1"}')


@pytest.mark.parametrize(
    ("reply", "rule", "complaint"),
    [
        (Reply(500, b"oops"), present("x"), "status 500"),
        (Reply(body=b'{"y": "x"}'), present("x"), "missing or wrong: x"),
        (Reply(body=b'{"x": ""}'), present("x"), "missing or wrong: x"),
        (Reply(body=b'{"active": false}'), equal("json", "active", "true"), "missing or wrong: active"),
        (Reply(body=b'{"active": "trueish"}'), equal("json", "active", "true"), "missing or wrong: active"),
        (Reply(headers=[("Location", "http://evil/")]), begins(CALLBACK), "missing or wrong: Location"),
    ],
)
def test_counts_answers_that_do_not_hold(program: Path, reply: Reply, rule: str, complaint: str) -> None:
    """A wrong status or value is an error with a sample, never an operation."""
    figures = load(program, lambda seen: reply, [get("/", "h", rules=[rule])])
    assert figures.operations == 0
    assert figures.errors + figures.early_errors > 0
    assert complaint in figures.samples[0]


def test_reads_chunked_answers(program: Path) -> None:
    """A body in chunks is put together, even when a value is cut by a chunk's edge."""
    reply = Reply(chunks=[b'{"x": "o', b'ne", "y"', b": true}"])
    rules = [equal("json", "x", "one"), equal("json", "y", "true")]
    figures = load(program, lambda seen: reply, [get("/", "h", rules=rules)])
    assert figures.operations > 0
    assert figures.errors == 0


def test_goes_on_after_the_server_closes(program: Path) -> None:
    """An answer that announces its connection's end counts, and the lane connects again."""
    reply = Reply(body=b'{"x": 1}', headers=[("Connection", "close")])
    figures = load(program, lambda seen: reply, [get("/", "h", rules=[present("x")])])
    assert figures.operations > 0
    assert figures.errors == 0
    assert figures.connections > 2


def redirecting(seen: Seen) -> Reply:
    if seen.path == "/authorize":
        state = seen.query["state"][0]
        return Reply(302, headers=[("Location", f"{CALLBACK}?code=c%2B{state}&state={state}")])
    return Reply(200 if seen.form["code"][0].startswith("c+s") else 400)


def test_a_code_goes_from_redirect_to_token_request(program: Path) -> None:
    """What the redirect carries is used in the next step, and each operation has a state of its own."""
    rules = [begins(CALLBACK), equal("location", "state", "s{op}"), keep("code", "location", "code")]
    authorize = get("/authorize?state=s{op}", "h", statuses=(302,), rules=rules)
    figures = load(program, redirecting, [authorize, post("/token", "h", {}, rules=[], raw="code={code}")])
    assert figures.operations > 0
    assert (figures.errors, figures.samples) == (0, ())


def test_a_stale_state_is_an_error(program: Path) -> None:
    """A redirect that echoes another operation's state does not hold."""
    rules = [equal("location", "state", "other")]
    figures = load(program, redirecting, [get("/authorize?state=s{op}", "h", statuses=(302,), rules=rules)])
    assert figures.operations == 0
    assert "missing or wrong: state" in figures.samples[0]


def test_a_rotating_value_is_used_next(program: Path) -> None:
    """A value kept from JSON is sent in the lane's next request, encoded for a form."""
    current = {"0": "a+/0", "1": "a+/1"}

    def rotating(seen: Seen) -> Reply:
        lane, value = seen.form["lane"][0], seen.form["value"][0]
        if value != current[lane]:
            return Reply(400, b"spent")
        current[lane] = value + "+"
        return Reply(body=b'{"value": "%s"}' % current[lane].encode())

    step = post("/", "h", {}, rules=[keep("value", "json", "value")], raw="lane={lane}&value={value}")
    lanes = [{"lane": lane, "value": quote(value, safe="")} for lane, value in current.items()]
    figures = load(program, rotating, [step], lanes)
    assert figures.operations > 0
    assert (figures.errors, figures.samples) == (0, ())


def test_header_fields_may_hold_variables(program: Path) -> None:
    """Each lane sends its own token and host."""

    def checking(seen: Seen) -> Reply:
        good = seen.headers["authorization"] in ("Bearer t0", "Bearer t1") and seen.headers["host"] == "h"
        return Reply(200 if good else 401)

    step = get("/", "h", rules=[], Authorization="Bearer {token}")
    figures = load(program, checking, [step], [{"token": "t0"}, {"token": "t1"}])
    assert (figures.errors, figures.early_errors) == (0, 0)
    assert figures.operations > 0


def test_phases_are_announced_in_order(program: Path) -> None:
    """The edges of the measured window are told as they happen."""
    heard: list[str] = []
    with served(lambda seen: Reply()) as target:
        plan = program.parent / "plan"
        plan.write_text(write_plan(target.address, PACE, [get("/", "h", rules=[])], []))
        generator.run(program, plan, heard.append)
    assert heard == ["measuring", "measured"]


def test_nobody_there_is_told(program: Path) -> None:
    """A server that is gone ends the run with its reason."""
    with served(lambda seen: Reply()) as target:
        address = target.address
    plan = program.parent / "plan"
    plan.write_text(write_plan(address, PACE, [get("/", "h", rules=[])], []))
    with pytest.raises(generator.GeneratorFailed, match="does not accept connections"):
        generator.run(program, plan, lambda _: None)


def test_a_plan_that_is_not_understood_is_told(program: Path) -> None:
    """A line the generator does not know ends it, and the line is named."""
    plan = program.parent / "plan"
    plan.write_text("address 127.0.0.1\nnonsense 1\n")
    with pytest.raises(generator.GeneratorFailed, match="no such line in a plan: nonsense"):
        generator.run(program, plan, lambda _: None)


def test_incomplete_figures_are_refused() -> None:
    """Figures that lack a line are not taken for zero."""
    with pytest.raises(generator.GeneratorFailed, match="incomplete"):
        generator.parse_figures(["operations 3", "seconds 1.0"])


def test_the_generator_compiles_without_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The C sources pass the compiler's warnings as errors."""
    monkeypatch.setattr(generator, "FLAGS", (*generator.FLAGS, "-Wshadow", "-Wconversion", "-Werror"))
    assert generator.build(tmp_path).exists()

"""The command line."""

import pytest
from bench.cli import main, parse


def test_quick_is_short_unless_said_otherwise() -> None:
    """--quick measures one short repetition; what is said explicitly stays."""
    options = parse(["--quick", "--seconds", "5"])
    assert (options.seconds, options.repetitions, options.warm_up) == (5, 1, 0.5)


def test_the_usual_run_repeats_three_times() -> None:
    """Without --quick three repetitions of ten seconds are measured on sixteen connections."""
    options = parse([])
    assert (options.seconds, options.repetitions, options.connections) == (10, 3, 16)


def test_only_keeps_the_order_of_the_scenarios() -> None:
    """--only picks scenarios by key, in their own order."""
    assert [scenario.key for scenario in parse(["--only", "s4,S3"]).only] == ["S3", "S4"]


def test_an_unknown_scenario_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """A scenario that does not exist is refused with those that do."""
    with pytest.raises(SystemExit) as left:
        main(["--only", "S9"])
    assert left.value.code == 2
    assert "no scenario S9; there are S1, S2" in capsys.readouterr().err

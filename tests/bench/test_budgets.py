"""Series, ratios and verdicts."""

from dataclasses import replace

from bench.budgets import Verdict, against_peers, against_sqlite, footprint, login
from bench.report import document, report, verdicts
from bench.results import Findings, LoginCost, Repetition, Series, best_of, ratio

ONE = Repetition(100.0, 0, 1.0, 2.0, 3.0, 1.5, 0.0, 0.1, 0.0)
TITLES = {"S3": "client_credentials", "S4": "code flow"}


def series(*rates: float, errors: int = 0) -> Series:
    return Series(
        [replace(ONE, per_second=rate, errors=errors, samples=("step 1: status 500",)) for rate in rates]
    )


def found(name: str, **rates: float) -> Findings:
    return Findings(name, name, cold_starts=[0.5], series={key: series(rate) for key, rate in rates.items()})


def test_the_median_and_the_span_of_a_series() -> None:
    """Of three repetitions the middle one counts; slowest and fastest are the span."""
    three = series(300, 100, 120)
    assert three.median == 120
    assert three.span == (100, 300)


def test_an_empty_series_has_rate_zero() -> None:
    """Without repetitions nothing is claimed."""
    assert Series(failure="no such endpoint").median == 0


def test_the_fastest_peer_is_chosen_by_scenario() -> None:
    """Each scenario is compared with the peer that was best in it."""
    peers = [found("one", S3=10, S4=30), found("two", S3=20, S4=5)]
    assert [peer.name for key in ("S3", "S4") if (peer := best_of(peers, key))] == ["two", "one"]
    assert best_of(peers, "S7") is None


def test_no_ratio_without_both() -> None:
    """A ratio needs two figures."""
    assert ratio(10, 5) == 2
    assert ratio(10, 0) is None


def test_met_and_not_met() -> None:
    """S3 wants 1.3 times the peer, S4 wants 1.6 times."""
    ours, peer = found("gatewright", S3=131, S4=159), found("peer", S3=100, S4=100)
    assert [verdict.word for verdict in against_peers(ours, [peer], TITLES)] == ["met", "NOT MET"]


def test_errors_spoil_a_figure() -> None:
    """A fast answer that is wrong does not meet a budget."""
    ours = Findings("gatewright", "", series={"S3": series(1000, errors=1)})
    (verdict,) = against_peers(ours, [found("peer", S3=1)], TITLES)
    assert verdict.word == "NOT MET (errors)"


def test_without_a_peer_nothing_is_judged() -> None:
    """With nobody to compare with, a budget is neither met nor missed."""
    (verdict,) = against_peers(found("gatewright", S3=10), [], TITLES)
    assert verdict.met is None
    assert verdict.word == "no comparison"


def test_postgres_is_compared_with_our_sqlite() -> None:
    """On PostgreSQL at least 0.6 of our own SQLite figure is wanted."""
    (verdict,) = against_sqlite(found("gatewright-postgres", S3=60), found("gatewright", S3=100), TITLES)
    assert verdict.figure == 0.6
    assert verdict.met


def test_memory_and_cold_start_have_ceilings() -> None:
    """More than 150 MiB idle or more than a second to start is too much."""
    ours = Findings("gatewright", "", idle_memory=151.0)
    assert [verdict.met for verdict in footprint(ours, 0.9)] == [False, True]


def test_a_login_is_judged_by_what_the_hash_does_not_explain() -> None:
    """Page and login together, less one hash, are what the budget is about."""
    cost = LoginCost(logins=100, page_ms=1.0, submit_ms=18.5, hash_ms=17.0, wall_ms=20.0)
    assert login(cost).figure == 2.5
    assert login(cost).met


def test_a_ceiling_of_zero_figures_is_met_exactly_at_the_limit() -> None:
    """A figure equal to its limit meets it, for ceilings as for floors."""
    assert Verdict("x", "", "", 3.0, 3.0, at_least=False).met
    assert Verdict("x", "", "", 3.0, 3.0, at_least=True).met


def test_the_report_shows_errors_with_a_sample() -> None:
    """Errors are printed with their number and one of them."""
    ours = Findings("gatewright", "", cold_starts=[0.5], series={"S3": series(100, errors=2)})
    assert "gatewright S3: 2 errors, for example step 1: status 500" in report([ours], None)


def test_the_report_shows_why_a_scenario_was_not_measured() -> None:
    """A failure takes the place of a figure."""
    ours = Findings("gatewright", "", cold_starts=[0.5], series={"S7": Series(failure="404 at /introspect")})
    text = report([ours], None)
    assert "gatewright S7: 404 at /introspect" in text


def test_without_our_server_no_budget_is_judged() -> None:
    """Peers alone give figures and no verdicts."""
    assert verdicts([found("peer", S3=1)], None) == {}


def test_the_stored_document_tells_what_was_met() -> None:
    """Each stored budget carries its verdict."""
    stored = document([found("gatewright", S3=200), found("peer", S3=100)], None)
    budgets = stored["budgets"]
    assert isinstance(budgets, dict)
    assert budgets["Against the best peer, operations a second"][0]["met"] is True


def test_a_scenario_we_cannot_do_is_not_met() -> None:
    """When our server fails where a peer works, the budget is missed rather than without comparison."""
    ours = Findings("gatewright", "", series={"S3": Series(failure="404 at /oauth/token")})
    (verdict,) = against_peers(ours, [found("peer", S3=1)], TITLES)
    assert verdict.met is False
    assert verdict.word == "NOT MET (failed)"

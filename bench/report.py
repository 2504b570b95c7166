"""From findings to the answer: the budgets they touch, the printed tables, the stored document."""

from collections.abc import Sequence
from dataclasses import asdict
from statistics import median

from bench import budgets, table
from bench.ours import ON_POSTGRES, OURS
from bench.results import Findings, LoginCost
from bench.scenarios import TITLES

PYTHON = "authlib-flask"


def verdicts(findings: Sequence[Findings], cost: LoginCost | None) -> dict[str, list[budgets.Verdict]]:
    """All budgets this run says something about, by heading; none when our server was not measured."""
    by_name = {found.name: found for found in findings}
    ours = by_name.get(OURS)
    if ours is None:
        return {}
    peers = [found for found in findings if found.name not in (OURS, ON_POSTGRES, PYTHON)]
    tables = {"Against the best peer, operations a second": budgets.against_peers(ours, peers, TITLES)}
    if PYTHON in by_name:
        heading = "Against the usual Python choice, operations a second"
        tables[heading] = budgets.against_python(ours, by_name[PYTHON], TITLES)
    if ON_POSTGRES in by_name:
        heading = "PostgreSQL against our own SQLite, operations a second"
        tables[heading] = budgets.against_sqlite(by_name[ON_POSTGRES], ours, TITLES)
    rest = budgets.footprint(ours, median(ours.cold_starts or [0.0]))
    tables["Footprint"] = [*rest, budgets.login(cost)] if cost else rest
    return tables


def report(findings: Sequence[Findings], cost: LoginCost | None) -> str:
    """The whole printed answer: every target's figures, the budgets, the remarks."""
    parts = [table.details(found, TITLES) for found in findings]
    parts += [table.verdicts(heading, given) for heading, given in verdicts(findings, cost).items()]
    return "\n\n".join([*parts, "\n".join(table.remarks(findings))]).rstrip()


def document(findings: Sequence[Findings], cost: LoginCost | None) -> dict[str, object]:
    """The same as values for JSON."""
    judged = {
        heading: [{**asdict(verdict), "met": verdict.met} for verdict in given]
        for heading, given in verdicts(findings, cost).items()
    }
    return {
        "findings": [asdict(found) for found in findings],
        "login": asdict(cost) if cost else None,
        "budgets": judged,
    }

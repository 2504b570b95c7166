"""The printed answer: aligned columns, remarks below."""

from collections.abc import Iterable, Sequence

from bench.budgets import Verdict, rate_text
from bench.results import Findings

DETAILS = ("", "per second (min-max)", "p50 ms", "p99 ms", "cores", "store", "load", "others", "errors")


def align(rows: Sequence[Sequence[str]]) -> str:
    """Rows as text: the first column to the left, the others to the right, two blanks between."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            row[0].ljust(widths[0]),
            *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)),
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def verdicts(heading: str, given: Sequence[Verdict]) -> str:
    """A table of budgets under its heading."""
    rows = [("", "ours", "against", "figure", "budget", "")]
    for verdict in given:
        figure = "-" if verdict.figure is None else f"{verdict.figure:.2f}"
        sign = ">=" if verdict.at_least else "<="
        rows.append(
            (
                verdict.subject,
                verdict.ours,
                verdict.theirs,
                figure,
                f"{sign} {verdict.limit:.1f}",
                verdict.word,
            )
        )
    return f"{heading}\n{align(rows)}"


def details(findings: Findings, titles: dict[str, str]) -> str:
    """All figures of one target: rates, latencies, and the cores each party used."""
    rows: list[Sequence[str]] = [DETAILS]
    for key, series in findings.series.items():
        parties = [f"{series.cores(party):.2f}" for party in ("server", "store", "generator", "foreign")]
        latencies = [f"{series.p50_ms:.2f}", f"{series.p99_ms:.2f}"]
        name = f"{key} {titles[key]}"
        rows.append((name, rate_text(findings, key), *latencies, *parties, str(series.errors)))
    starts = " ".join(f"{start:.2f}" for start in findings.cold_starts)
    memory = f"{findings.idle_memory:.0f} MiB idle, {findings.final_memory:.0f} at the end"
    head = f"{findings.name}: {findings.title}; {findings.version or 'version unknown'}"
    return f"{head}\ncold starts {starts} s; memory {memory}\n{align(rows)}"


def remarks(all_findings: Iterable[Findings]) -> list[str]:
    """Failures, error samples and notes, one line each."""
    lines = []
    for findings in all_findings:
        for key, series in findings.series.items():
            said = [series.failure, *series.notes]
            if series.errors:
                said.append(f"{series.errors} errors, for example {series.sample}")
            lines += [f"{findings.name} {key}: {text}" for text in said if text]
    return lines

"""The command line: what is asked for, what is shown, and how it ends."""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from service_account.failures import EXIT_CODES, Failure
from service_account.http import Http
from service_account.timesheets import TimesheetsApi
from service_account.tokens import Tokens


@dataclass(frozen=True)
class Options:
    """What the person typed. `scope` is space-separated; empty asks for all that was granted."""

    only_list: bool
    date: str
    project: str
    hours: float
    scope: str
    uses_cache: bool

    def folder(self, cache: Path) -> Path | None:
        """Return where tokens are kept, or None if they shall not be."""
        return cache if self.uses_cache else None


@dataclass(frozen=True)
class Job:
    """Tokens, and the address of the API that believes them."""

    tokens: Tokens
    api: str


Prepare = Callable[[Mapping[str, str], Http, Options], Job]


def run(arguments: Sequence[str], environment: Mapping[str, str], prepare: Prepare, *, program: str) -> int:
    """Do what the arguments say and return the exit code."""
    options = read(arguments, program)
    try:
        http = Http()
        job = prepare(environment, http, options)
        work(TimesheetsApi(http, job.api, job.tokens), options)
    except Failure as failure:
        print(f"{failure}", file=sys.stderr)
        if failure.advice:
            print(failure.advice, file=sys.stderr)
        return failure.exit_code
    return 0


def read(arguments: Sequence[str], program: str) -> Options:
    """Return the options; ends the program with 2 when they make no sense, with 0 after --help."""
    parser = argparse.ArgumentParser(
        prog=program,
        description="Adds a timesheet in the name of this script, and shows all that it has added.",
        epilog=f"The settings are environment variables: see the README.\n\n{EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--list", action="store_true", dest="only_list", help="show, and add nothing")
    parser.add_argument("--project", default="Nightly backup", help="what was done (default: %(default)s)")
    parser.add_argument(
        "--hours", type=float, default=0.25, help="how long, in quarters (default: %(default)s)"
    )
    parser.add_argument(
        "--date", default=date.today().isoformat(), help="the day, as in 2026-11-20 (default: today)"
    )
    parser.add_argument("--scope", default="", help="ask for these scopes only, space-separated")
    parser.add_argument(
        "--no-cache", action="store_false", dest="uses_cache", help="use and keep no token of another run"
    )
    return Options(**vars(parser.parse_args(arguments)))


def work(api: TimesheetsApi, options: Options) -> None:
    """Add and show; raises a Failure."""
    if not options.only_list:
        added = api.add(options.date, options.project, options.hours)
        print(f"added {added['id']}: {added['date']} {added['project']} {added['hours']} h")
    for one in api.list():
        print(f"{one['date']}  {one['hours']:>5} h  {one['project']}")

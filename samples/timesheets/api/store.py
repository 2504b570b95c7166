"""Where timesheets are kept: one table."""

import sqlite3
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Timesheet:
    """What somebody did on one day. `date` is ISO 8601, `hours` come in quarters."""

    id: int
    date: str
    project: str
    hours: float


class Timesheets:
    """The timesheets of everybody; every question names whose."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        database.execute(
            "CREATE TABLE IF NOT EXISTS timesheets"
            " (id INTEGER PRIMARY KEY, owner TEXT NOT NULL, date TEXT NOT NULL,"
            " project TEXT NOT NULL, hours REAL NOT NULL)"
        )

    def of(self, owner: str) -> list[Timesheet]:
        """Return the timesheets of `owner`, newest first."""
        rows = self._database.execute(
            "SELECT id, date, project, hours FROM timesheets WHERE owner = ? ORDER BY date DESC, id DESC",
            (owner,),
        )
        return [Timesheet(*row) for row in rows]

    def add(self, owner: str, day: date, project: str, hours: float) -> Timesheet:
        """Keep a timesheet and return it with its number."""
        with self._database:
            row = self._database.execute(
                "INSERT INTO timesheets (owner, date, project, hours) VALUES (?, ?, ?, ?)"
                " RETURNING id, date, project, hours",
                (owner, day.isoformat(), project, hours),
            ).fetchone()
        return Timesheet(*row)

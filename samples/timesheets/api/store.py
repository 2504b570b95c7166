"""Where timesheets are kept: one table."""

import sqlite3
from dataclasses import dataclass
from datetime import date

_COLUMNS = "id, date, project, hours, email"


@dataclass(frozen=True)
class Timesheet:
    """What somebody did on one day.

    `date` is ISO 8601, `hours` come in quarters. `email` is whose address the token told, if it told one:
    for people to read. Whose timesheet it is, is the token's subject, which is not shown.
    """

    id: int
    date: str
    project: str
    hours: float
    email: str | None


class Timesheets:
    """The timesheets of everybody; every question names whose."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        database.execute(
            "CREATE TABLE IF NOT EXISTS timesheets"
            " (id INTEGER PRIMARY KEY, owner TEXT NOT NULL, date TEXT NOT NULL,"
            " project TEXT NOT NULL, hours REAL NOT NULL, email TEXT)"
        )
        if "email" not in {column for _, column, *_ in database.execute("PRAGMA table_info(timesheets)")}:
            # A file of an earlier version of this sample.
            database.execute("ALTER TABLE timesheets ADD COLUMN email TEXT")

    def of(self, owner: str) -> list[Timesheet]:
        """Return the timesheets of `owner`, newest first."""
        rows = self._database.execute(
            f"SELECT {_COLUMNS} FROM timesheets WHERE owner = ? ORDER BY date DESC, id DESC",
            (owner,),
        )
        return [Timesheet(*row) for row in rows]

    def add(self, owner: str, email: str | None, day: date, project: str, hours: float) -> Timesheet:
        """Keep a timesheet and return it with its number."""
        with self._database:
            row = self._database.execute(
                "INSERT INTO timesheets (owner, email, date, project, hours) VALUES (?, ?, ?, ?, ?)"
                f" RETURNING {_COLUMNS}",
                (owner, email, day.isoformat(), project, hours),
            ).fetchone()
        return Timesheet(*row)

"""Two endpoints behind a guard."""

import logging
import sqlite3
from datetime import date
from typing import Annotated

from fastapi import FastAPI, Request, Response
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from gatewright_guard import Verified
from gatewright_guard.fastapi import Guard, Refused
from timesheets.api.store import Timesheet, Timesheets

log = logging.getLogger("timesheets.api")

EMAIL = "https://timesheets.example/email"
"""A claim that a rule of the tenant adds to the tokens of this API."""


class NewTimesheet(BaseModel):
    """What an employee reports. The employee is not in it: who it is comes from the token."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    date: date
    project: str = Field(min_length=1, max_length=80)
    hours: float = Field(gt=0, le=24, multiple_of=0.25)


def create_app(guard: Guard, database: sqlite3.Connection, *, origins: list[str]) -> FastAPI:
    """Return the API. `origins` are those of the browser applications that may call it."""
    app = FastAPI(title="Timesheets API")
    kept = Timesheets(database)

    @app.get("/timesheets")
    async def list_timesheets(
        caller: Annotated[Verified, guard.requires("read:timesheets")],
    ) -> list[Timesheet]:
        """Return the timesheets of the caller, newest first."""
        return kept.of(caller.subject)

    @app.post("/timesheets", status_code=201)
    async def add_timesheet(
        new: NewTimesheet, caller: Annotated[Verified, guard.requires("create:timesheets")]
    ) -> Timesheet:
        """Add a timesheet of the caller."""
        return kept.add(caller.subject, email_of(caller), new.date, new.project, new.hours)

    app.add_exception_handler(Refused, refuse)
    # Outermost, so that the application may read refusals, too.
    app.add_middleware(
        CORSMiddleware,
        allow_origins=origins,
        allow_methods=["GET", "POST"],
        allow_headers=["Authorization", "Content-Type"],
        expose_headers=["WWW-Authenticate"],
    )
    return app


def email_of(caller: Verified) -> str | None:
    """Return the caller's address: a machine has none, nor has anybody in a tenant without the rule."""
    email = caller.claims.get(EMAIL)
    return email if isinstance(email, str) else None


def refuse(_: Request, refused: Refused) -> Response:
    """Answer a call without a good token; the log gets what a developer needs to find out why."""
    error = refused.error
    log.warning("refused: %s (%s)", error.code, error.diagnosis)
    message = "Missing or invalid token" if error.status == 401 else error.message
    return JSONResponse({"message": message, **error.body}, error.status, headers=dict(error.headers))

"""Which changes become one PostgreSQL statement, and what it looks like."""

import re

import asyncpg
import pytest
from sqlalchemy import select, text, update
from tests.storage.tables import (
    ADD_BED,
    ADD_NOTE,
    ADD_PERSON,
    GET_PERSON,
    GROW,
    KEEP_PERSON,
    NOTE_FOR_EACH_PERSON,
    PUT_PERSON,
    REMOVE_BED,
    REMOVE_NOTE,
    REMOVE_ROOM,
    TAKE_NOTE,
    notes,
    people,
)

from gatewright.storage.joining import joined, unmatched
from gatewright.storage.revision import REVISION_BUMP
from gatewright.storage.statement import Statement

WITH_ITS_OWN_WITH = Statement(
    update(notes).where(notes.c.note_id == select(people.c.name).cte("chosen").c.name).values(text="x")
)


def plain(*statements: Statement) -> str | None:
    return joined(tuple((statement, False) for statement in statements))


def failed_cast(text: str) -> asyncpg.InvalidTextRepresentationError:
    message = f'invalid input syntax for type integer: "{text}"'
    error = asyncpg.PostgresError.new({"S": "ERROR", "C": "22P02", "M": message})
    assert isinstance(error, asyncpg.InvalidTextRepresentationError)
    return error


class TestWhatIsJoined:
    @pytest.mark.parametrize(
        "statements",
        [
            (ADD_NOTE, ADD_PERSON),
            (ADD_NOTE, ADD_NOTE),
            (TAKE_NOTE, ADD_PERSON),
            (TAKE_NOTE, ADD_BED, REVISION_BUMP),
            (PUT_PERSON, ADD_NOTE, ADD_NOTE),
            (ADD_BED, GROW, REMOVE_NOTE),
        ],
    )
    def test_changes_of_different_tables(self, statements: tuple[Statement, ...]) -> None:
        """Changes of different tables, and any number of plain inserts, become one statement."""
        assert plain(*statements) is not None

    @pytest.mark.parametrize(
        "statements",
        [
            (ADD_PERSON, GROW),
            (GROW, GROW),
            (REMOVE_NOTE, TAKE_NOTE),
            (PUT_PERSON, PUT_PERSON),
            (KEEP_PERSON, ADD_PERSON),
            (ADD_PERSON, NOTE_FOR_EACH_PERSON),
            (NOTE_FOR_EACH_PERSON, ADD_PERSON),
            (REMOVE_ROOM, REMOVE_BED),
            (REMOVE_BED, REMOVE_ROOM),
            (REMOVE_ROOM, ADD_BED),
            (REVISION_BUMP, REVISION_BUMP),
            (ADD_NOTE, GET_PERSON),
            (ADD_NOTE, Statement(text("ANALYZE"))),
            (ADD_PERSON, WITH_ITS_OWN_WITH),
            (ADD_NOTE,) * 17,
        ],
    )
    def test_changes_that_could_tell_the_difference(self, statements: tuple[Statement, ...]) -> None:
        """Changes that touch, read or cascade to each other's tables are not joined; nor are very many."""
        assert plain(*statements) is None


class TestText:
    def test_parameters_are_numbered_through(self) -> None:
        """The parameters of the joined statement are numbered from 1 over all parts, in order."""
        sql = plain(ADD_NOTE, ADD_PERSON)
        assert sql is not None
        assert [int(number) for number in re.findall(r"\$(\d+)", sql)] == list(range(1, 8))

    def test_parts_without_returning_get_one(self) -> None:
        """Every part returns its rows so that they can be counted, and RETURNING is not doubled."""
        sql = plain(ADD_PERSON, TAKE_NOTE)
        assert sql is not None
        assert sql.count("RETURNING 1)") == 1
        assert sql.count("RETURNING notes.text)") == 1

    def test_only_changes_that_must_match_are_judged(self) -> None:
        """The statement fails for the positions that must match, and for no other."""
        sql = joined(((ADD_PERSON, False), (TAKE_NOTE, True), (ADD_BED, False)))
        assert sql is not None
        assert re.findall(r"WHEN n(\d) = 0", sql) == ["1"]
        assert "CASE" not in (plain(ADD_PERSON, TAKE_NOTE, ADD_BED) or "")

    def test_the_text_is_made_once(self) -> None:
        """The same statements in the same order give the very same text."""
        assert plain(ADD_NOTE, ADD_PERSON) is plain(ADD_NOTE, ADD_PERSON)


class TestReport:
    def test_the_position_is_read_from_the_error(self) -> None:
        """The error of the failing cast tells the position."""
        found = unmatched(failed_cast("gatewright unmatched 12"))
        assert found is not None
        assert found.position == 12

    def test_another_failing_cast_is_no_report(self) -> None:
        """The same kind of error with another text reports nothing."""
        assert unmatched(failed_cast("gatewright unmatched")) is None

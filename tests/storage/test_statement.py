"""Core expressions as the text and the parameter order of each driver."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    MetaData,
    Table,
    Text,
    bindparam,
    exists,
    func,
    insert,
    literal,
    select,
    text,
    update,
)
from tests.storage.tables import (
    ADD_PERSON,
    GET_PERSON,
    KEEP_PERSON,
    NOTE_FOR_EACH_PERSON,
    PUT_PERSON,
    REMOVE_NOTE,
    REMOVE_ROOM,
    TAKE_NOTE,
    beds,
    notes,
    people,
    pets,
    rooms,
)

from gatewright.kernel.units import Change
from gatewright.storage.statement import POSTGRESQL, SQLITE, Mismatch, Statement, upsert

BOTH = pytest.mark.parametrize("dialect", [SQLITE, POSTGRESQL])
SHELF = Table(
    "shelf",
    MetaData(),
    *(Column(name, Text, primary_key=name == "a") for name in "abcdefg"),
    Column("count", BigInteger, default=5),
    Column("open", Boolean),
)


class TestText:
    def test_sqlite_takes_question_marks_in_order(self) -> None:
        """For SQLite every parameter is a question mark, and a name used twice is given twice."""
        statement = Statement(
            select(people.c.name).where(
                people.c.version > bindparam("seen"),
                people.c.name == bindparam("name"),
                people.c.version < bindparam("seen"),
            )
        )
        compiled = statement.for_dialect(SQLITE)
        assert (compiled.sql.count("?"), compiled.order) == (3, ("seen", "name", "seen"))
        assert compiled.bind({"name": "n", "seen": 1}) == (1, "n", 1)

    def test_postgresql_takes_numbers(self) -> None:
        """For PostgreSQL a name used twice has one number, and numbers count up in the text."""
        statement = Statement(
            select(people.c.name).where(
                people.c.version > bindparam("seen"),
                people.c.name == bindparam("name"),
                people.c.version < bindparam("seen"),
            )
        )
        compiled = statement.for_dialect(POSTGRESQL)
        assert "> $1::BIGINT" in compiled.sql
        assert "= $2::VARCHAR" in compiled.sql
        assert "< $1::BIGINT" in compiled.sql
        assert compiled.bind({"name": "n", "seen": 1}) == (1, "n")

    @BOTH
    def test_percent_signs_stay(self, dialect: str) -> None:
        """A percent sign in the text of a statement is not taken for a placeholder."""
        compiled = Statement(select(text("'100%'"), people.c.version % bindparam("n"))).for_dialect(dialect)
        assert compiled.sql.count("100%") == 1
        assert "%%" not in compiled.sql

    @BOTH
    def test_compiled_once(self, dialect: str) -> None:
        """A statement is compiled once for each dialect."""
        assert GET_PERSON.for_dialect(dialect) is GET_PERSON.for_dialect(dialect)

    @BOTH
    def test_a_literal_list_is_expanded(self, dialect: str) -> None:
        """A list given to in_ becomes one parameter for each of its values."""
        names = ["it's", "b", "c"]
        compiled = Statement(
            select(people.c.email).where(
                people.c.name.in_(names), people.c.tenant_id == bindparam("tenant_id")
            )
        ).for_dialect(dialect)
        assert sorted(map(str, compiled.bind({"tenant_id": "t"}))) == sorted([*names, "t"])

    @BOTH
    def test_a_named_list_is_refused(self, dialect: str) -> None:
        """A list as a named parameter is refused with advice."""
        statement = Statement(select(people.c.email).where(people.c.name.in_(bindparam("names"))))
        with pytest.raises(Mismatch, match="names: a list cannot be a named parameter"):
            statement.for_dialect(dialect)

    @BOTH
    def test_column_defaults_are_refused(self, dialect: str) -> None:
        """A statement that would rely on a Python-side default is refused and names the column."""
        with pytest.raises(Mismatch, match=r"shelf\.count"):
            Statement(insert(SHELF).values(a=bindparam("a"))).for_dialect(dialect)

    @BOTH
    def test_an_insert_takes_every_column(self, dialect: str) -> None:
        """An INSERT without values has one parameter for each column, of its name."""
        compiled = Statement(insert(SHELF)).for_dialect(dialect)
        assert compiled.order == (*"abcdefg", "count", "open")
        assert "RETURNING" not in compiled.sql

    @BOTH
    def test_values_in_the_expression_need_no_parameter(self, dialect: str) -> None:
        """Values written into the expression are bound by themselves."""
        statement = Statement(
            update(people)
            .where(people.c.name == bindparam("name"))
            .values(email="e", version=people.c.version + 7)
        )
        compiled = statement.for_dialect(dialect)
        assert sorted(compiled.bind({"name": "n"}), key=str) == [7, "e", "n"]


class TestFacts:
    @BOTH
    @pytest.mark.parametrize(
        ("statement", "kind", "table", "returns_rows"),
        [
            (ADD_PERSON, "insert", "people", False),
            (PUT_PERSON, "insert", "people", False),
            (REMOVE_NOTE, "delete", "notes", False),
            (TAKE_NOTE, "delete", "notes", True),
            (GET_PERSON, "select", "", True),
            (Statement(text("ANALYZE")), "other", "", False),
            (Statement(update(notes).values(text="x").returning(notes.c.text)), "update", "notes", True),
        ],
    )
    def test_what_a_statement_is(
        self, dialect: str, statement: Statement, kind: str, table: str, returns_rows: bool
    ) -> None:
        """A statement knows its kind, the table it writes and whether it returns rows."""
        compiled = statement.for_dialect(dialect)
        assert (compiled.kind, compiled.table, compiled.returns_rows) == (kind, table, returns_rows)

    def test_a_statement_that_begins_with_a_query_is_of_another_kind(self) -> None:
        """A write that brings its own WITH is not counted among the plain ones."""
        chosen = select(people.c.name).cte("chosen")
        statement = Statement(update(notes).where(notes.c.note_id == chosen.c.name).values(text="x"))
        assert statement.for_dialect(POSTGRESQL).kind == "other"

    @pytest.mark.parametrize(
        ("statement", "appends"),
        [
            (ADD_PERSON, True),
            (PUT_PERSON, False),
            (KEEP_PERSON, False),
            (NOTE_FOR_EACH_PERSON, False),
            (TAKE_NOTE, False),
        ],
    )
    def test_only_a_plain_insert_appends(self, statement: Statement, appends: bool) -> None:
        """Neither an upsert nor an INSERT from a SELECT counts as appending."""
        assert statement.for_dialect(POSTGRESQL).appends is appends

    @pytest.mark.parametrize(
        ("statement", "reach"),
        [
            (ADD_PERSON, {"people"}),
            (NOTE_FOR_EACH_PERSON, {"people", "notes"}),
            (
                Statement(update(notes).where(exists().where(pets.c.pet == notes.c.note_id)).values(text="")),
                {"notes", "pets"},
            ),
            (
                Statement(update(notes).values(text=select(func.max(beds.c.bed)).scalar_subquery())),
                {"notes", "beds"},
            ),
            (REMOVE_ROOM, {"rooms", "beds"}),
            (Statement(insert(rooms)), {"rooms"}),
            (REMOVE_NOTE, {"notes"}),
        ],
    )
    def test_reach_is_all_that_is_read_written_or_cascaded_to(
        self, statement: Statement, reach: set[str]
    ) -> None:
        """A statement's reach names the tables it reads and writes, and those that follow a delete."""
        assert statement.for_dialect(POSTGRESQL).reach == reach


class TestBinding:
    @given(st.permutations(list("abcdefg")), st.integers(min_value=0, max_value=7))
    def test_every_value_lands_at_its_name(self, given: list[str], literals: int) -> None:
        """Whatever the order of the parameters, each value stands where its name is."""
        fixed = {name: literal(f"fixed {name}") for name in "abcdefg"[:literals]}
        values = {name: fixed.get(name, bindparam(name)) for name in "abcdefg"}
        statement = Statement(insert(SHELF).values(values | {"count": bindparam("count"), "open": True}))
        parameters = {name: f"given {name}" for name in [*given, "count"] if name not in fixed}
        expected = {name: f"{'fixed' if name in fixed else 'given'} {name}" for name in "abcdefg"}
        for dialect in (SQLITE, POSTGRESQL):
            bound = statement.for_dialect(dialect).bind(parameters)
            assert list(bound) == [*expected.values(), "given count", True]

    @BOTH
    @pytest.mark.parametrize(
        ("parameters", "message"),
        [
            ({}, "missing: name, tenant_id"),
            ({"tenant_id": "t"}, "missing: name"),
            ({"tenant_id": "t", "name": "n", "x": 1}, "unknown: x"),
            ({"tenant_id": "t", "nmae": "n"}, "missing: name; unknown: nmae"),
        ],
    )
    def test_wrong_names_are_told(self, dialect: str, parameters: dict[str, object], message: str) -> None:
        """Missing and unknown parameters are named, and their values are not."""
        with pytest.raises(Mismatch) as caught:
            GET_PERSON.for_dialect(dialect).bind(parameters)
        assert str(caught.value) == f"wrong parameters; {message}"

    @BOTH
    @pytest.mark.parametrize("parameters", [{}, {"name": 1, "x": 2}])
    def test_wrong_names_are_told_beside_constants(self, dialect: str, parameters: dict[str, object]) -> None:
        """A statement with values of its own is as strict about names."""
        statement = Statement(select(people.c.email).where(people.c.name == bindparam("name")).limit(3))
        with pytest.raises(Mismatch):
            statement.for_dialect(dialect).bind(parameters)

    @BOTH
    @pytest.mark.parametrize("count", [0, 1, 2, 3])
    def test_any_number_of_parameters(self, dialect: str, count: int) -> None:
        """A statement with no, one or more parameters binds to a tuple of that length."""
        names = list(itertools.islice("abcdefg", count))
        statement = Statement(select(SHELF.c.a).where(*(SHELF.c[name] == bindparam(name) for name in names)))
        assert statement.for_dialect(dialect).bind(dict.fromkeys(names, "v")) == ("v",) * count


class TestChange:
    def test_a_change_carries_statement_and_values(self) -> None:
        """A change holds its statement, its values and whether it must match."""
        assert GET_PERSON.change(name="n") == Change(GET_PERSON, {"name": "n"})
        assert GET_PERSON.change(must_match=True, name="n").must_match


class TestUpsert:
    @BOTH
    def test_named_columns_take_the_new_value(self, dialect: str) -> None:
        """An upsert sets exactly the named columns when the keys exist."""
        sql = " ".join(PUT_PERSON.for_dialect(dialect).sql.split())
        head, _, tail = sql.partition("ON CONFLICT (tenant_id, name) DO UPDATE SET ")
        assert head.startswith("INSERT INTO people (tenant_id, name, email, version) VALUES")
        assert tail == "email = excluded.email, version = excluded.version"

    @BOTH
    def test_nothing_to_update_does_nothing(self, dialect: str) -> None:
        """An upsert without columns to update leaves an existing row alone."""
        assert KEEP_PERSON.for_dialect(dialect).sql.endswith("ON CONFLICT (tenant_id, name) DO NOTHING")

    @BOTH
    def test_every_column_is_a_parameter(self, dialect: str) -> None:
        """All columns of the table are parameters of an upsert."""
        statement = upsert(notes, keys=("tenant_id", "note_id"), update=("text",))
        assert set(statement.for_dialect(dialect).order) == {"tenant_id", "note_id", "text"}

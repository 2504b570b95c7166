"""What both drivers promise, on a real SQLite file and a real PostgreSQL."""

import asyncio
from contextlib import aclosing

import pytest
from sqlalchemy import column, select, table
from tests.storage.conftest import Place
from tests.storage.polling import until
from tests.storage.tables import (
    ADD_BED,
    ADD_NOTE,
    ADD_PERSON,
    ADD_PET,
    ADD_ROOM,
    ALL_NOTES,
    ALL_PEOPLE,
    COUNT_NOTES,
    GET_NOTE,
    GET_PERSON,
    GROW,
    KEEP_PERSON,
    NOTE_FOR_EACH_PERSON,
    PUT_PERSON,
    REMOVE_BED,
    REMOVE_NOTE,
    REMOVE_PERSON,
    REMOVE_ROOM,
    RENAME,
    SWAP_VERSION,
    TAKE_NOTE,
    TAKE_PERSON,
)
from tests.storage.tables import notes as notes_table
from tests.storage.tables import people as people_table

from gatewright.kernel.errors import Conflict, Invalid, Unavailable
from gatewright.kernel.units import Change, Duplicate, Unit, Unmatched
from gatewright.storage.database import STREAM_ROWS, Database, Rejected, revision_bump
from gatewright.storage.statement import Mismatch, Statement

MANY = 100


def person(name: str, email: str | None = None) -> Change:
    return ADD_PERSON.change(tenant_id="t", name=name, email=email or f"{name}@example.com", version=1)


def note(note_id: str, text: str | None = "") -> Change:
    return ADD_NOTE.change(tenant_id="t", note_id=note_id, text=text)


def grow(name: str, *, must_match: bool = True) -> Change:
    return GROW.change(must_match=must_match, tenant_id="t", name=name)


def remove_note(note_id: str, *, must_match: bool = True) -> Change:
    return REMOVE_NOTE.change(must_match=must_match, tenant_id="t", note_id=note_id)


async def people(database: Database) -> list[tuple[str, str, int]]:
    return [(row[0], row[1], row[2]) for row in await database.fetch(ALL_PEOPLE, tenant_id="t")]


async def notes(database: Database) -> list[str]:
    return [row[0] for row in await database.fetch(ALL_NOTES, tenant_id="t")]


class TestReading:
    async def test_fetch_gives_all_rows_as_tuples_in_order(self, database: Database) -> None:
        """A fetch returns every row as a tuple, in the statement's order."""
        await database.run((person("bob"), person("ada")))
        assert await database.fetch(ALL_PEOPLE, tenant_id="t") == [
            ("ada", "ada@example.com", 1),
            ("bob", "bob@example.com", 1),
        ]

    async def test_fetch_one_gives_the_first_row(self, database: Database) -> None:
        """Of several rows fetch_one returns the first."""
        await database.run((person("bob"), person("ada")))
        assert await database.fetch_one(ALL_PEOPLE, tenant_id="t") == ("ada", "ada@example.com", 1)

    async def test_fetch_one_gives_none_without_a_row(self, database: Database) -> None:
        """Without a row fetch_one returns None."""
        assert await database.fetch_one(GET_PERSON, tenant_id="t", name="nobody") is None

    async def test_a_read_after_fetch_one_sees_later_commits(self, database: Database) -> None:
        """A row left unread by fetch_one does not hold later reads to its moment."""
        await database.run((person("ada"), person("bob")))
        await database.fetch_one(ALL_PEOPLE, tenant_id="t")
        await database.run((grow("bob"),))
        assert await database.fetch_one(GET_PERSON, tenant_id="t", name="bob") == ("bob@example.com", 2)

    async def test_scan_gives_what_fetch_gives(self, database: Database) -> None:
        """A scan returns the same rows as a fetch."""
        await database.run((person("bob"), person("ada")))
        assert await database.scan(ALL_PEOPLE, tenant_id="t") == await database.fetch(
            ALL_PEOPLE, tenant_id="t"
        )

    async def test_null_comes_back_as_none(self, database: Database) -> None:
        """NULL is None in both directions."""
        await database.run((note("n", None),))
        assert await database.fetch_one(GET_NOTE, tenant_id="t", note_id="n") == (None,)

    async def test_any_text_comes_back_unchanged(self, database: Database) -> None:
        """Quotes, percent signs, dollars, line ends and every plane of Unicode are stored as they are."""
        text = "it's 100% $1 ? :x \\ \"\r\n\t \U0001f600 \u202e \ufffd"
        await database.run((note("n", text),))
        assert await database.fetch_one(GET_NOTE, tenant_id="t", note_id="n") == (text,)

    async def test_the_largest_and_smallest_integers_come_back(self, database: Database) -> None:
        """Integers of 64 bits are stored exactly."""
        for name, version in (("low", -(2**63)), ("high", 2**63 - 1)):
            await database.run((ADD_PERSON.change(tenant_id="t", name=name, email=name, version=version),))
            assert await database.fetch_one(GET_PERSON, tenant_id="t", name=name) == (name, version)

    async def test_one_tenant_does_not_see_another(self, database: Database) -> None:
        """The same key may exist in two tenants."""
        await database.run((note("n", "mine"),))
        await database.run((ADD_NOTE.change(tenant_id="other", note_id="n", text="theirs"),))
        assert await database.fetch_one(GET_NOTE, tenant_id="other", note_id="n") == ("theirs",)

    async def test_unions_and_common_tables_can_be_read(self, database: Database) -> None:
        """A SELECT may begin with WITH, or be a union."""
        await database.run((note("n"), person("ada")))
        names = select(people_table.c.name).cte("names")
        ids = select(notes_table.c.note_id)
        assert await database.fetch(Statement(select(names.c.name))) == [("ada",)]
        assert sorted(await database.scan(Statement(ids.union(select(people_table.c.name))))) == [
            ("ada",),
            ("n",),
        ]

    async def test_many_reads_at_once(self, database: Database) -> None:
        """More readers at once than there are connections all get their answer."""
        await database.run((person("ada"),))
        reads = [database.fetch_one(GET_PERSON, tenant_id="t", name="ada") for _ in range(MANY)]
        assert await asyncio.gather(*reads) == [("ada@example.com", 1)] * MANY

    async def test_a_read_cannot_write(self, database: Database) -> None:
        """A statement that writes is refused where a SELECT is expected, and writes nothing."""
        await database.run((note("n"),))
        with pytest.raises(Rejected):
            await database.fetch(TAKE_NOTE, tenant_id="t", note_id="n")
        assert await notes(database) == ["n"]

    async def test_an_unknown_table_is_named(self, database: Database) -> None:
        """A statement over a table that does not exist is Rejected with the table's name."""
        with pytest.raises(Rejected, match="nowhere"):
            await database.fetch(Statement(select(column("x")).select_from(table("nowhere"))))

    @pytest.mark.parametrize("method", ["fetch", "fetch_one", "scan"])
    async def test_wrong_parameters_are_named(self, database: Database, method: str) -> None:
        """A misspelt parameter is named, with the one that is missing."""
        with pytest.raises(Mismatch, match=r"missing: name; unknown: nam"):
            await getattr(database, method)(GET_PERSON, tenant_id="t", nam="ada")


class TestStreaming:
    async def fill(self, database: Database, count: int) -> list[str]:
        names = [f"{number:05}" for number in range(count)]
        for start in range(0, count, 500):
            await asyncio.gather(*(database.run((note(name),)) for name in names[start : start + 500]))
        return names

    async def test_all_rows_in_bounded_batches(self, database: Database) -> None:
        """A stream gives every row once, in order, in batches of bounded size."""
        names = await self.fill(database, 2 * STREAM_ROWS + 1)
        batches = [batch async for batch in database.stream(ALL_NOTES, tenant_id="t")]
        assert [row[0] for batch in batches for row in batch] == names
        assert [len(batch) for batch in batches] == [STREAM_ROWS, STREAM_ROWS, 1]

    async def test_nothing_streams_nothing(self, database: Database) -> None:
        """A stream without rows has no batch."""
        assert [batch async for batch in database.stream(ALL_NOTES, tenant_id="t")] == []

    async def test_a_stream_shows_one_moment(self, database: Database) -> None:
        """Rows written after its first batch are not in a stream, and yet are seen by other reads."""
        await self.fill(database, STREAM_ROWS + 1)
        seen = 0
        async with aclosing(database.stream(ALL_NOTES, tenant_id="t")) as stream:
            async for batch in stream:
                seen += len(batch)
                await database.run((note(f"later {seen}"),))
                assert (await database.scan(COUNT_NOTES))[0][0] > STREAM_ROWS + 1
        assert seen == STREAM_ROWS + 1

    async def test_a_stream_left_early_gives_its_connection_back(self, database: Database) -> None:
        """Streams that are left after one batch can be followed by any number of others."""
        await self.fill(database, STREAM_ROWS + 1)
        for _ in range(20):
            async with aclosing(database.stream(ALL_NOTES, tenant_id="t")) as stream:
                async for batch in stream:
                    assert len(batch) == STREAM_ROWS
                    break

    async def test_closing_the_database_ends_a_stream(self, database: Database) -> None:
        """A stream that outlives its database ends with Unavailable, and closing does not wait for it."""
        await self.fill(database, STREAM_ROWS + 1)
        async with aclosing(database.stream(ALL_NOTES, tenant_id="t")) as stream:
            await anext(stream)
            await database.close()
            with pytest.raises(Unavailable):
                await anext(stream)


class TestUnits:
    async def test_rows_touched_are_counted(self, database: Database) -> None:
        """A unit returns for each change how many rows it touched."""
        await database.run((person("ada"), person("bob"), note("n")))
        unit = (
            grow("ada"),
            remove_note("none", must_match=False),
            NOTE_FOR_EACH_PERSON.change(tenant_id="t"),
        )
        assert await database.run(unit) == (1, 0, 2)

    async def test_a_change_that_returns_rows_is_counted_too(self, database: Database) -> None:
        """Rows are counted alike for statements with and without RETURNING."""
        await database.run((person("ada"), note("n")))
        take = TAKE_NOTE.change(must_match=True, tenant_id="t", note_id="n")
        assert await database.run((take, grow("ada"))) == (1, 1)

    async def test_an_empty_unit_does_nothing(self, database: Database) -> None:
        """A unit without changes returns no counts."""
        assert await database.run(()) == ()

    async def test_later_changes_see_earlier_ones(self, database: Database) -> None:
        """A change works on what the changes before it in the unit have done."""
        assert await database.run((person("ada"), grow("ada"), grow("ada"))) == (1, 1, 1)
        assert await people(database) == [("ada", "ada@example.com", 3)]

    async def test_a_change_reads_what_an_earlier_one_wrote_elsewhere(self, database: Database) -> None:
        """A change that selects from another table sees the rows that its unit has put there."""
        unit = (person("ada"), NOTE_FOR_EACH_PERSON.change(tenant_id="t"))
        assert await database.run(unit) == (1, 1)

    async def test_a_change_reads_before_a_later_one_writes(self, database: Database) -> None:
        """A change that selects from another table does not see what comes after it in the unit."""
        unit = (NOTE_FOR_EACH_PERSON.change(tenant_id="t"), person("ada"))
        assert await database.run(unit) == (0, 1)

    async def test_cascades_happen_in_turn(self, database: Database) -> None:
        """A change after a delete that cascades finds the dependent rows gone."""
        await database.run((ADD_ROOM.change(room="r"), ADD_BED.change(bed="b", room="r")))
        unit = (REMOVE_ROOM.change(room="r"), REMOVE_BED.change(bed="b"))
        assert await database.run(unit) == (1, 0)

    async def test_a_reference_to_a_row_of_the_same_unit(self, database: Database) -> None:
        """A row and another that refers to it may be added by one unit."""
        unit = (person("ada"), ADD_PET.change(tenant_id="t", pet="rex", owner="ada"))
        assert await database.run(unit) == (1, 1)

    async def test_a_large_unit(self, database: Database) -> None:
        """A unit may have hundreds of changes."""
        assert await database.run(tuple(note(str(number)) for number in range(300))) == (1,) * 300

    async def test_upsert_inserts_then_updates(self, database: Database) -> None:
        """An upsert adds the row, or gives the named columns of the existing one their new values."""
        for email, version in (("old", 1), ("new", 2)):
            put = PUT_PERSON.change(must_match=True, tenant_id="t", name="ada", email=email, version=version)
            assert await database.run((put, note(email))) == (1, 1)
        assert await people(database) == [("ada", "new", 2)]

    async def test_upsert_without_columns_keeps_the_row(self, database: Database) -> None:
        """An upsert that updates nothing leaves an existing row alone and counts no row."""
        for email, touched in (("first", 1), ("second", 0)):
            keep = KEEP_PERSON.change(tenant_id="t", name="ada", email=email, version=1)
            assert await database.run((keep, note(email))) == (touched, 1)
        assert await people(database) == [("ada", "first", 1)]

    async def test_wrong_parameters_are_named_before_anything_happens(self, database: Database) -> None:
        """A unit with a misspelt parameter raises Mismatch and changes nothing."""
        with pytest.raises(Mismatch, match="unknown: titel"):
            await database.run((note("n"), ADD_NOTE.change(tenant_id="t", note_id="m", titel="")))
        assert await notes(database) == []

    async def test_a_cancelled_caller_harms_nobody(self, database: Database) -> None:
        """After a caller was cancelled in the middle of its unit the database goes on."""
        for number in range(20):
            task = asyncio.create_task(database.run((person(f"p{number}"), note(f"n{number}"))))
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
        assert await database.run((person("ada"), note("n"))) == (1, 1)

    async def test_a_cancelled_unit_is_done_whole_or_not_at_all(self, database: Database) -> None:
        """A unit whose caller was cancelled has happened completely or not at all."""
        for number in range(20):
            task = asyncio.create_task(database.run((person(f"{number}"), note(f"{number}"))))
            await asyncio.sleep(0.0005 * (number % 4))
            task.cancel()
            await asyncio.wait([task])
        await database.run((note("z last"),))
        assert [row[0] for row in await people(database)] == (await notes(database))[:-1]


def failing(position: int, length: int) -> list[Unit]:
    """Units whose change at ``position`` matches nothing: over several tables, and over one."""
    apart = [note("a"), grow("ada"), revision_bump("t")][:length]
    apart.insert(position, remove_note("missing"))
    together: list[Change] = [note("a"), note("b"), grow("ada")][:length]
    together.insert(position, grow("missing"))
    return [tuple(apart), tuple(together)]


UNMATCHED = [
    pytest.param(unit, position, id=f"{kind}-{position}-of-{length + 1}")
    for length in (0, 1, 2, 3)
    for position in range(length + 1)
    for kind, unit in zip(("apart", "together"), failing(position, length), strict=True)
]


class TestUnmatched:
    @pytest.mark.parametrize(("unit", "position"), UNMATCHED)
    async def test_the_unit_is_undone_and_the_position_told(
        self, database: Database, unit: Unit, position: int
    ) -> None:
        """A change that must match and does not undoes its unit, wherever it stands, and tells where."""
        await database.run((person("ada"),))
        with pytest.raises(Unmatched) as caught:
            await database.run(unit)
        assert caught.value.position == position
        assert await people(database) == [("ada", "ada@example.com", 1)]
        assert await notes(database) == []

    async def test_the_first_of_several_is_told(self, database: Database) -> None:
        """Of two changes that match nothing the first is reported."""
        with pytest.raises(Unmatched) as caught:
            await database.run((note("n"), grow("nobody"), remove_note("none")))
        assert caught.value.position == 1

    async def test_a_change_that_need_not_match_may_touch_nothing(self, database: Database) -> None:
        """A change without must_match may touch no row."""
        unit = (remove_note("none", must_match=False), grow("nobody", must_match=False))
        assert await database.run(unit) == (0, 0)

    async def test_text_cannot_pass_for_the_report(self, database: Database) -> None:
        """Stored text that looks like the report of an unmatched change is only text."""
        unit = (note('"gatewright unmatched 7"'), person("gatewright unmatched 7"))
        assert await database.run(unit) == (1, 1)


class TestDuplicates:
    @pytest.mark.parametrize(
        "unit", [(person("ada"),), (note("n"), person("ada")), (person("bob"), person("ada"))]
    )
    async def test_a_key_that_exists(self, database: Database, unit: Unit) -> None:
        """A second row with the same key is a Duplicate of its table, and the unit is undone."""
        await database.run((person("ada"),))
        with pytest.raises(Duplicate) as caught:
            await database.run(unit)
        assert caught.value.table == "people"
        assert (await notes(database), len(await people(database))) == ([], 1)

    async def test_a_unique_value_that_exists(self, database: Database) -> None:
        """A unique column is guarded like a key, for updates too."""
        await database.run((person("ada"), person("bob")))
        rename = RENAME.change(tenant_id="t", name="bob", email="ada@example.com")
        with pytest.raises(Duplicate) as caught:
            await database.run((note("n"), rename))
        assert caught.value.table == "people"
        assert await notes(database) == []

    async def test_a_duplicate_within_one_unit(self, database: Database) -> None:
        """Two rows with the same key in one unit are a Duplicate."""
        with pytest.raises(Duplicate):
            await database.run((note("n"), note("n")))
        assert await notes(database) == []

    async def test_a_duplicate_by_take(self, database: Database) -> None:
        """Taking by a statement that inserts reports duplicates like a unit."""
        await database.run((person("ada"),))
        with pytest.raises(Duplicate):
            await database.take(person("ada"))

    @pytest.mark.parametrize("first", ["unmatched", "duplicate"])
    async def test_what_fails_first_is_told(self, database: Database, first: str) -> None:
        """When one change matches nothing and another is a duplicate, the earlier one is reported."""
        await database.run((person("ada"),))
        unit = (remove_note("none"), person("ada"))
        with pytest.raises(Unmatched if first == "unmatched" else Duplicate):
            await database.run(unit if first == "unmatched" else unit[::-1])

    async def test_neither_message_nor_context_shows_values(self, database: Database) -> None:
        """A Duplicate carries no value of the row, not even in the error it came from."""
        await database.run((person("ada", "secret@example.com"),))
        with pytest.raises(Duplicate) as caught:
            await database.run((person("bob", "secret@example.com"),))
        assert "secret" not in str(caught.value)
        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__


class TestRefusals:
    async def test_a_reference_to_nothing_is_a_conflict(self, database: Database) -> None:
        """A row that refers to one that does not exist is a Conflict, and the unit is undone."""
        with pytest.raises(Conflict, match="pets"):
            await database.run((note("n"), ADD_PET.change(tenant_id="t", pet="rex", owner="nobody")))
        assert await notes(database) == []

    async def test_a_row_still_referred_to_is_a_conflict(self, database: Database) -> None:
        """A row to which another refers cannot be deleted."""
        await database.run((person("ada"), ADD_PET.change(tenant_id="t", pet="rex", owner="ada")))
        with pytest.raises(Conflict):
            await database.run((REMOVE_PERSON.change(tenant_id="t", name="ada"),))
        assert len(await people(database)) == 1

    async def test_a_missing_value_is_a_mistake_and_not_told(self, database: Database) -> None:
        """NULL where none may be is Rejected, with the column and without the other values."""
        bad = ADD_PERSON.change(tenant_id="t", name="top secret", email=None, version=1)
        with pytest.raises(Rejected, match="email") as caught:
            await database.run((note("n"), bad))
        assert "secret" not in str(caught.value)
        assert await notes(database) == []

    @pytest.mark.parametrize("value", [2**63, -(2**63) - 1, 10**100])
    async def test_an_integer_beyond_64_bits_is_invalid(self, database: Database, value: int) -> None:
        """An integer that does not fit is Invalid input, in reads and writes."""
        bad = ADD_PERSON.change(tenant_id="t", name="ada", email="", version=value)
        with pytest.raises(Invalid):
            await database.run((note("n"), bad))
        with pytest.raises(Invalid):
            await database.run((SWAP_VERSION.change(tenant_id="t", name="ada", seen=value),))
        assert await notes(database) == []

    async def test_a_lone_surrogate_is_invalid(self, database: Database) -> None:
        """Text that is not Unicode is Invalid input, in reads and writes."""
        with pytest.raises(Invalid):
            await database.run((note("\ud800"),))
        with pytest.raises(Invalid):
            await database.fetch_one(GET_NOTE, tenant_id="t", note_id="\ud800")
        with pytest.raises(Invalid):
            await database.scan(ALL_NOTES, tenant_id="\ud800")

    async def test_a_value_of_a_strange_type_is_a_mistake(self, database: Database) -> None:
        """A value that no driver knows is Rejected, not blamed on the input."""
        with pytest.raises(Rejected):
            await database.run((ADD_NOTE.change(tenant_id="t", note_id="n", text={"a": "b"}),))

    async def test_the_database_goes_on_after_every_refusal(self, database: Database) -> None:
        """Any number of refused units leaves every connection in order."""
        await database.run((person("ada"),))
        bad: list[Unit] = [
            (person("ada"), note("n")),
            (grow("nobody"), note("n")),
            (note("\ud800"), grow("ada")),
        ]
        outcomes = await asyncio.gather(*(database.run(unit) for unit in bad * 20), return_exceptions=True)
        assert {type(each) for each in outcomes} == {Duplicate, Unmatched, Invalid}
        assert await database.run((note("n"), grow("ada"))) == (1, 1)


class TestTaking:
    async def test_the_row_is_returned_once(self, database: Database) -> None:
        """The first take returns the row, the second none."""
        await database.run((note("n", "hello"),))
        take = TAKE_NOTE.change(tenant_id="t", note_id="n")
        assert [await database.take(take), await database.take(take)] == [("hello",), None]

    async def test_a_take_that_must_match(self, database: Database) -> None:
        """A take that must match and does not is Unmatched at position 0."""
        with pytest.raises(Unmatched) as caught:
            await database.take(TAKE_NOTE.change(must_match=True, tenant_id="t", note_id="n"))
        assert caught.value.position == 0

    async def test_of_a_hundred_takers_one_succeeds(self, database: Database, other_node: Database) -> None:
        """A hundred parallel takes of one row, on two nodes, yield it exactly once."""
        await database.run((note("n", "hello"),))
        take = TAKE_NOTE.change(tenant_id="t", note_id="n")
        takes = [node.take(take) for node in (database, other_node) for _ in range(MANY // 2)]
        taken = await asyncio.gather(*takes)
        assert sorted(taken, key=bool) == [None] * (MANY - 1) + [("hello",)]

    async def test_of_a_hundred_units_that_spend_one_row_one_succeeds(
        self, database: Database, other_node: Database
    ) -> None:
        """A hundred units that spend one row and record it, on two nodes, leave one record."""
        await database.run((person("code"),))
        spend = TAKE_PERSON.change(must_match=True, tenant_id="t", name="code")
        units = [
            node.run((spend, note(f"{number} by {place}")))
            for place, node in enumerate((database, other_node))
            for number in range(MANY // 2)
        ]
        outcomes = await asyncio.gather(*units, return_exceptions=True)
        assert [each for each in outcomes if not isinstance(each, Unmatched)] == [(1, 1)]
        assert len(await notes(database)) == 1


class TestConcurrency:
    async def test_each_unit_has_its_own_outcome(self, database: Database) -> None:
        """Of many units at once the good ones happen and the bad ones do not, whoever shares their commit."""
        await database.run((person("ada"), note("taken")))
        kinds: list[Unit] = []
        for number in range(MANY):
            good = (note(f"good {number}"), grow("ada"))
            unmatched = (note(f"bad {number}"), grow("nobody"))
            duplicate = (grow("ada"), note("taken"))
            kinds += [good, unmatched, duplicate]
        outcomes = await asyncio.gather(*(database.run(unit) for unit in kinds), return_exceptions=True)
        assert outcomes[0::3] == [(1, 1)] * MANY
        assert {str(each) for each in outcomes[1::3]} == {"change 1 matched no row"}
        assert {str(each) for each in outcomes[2::3]} == {"duplicate in notes"}
        assert await people(database) == [("ada", "ada@example.com", 1 + MANY)]
        assert len(await notes(database)) == 1 + MANY

    async def test_one_of_many_editors_wins(self, database: Database, other_node: Database) -> None:
        """Of many who change the version they have seen exactly one succeeds."""
        await database.run((person("ada"),))
        edit = SWAP_VERSION.change(must_match=True, tenant_id="t", name="ada", seen=1)
        edits = [
            node.run((edit, note(f"{place} {number}")))
            for place, node in enumerate((database, other_node))
            for number in range(20)
        ]
        outcomes = await asyncio.gather(*edits, return_exceptions=True)
        assert [each for each in outcomes if not isinstance(each, Unmatched)] == [(1, 1)]

    async def test_no_update_is_lost(self, database: Database, other_node: Database) -> None:
        """Parallel increments from two nodes all count."""
        await database.run((person("ada"),))
        grows = [node.run((grow("ada"),)) for node in (database, other_node) for _ in range(MANY)]
        await asyncio.gather(*grows)
        assert await people(database) == [("ada", "ada@example.com", 1 + 2 * MANY)]

    async def test_opposite_orders_do_not_fail(self, database: Database, other_node: Database) -> None:
        """Units that touch the same rows in opposite orders all succeed in the end."""
        await database.run((person("ada"), person("bob")))
        one, two = (grow("ada"), grow("bob")), (grow("bob"), grow("ada"))
        units = [node.run(unit) for _ in range(5) for node, unit in ((database, one), (other_node, two))]
        assert await asyncio.gather(*units) == [(1, 1)] * 10

    @pytest.mark.parametrize("read", ["fetch_one", "fetch", "scan"])
    async def test_what_is_acknowledged_is_seen(self, database: Database, read: str) -> None:
        """A read that begins after a write was acknowledged sees it, among many other writers."""

        async def write_then_read(number: int) -> object:
            await database.run((note(f"{number:03}", "x"),))
            row = await getattr(database, read)(GET_NOTE, tenant_id="t", note_id=f"{number:03}")
            return row if read == "fetch_one" else row[0]

        assert await asyncio.gather(*map(write_then_read, range(MANY))) == [("x",)] * MANY

    async def test_another_node_sees_what_is_acknowledged(
        self, database: Database, other_node: Database
    ) -> None:
        """What one node has acknowledged the next read of another node sees."""
        for number in range(20):
            await database.run((note(f"{number}", "x"),))
            assert await other_node.fetch_one(GET_NOTE, tenant_id="t", note_id=f"{number}") == ("x",)


class TestOpeningAndClosing:
    async def test_ping_returns_when_open(self, database: Database) -> None:
        """An open database answers a ping."""
        await database.ping()

    async def test_rows_survive_closing(self, place: Place) -> None:
        """What was acknowledged before closing is there after the next opening."""
        for number in range(3):
            database = place.make()
            await database.open()
            assert len(await notes(database)) == number
            await database.run((note(str(number)),))
            await database.close()

    async def test_closing_finishes_what_was_accepted(self, place: Place) -> None:
        """Units that were accepted before closing are finished and acknowledged."""
        database = place.make()
        await database.open()
        units = [asyncio.create_task(database.run((note(str(number)),))) for number in range(MANY)]
        await asyncio.sleep(0)
        await database.close()
        assert await asyncio.gather(*units) == [(1,)] * MANY

    @pytest.mark.parametrize("opened", [True, False])
    async def test_a_closed_database_is_unavailable(self, place: Place, opened: bool) -> None:
        """Before opening and after closing every method raises Unavailable, at once."""
        database = place.make()
        if opened:
            await database.open()
            await database.close()
        for attempt in (
            lambda: database.ping(),
            lambda: database.fetch(ALL_NOTES, tenant_id="t"),
            lambda: database.fetch_one(ALL_NOTES, tenant_id="t"),
            lambda: database.scan(ALL_NOTES, tenant_id="t"),
            lambda: anext(database.stream(ALL_NOTES, tenant_id="t")),
            lambda: database.run(()),
            lambda: database.run((note("n"),)),
            lambda: database.take(note("n")),
        ):
            with pytest.raises(Unavailable) as caught:
                await attempt()
            assert caught.value.retry_after == 1
        with pytest.raises(Unavailable):
            database.revision("t")

    async def test_closing_twice_is_harmless(self, place: Place) -> None:
        """A database may be closed twice, and before it was opened."""
        database = place.make()
        await database.close()
        await database.open()
        await database.close()
        await database.close()

    async def test_opening_twice_is_harmless(self, database: Database) -> None:
        """Opening an open database changes nothing."""
        await database.run((note("n"),))
        await database.open()
        assert await notes(database) == ["n"]

    async def test_a_closed_database_can_be_opened_again(self, place: Place) -> None:
        """Opening again after closing gives a database that reads and writes."""
        database = place.make()
        for number in range(2):
            await database.open()
            await database.run((note(str(number)),))
            assert len(await database.scan(ALL_NOTES, tenant_id="t")) == number + 1
            await database.close()


class TestRevisions:
    async def test_a_revision_is_known_and_stands_still(self, database: Database) -> None:
        """Without configuration changes the revision of any tenant is known and stays the same."""
        await until(lambda: database.revision("t") is not None, "a revision")
        before = database.revision("t")
        await database.run((note("n"),))
        assert database.revision("t") == before

    async def test_a_bump_moves_it_at_once(self, database: Database) -> None:
        """After a unit with a bump the same node sees another revision in its very next look."""
        await until(lambda: database.revision("t") is not None, "a revision")
        seen = [database.revision("t")]
        for number in range(10):
            await database.run((note(str(number)), revision_bump("t")))
            seen.append(database.revision("t"))
        assert len(set(seen)) == 11

    async def test_a_bump_alone_moves_it(self, database: Database) -> None:
        """A bump needs no other change beside it."""
        await until(lambda: database.revision("t") is not None, "a revision")
        before = database.revision("t")
        assert await database.run((revision_bump("t"),)) == (1,)
        assert database.revision("t") != before

    async def test_other_nodes_see_it_move(self, database: Database, other_node: Database) -> None:
        """Other nodes see the revision move soon after the commit."""
        await until(lambda: other_node.revision("t") is not None, "a revision")
        for number in range(5):
            before = other_node.revision("t")
            await database.run((note(str(number)), revision_bump("t")))
            await until(lambda before=before: other_node.revision("t") != before, "the other node to hear")  # type: ignore[misc]

    async def test_other_tenants_do_not_move(self, database: Database, other_node: Database) -> None:
        """A bump moves the revision of its own tenant only."""
        for node in (database, other_node):
            await until(lambda node=node: node.revision("other") is not None, "a revision")  # type: ignore[misc]
        before = [node.revision("other") for node in (database, other_node)]
        mine = other_node.revision("t")
        await database.run((revision_bump("t"),))
        await until(lambda: other_node.revision("t") != mine, "the other node to hear")
        assert [node.revision("other") for node in (database, other_node)] == before

    async def test_a_unit_that_fails_moves_nothing(self, database: Database, other_node: Database) -> None:
        """A bump in a unit that was undone is not seen anywhere."""
        for node in (database, other_node):
            await until(lambda node=node: node.revision("t") is not None, "a revision")  # type: ignore[misc]
        before = [node.revision("t") for node in (database, other_node)]
        with pytest.raises(Unmatched):
            await database.run((revision_bump("t"), grow("nobody")))
        marker = other_node.revision("marker")
        await database.run((revision_bump("marker"),))  # heard after anything that came before it
        await until(lambda: other_node.revision("marker") != marker, "the marker")
        assert [node.revision("t") for node in (database, other_node)] == before

    async def test_a_revision_never_returns(self, database: Database, other_node: Database) -> None:
        """However two nodes change the configuration at once, no node sees a number again after another."""
        await until(lambda: database.revision("t") is not None, "a revision")
        seen: list[int | None] = []

        async def change(node: Database) -> None:
            for _ in range(10):
                await node.run((revision_bump("t"),))
                seen.append(database.revision("t"))

        await asyncio.gather(change(database), change(other_node))
        assert seen == sorted(seen, key=lambda number: number or 0)

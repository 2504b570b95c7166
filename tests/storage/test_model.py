"""Random units, against a model in plain Python: both drivers must agree with it on outcome and rows."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from tests.storage.tables import (
    ADD_NOTE,
    ADD_PERSON,
    ALL_NOTES,
    ALL_PEOPLE,
    GROW,
    KEEP_PERSON,
    NOTE_FOR_EACH_PERSON,
    PUT_PERSON,
    REMOVE_NOTE,
    REMOVE_PERSON,
    RENAME,
    TAKE_NOTE,
    notes,
    people,
)

from gatewright.kernel.units import Change, Duplicate, Unit, Unmatched
from gatewright.storage.database import Database
from gatewright.storage.statement import Statement

NAMES = "abc"
CLEAR = (Statement(delete(people)).change(), Statement(delete(notes)).change())


@dataclass
class Model:
    """The tables as dictionaries: people by name (email, version), notes by id."""

    people: dict[str, tuple[str, int]] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)

    def set_person(self, name: str, email: str, version: int) -> int:
        if any(other != name and found[0] == email for other, found in self.people.items()):
            raise Duplicate("people")
        self.people[name] = (email, version)
        return 1

    def add_person(self, name: str, email: str) -> int:
        if name in self.people:
            raise Duplicate("people")
        return self.set_person(name, email, 1)

    def keep_person(self, name: str, email: str) -> int:
        return 0 if name in self.people else self.set_person(name, email, 1)

    def rename(self, name: str, email: str) -> int:
        return self.set_person(name, email, self.people[name][1]) if name in self.people else 0

    def grow(self, name: str) -> int:
        if name not in self.people:
            return 0
        email, version = self.people[name]
        return self.set_person(name, email, version + 1)

    def remove_person(self, name: str) -> int:
        return int(self.people.pop(name, None) is not None)

    def add_note(self, note_id: str, text: str) -> int:
        if note_id in self.notes:
            raise Duplicate("notes")
        self.notes[note_id] = text
        return 1

    def remove_note(self, note_id: str) -> int:
        return int(self.notes.pop(note_id, None) is not None)

    def note_each_person(self) -> int:
        for name, (email, _) in self.people.items():
            self.add_note(name, email)
        return len(self.people)


@dataclass(frozen=True)
class Step:
    """One change, and what it does to the model."""

    label: str
    change: Change
    apply: Callable[[Model], int]

    def __repr__(self) -> str:
        return self.label


def step(kind: str, name: str, email: str, must_match: bool) -> Step:
    person: dict[str, object] = {"tenant_id": "t", "name": name}
    note: dict[str, object] = {"tenant_id": "t", "note_id": name}
    whole = person | {"email": email, "version": 1}
    kinds: dict[str, tuple[Statement, dict[str, object], Callable[[Model], int]]] = {
        "add person": (ADD_PERSON, whole, lambda model: model.add_person(name, email)),
        "put person": (PUT_PERSON, whole, lambda model: model.set_person(name, email, 1)),
        "keep person": (KEEP_PERSON, whole, lambda model: model.keep_person(name, email)),
        "rename": (RENAME, person | {"email": email}, lambda model: model.rename(name, email)),
        "grow": (GROW, person, lambda model: model.grow(name)),
        "remove person": (REMOVE_PERSON, person, lambda model: model.remove_person(name)),
        "add note": (ADD_NOTE, note | {"text": email}, lambda model: model.add_note(name, email)),
        "remove note": (REMOVE_NOTE, note, lambda model: model.remove_note(name)),
        "take note": (TAKE_NOTE, note, lambda model: model.remove_note(name)),
        "note each": (NOTE_FOR_EACH_PERSON, {"tenant_id": "t"}, lambda model: model.note_each_person()),
    }
    statement, parameters, apply = kinds[kind]
    label = f"{kind} {name} {email}{' must match' if must_match else ''}"
    return Step(label, Change(statement, parameters, must_match), apply)


KINDS = (
    "add person",
    "put person",
    "rename",
    "grow",
    "remove person",
    "add note",
    "remove note",
    "take note",
    "note each",
    "keep person",
)
STEPS = st.builds(step, st.sampled_from(KINDS), st.sampled_from(NAMES), st.sampled_from("xyz"), st.booleans())
UNITS = st.lists(st.lists(STEPS, min_size=1, max_size=4), min_size=1, max_size=6)


def expected(model: Model, steps: list[Step]) -> tuple[Model, object]:
    """The model after the unit, and what ``run`` has to return or raise."""
    after = Model(dict(model.people), dict(model.notes))
    counts = []
    try:
        for position, each in enumerate(steps):
            counts.append(each.apply(after))
            if each.change.must_match and not counts[-1]:
                raise Unmatched(position)
    except (Unmatched, Duplicate) as refusal:
        return model, str(refusal)
    return after, tuple(counts)


async def outcome(database: Database, unit: Unit) -> object:
    try:
        return await database.run(unit)
    except (Unmatched, Duplicate) as refusal:
        return str(refusal)


async def rows(database: Database) -> Model:
    return Model(
        {row[0]: (row[1], row[2]) for row in await database.fetch(ALL_PEOPLE, tenant_id="t")},
        {row[0]: row[1] for row in await database.fetch(ALL_NOTES, tenant_id="t")},
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(units=UNITS)
@example(units=[[step("remove note", "a", "x", True), step("add person", "a", "x", False)]])
@example(units=[[step("add note", "a", "x", False), step("grow", "a", "x", True)]])
async def test_units_do_what_the_model_does(database: Database, units: list[list[Step]]) -> None:
    """One after the other, units return, raise, change and undo exactly what their changes in turn would."""
    await database.run(CLEAR)
    model = Model()
    for steps in units:
        model, wanted = expected(model, steps)
        assert await outcome(database, tuple(each.change for each in steps)) == wanted
        assert await rows(database) == model


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)  # PostgreSQL promises less: see ``Database``
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(units=UNITS)
async def test_units_at_once_are_as_if_in_some_order(database: Database, units: list[list[Step]]) -> None:
    """Units handed over together end as they would in some order, one after the other."""
    await database.run(CLEAR)
    unit_list = [tuple(each.change for each in steps) for steps in units[:3]]
    outcomes = list(await asyncio.gather(*(outcome(database, unit) for unit in unit_list)))
    assert (outcomes, await rows(database)) in orders(units[:3])


def orders(units: list[list[Step]]) -> list[tuple[list[object], Model]]:
    """All that may come out when the units run in any order."""
    results: list[tuple[list[object], Model]] = []

    def follow(model: Model, left: list[int], seen: dict[int, object]) -> None:
        if not left:
            results.append(([seen[place] for place in range(len(units))], model))
        for place in left:
            after, result = expected(model, units[place])
            follow(after, [each for each in left if each != place], seen | {place: result})

    follow(Model(), list(range(len(units))), {})
    return results

"""The bus commits a change together with the record of its event, or neither."""

from collections.abc import Iterable
from dataclasses import FrozenInstanceError

import pytest

from gatewright.kernel.clock import FixedClock, SystemClock
from gatewright.kernel.events import Bus, Event
from gatewright.kernel.units import Change, Duplicate, Unit, Unmatched

pytestmark = pytest.mark.anyio


class Happened(Event):
    code = "x"


class HappenedLoudly(Happened):
    code = "xx"


class Runner:
    """Notes units; fails them when told."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.units: list[Unit] = []
        self._failure = failure

    async def run(self, unit: Unit) -> tuple[int, ...]:
        if self._failure:
            raise self._failure
        self.units.append(unit)
        return tuple(range(len(unit)))


def change(name: str) -> Change:
    return Change(name, {})


def record(event: Event) -> Iterable[Change]:
    yield change(f"record {event.code}")


async def test_record_joins_the_unit() -> None:
    """The record of an event is in the unit of its change, after it."""
    runner = Runner()
    bus = Bus(runner)
    bus.record_with(record)
    await bus.commit((change("a"), change("b")), Happened(tenant_id="t", at=1))
    assert [[c.statement for c in unit] for unit in runner.units] == [["a", "b", "record x"]]


async def test_counts_are_those_of_the_changes() -> None:
    """The caller learns how many rows its own changes touched, not those of the records."""
    bus = Bus(Runner())
    bus.record_with(record)
    assert await bus.commit((change("a"), change("b")), Happened(tenant_id="t", at=1)) == (0, 1)


async def test_subscribers_hear_after_the_commit_in_order() -> None:
    """Subscribers of the kind and of its parents hear, in the order in which they came."""
    heard: list[str] = []
    runner = Runner()
    bus = Bus(runner)

    def subscriber(name: str) -> None:
        async def hear(event: Event) -> None:
            heard.append(f"{name} {event.code} {len(runner.units)}")

        bus.subscribe(HappenedLoudly if name == "narrow" else Happened, hear)

    for name in ("one", "narrow", "two"):
        subscriber(name)
    await bus.commit((), HappenedLoudly(tenant_id="t", at=1), Happened(tenant_id="t", at=1))
    assert heard == ["one xx 1", "narrow xx 1", "two xx 1", "one x 1", "two x 1"]


@pytest.mark.parametrize("failure", [Unmatched(0), Duplicate("users")])
async def test_nobody_hears_of_what_did_not_happen(failure: Exception) -> None:
    """When the unit fails nobody is told, and the caller learns why."""
    heard: list[Event] = []
    bus = Bus(Runner(failure))

    async def hear(event: Event) -> None:
        heard.append(event)

    bus.subscribe(Happened, hear)
    with pytest.raises(type(failure)):
        await bus.commit((change("a"),), Happened(tenant_id="t", at=1))
    assert heard == []


def test_events_are_frozen() -> None:
    """Nobody changes what happened."""
    event = Happened(tenant_id="t", at=1)
    with pytest.raises(FrozenInstanceError):
        event.at = 2  # type: ignore[misc]


def test_fixed_clock_moves_when_told() -> None:
    """A fixed clock stands still until it is moved, in either direction."""
    clock = FixedClock(100)
    assert (clock.now(), clock.now()) == (100, 100)
    clock.advance(50)
    clock.advance(-20)
    assert clock.now() == 130


def test_system_clock_tells_whole_seconds() -> None:
    """The machine's clock tells whole seconds since 1970."""
    now = SystemClock().now()
    assert type(now) is int
    assert now > 1_700_000_000

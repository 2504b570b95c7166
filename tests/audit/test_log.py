"""Every event is on record, in the unit of what it tells."""

import importlib
import pkgutil

import pytest
from tests.support.world import World

import gatewright
from gatewright.audit import LogEntry
from gatewright.kernel.events import Event, Origin
from gatewright.kernel.units import Unmatched
from gatewright.login.events import LoginSucceeded, WrongPassword

pytestmark = pytest.mark.anyio


def event(kind: type[Event] = LoginSucceeded, **fields: object) -> Event:
    return kind(tenant_id="main", at=1_800_000_000, **fields)  # type: ignore[arg-type]


def kinds() -> list[type[Event]]:
    """Every kind of event in the house."""
    for module in pkgutil.walk_packages(gatewright.__path__, "gatewright."):
        if module.name.endswith(".events"):
            importlib.import_module(module.name)
    return [kind for kind in Event.__subclasses__() if kind.__module__.startswith("gatewright.")]


def test_every_event_has_a_code_and_says_what_it_tells() -> None:
    """Each kind of event has the wire's log code and a docstring of its own."""
    found = kinds()
    assert len(found) > 20
    assert not [kind.__name__ for kind in found if not kind.code or not kind.__doc__]


def test_entry_carries_what_the_event_tells() -> None:
    """An entry has the event's facts under the wire's names, and its own id that sorts by time."""
    told = event(
        user_id="auth0|ada",
        client_id="web",
        origin=Origin("203.0.113.7", "x" * 900, "id.example.test"),
        details={"n": 1},
    )
    entry = LogEntry.of(told)
    assert (entry.type, entry.event, entry.user_id, entry.client_id) == (
        "s",
        "LoginSucceeded",
        "auth0|ada",
        "web",
    )
    assert (entry.ip, len(entry.user_agent), entry.hostname) == ("203.0.113.7", 300, "id.example.test")
    assert entry.details == {"n": 1}
    assert LogEntry.of(told).log_id != entry.log_id


async def test_newest_comes_first(world: World) -> None:
    """The log is read from its newest entry."""
    await world.platform.bus.commit((), event(WrongPassword, user_name="first"))
    later = WrongPassword(tenant_id="main", at=1_800_000_500, user_name="second")
    await world.platform.bus.commit((), later)
    assert [entry.user_name for entry in await world.logs(2)] == ["second", "first"]
    assert len(await world.logs(1)) == 1


async def test_what_did_not_happen_is_not_on_record(world: World) -> None:
    """An event whose change did not match is recorded no more than the change is made."""
    before = await world.logs()
    change = world.platform.stores.tickets.spend("main", "no-such-ticket", 1)
    with pytest.raises(Unmatched):
        await world.platform.bus.commit((change,), event())
    assert await world.logs() == before


async def test_log_of_another_tenant_is_its_own(world: World) -> None:
    """An entry is read in its own tenant alone."""
    await world.platform.bus.commit((), event())
    assert await world.platform.stores.logs.newest("other", limit=10) == []

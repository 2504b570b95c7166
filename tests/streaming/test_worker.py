"""Who is followed, when, and that nobody waits for another."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from tests.streaming.conftest import STREAM, TENANT, Mail

from gatewright.kernel.errors import Unavailable
from gatewright.kernel.events import Event
from gatewright.storage.database import revision_bump
from gatewright.streaming import Streaming, worker

pytestmark = pytest.mark.anyio

NEWS = Event(tenant_id=TENANT, at=0)
SECONDS = 10


class Deliveries:
    """Stands for ``StreamDelivery``: counts turns, and answers as ``answer`` says."""

    def __init__(self, answer: Callable[[str, int], int | None] = lambda _stream, _turn: None) -> None:
        self.answer = answer
        self.turns: dict[str, int] = {}
        self.changed = asyncio.Condition()
        self.gates: dict[str, asyncio.Event] = {}

    async def deliver(self, tenant_id: str, stream_id: str) -> int | None:
        async with self.changed:
            self.turns[stream_id] = self.turns.get(stream_id, 0) + 1
            self.changed.notify_all()
        if stream_id in self.gates:
            await self.gates[stream_id].wait()
        return self.answer(stream_id, self.turns[stream_id])

    async def until(self, stream_id: str, turns: int) -> None:
        """Waits for that many turns of a stream."""
        async with asyncio.timeout(SECONDS), self.changed:
            await self.changed.wait_for(lambda: self.turns.get(stream_id, 0) >= turns)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "PAUSE_SECONDS", 0.005)
    monkeypatch.setattr(worker, "_TROUBLE_SECONDS", 0)


@asynccontextmanager
async def running(mail: Mail, deliveries: Deliveries) -> AsyncIterator[Streaming]:
    """A worker that runs until the block ends."""
    made = Streaming(deliveries, mail.streams, mail.stores.log_progress)  # type: ignore[arg-type]
    task = asyncio.create_task(made.run())
    try:
        yield made
    finally:
        assert not task.done(), "it ended by itself"
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def idle(streaming: Streaming) -> None:
    """Waits until nothing is followed."""
    async with asyncio.timeout(SECONDS):
        while streaming._followed or streaming._news:
            await asyncio.sleep(0.001)


async def test_start_looks_at_what_is_left(mail: Mail) -> None:
    """A process that starts follows every active stream once, without being told."""
    await mail.put()
    deliveries = Deliveries()
    async with running(mail, deliveries) as streaming:
        await deliveries.until(STREAM, 1)
        await idle(streaming)
    assert deliveries.turns == {STREAM: 1}


async def test_event_has_its_tenants_streams_followed(mail: Mail) -> None:
    """An event has the streams of its tenant followed, and no other's."""
    deliveries = Deliveries()
    async with running(mail, deliveries) as streaming:
        await streaming.hear(Event(tenant_id="other", at=0))
        await idle(streaming)
        await mail.put()
        await streaming.hear(Event(tenant_id="other", at=0))
        await idle(streaming)
        assert deliveries.turns == {}
        await streaming.hear(NEWS)
        await deliveries.until(STREAM, 1)


async def test_nothing_is_asked_where_there_are_no_streams(
    mail: Mail, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a tenant without streams an event leads to no statement."""
    # PostgreSQL has to prove time and again that it would tell of a change; here it always has.
    monkeypatch.setattr(mail.database, "revision", lambda _tenant_id: 1)
    asked: list[Any] = []
    deliveries = Deliveries()
    async with running(mail, deliveries) as streaming:
        await streaming.hear(NEWS)
        await idle(streaming)
        for name in ("fetch", "fetch_one", "scan", "run", "take"):
            monkeypatch.setattr(mail.database, name, lambda *args, **_: asked.append(args))
        for _ in range(5):
            await streaming.hear(NEWS)
            await idle(streaming)
        monkeypatch.undo()
    assert asked == []
    assert deliveries.turns == {}


async def test_slow_stream_holds_nobody_up(mail: Mail) -> None:
    """While one receiver takes its time, the stream to another is followed."""
    first = await mail.put()
    other = type(first)(stream_id="lst_2", name="Two", sink=first.sink, begins_at=first.begins_at)
    await mail.database.run((*mail.stores.log_streams.insert(TENANT, other), revision_bump(TENANT)))
    deliveries = Deliveries()
    deliveries.gates[STREAM] = asyncio.Event()
    async with running(mail, deliveries) as streaming:
        await deliveries.until(STREAM, 1)
        for turn in range(1, 4):
            await streaming.hear(NEWS)
            await deliveries.until("lst_2", turn)
        assert deliveries.turns[STREAM] == 1


async def test_news_during_a_turn(mail: Mail) -> None:
    """What happens while a stream is being delivered has it delivered once more."""
    await mail.put()
    deliveries = Deliveries()
    gate = deliveries.gates[STREAM] = asyncio.Event()
    async with running(mail, deliveries) as streaming:
        await deliveries.until(STREAM, 1)
        await streaming.hear(NEWS)
        while streaming._news:
            await asyncio.sleep(0.001)
        gate.set()
        await deliveries.until(STREAM, 2)


async def test_pause_ends_by_itself_and_by_news(mail: Mail) -> None:
    """A stream that said when has its turn then, and earlier when there is something new."""
    await mail.put()
    deliveries = Deliveries(lambda _, turn: 0 if turn < 3 else 1_000)
    async with running(mail, deliveries) as streaming:
        await deliveries.until(STREAM, 3)
        await streaming.hear(NEWS)
        await deliveries.until(STREAM, 4)


async def test_accidents_end_nothing(mail: Mail, caplog: pytest.LogCaptureFixture) -> None:
    """A database that is away, and a mistake of ours, cost a pause and no stream."""

    def answer(_: str, turn: int) -> int | None:
        if turn == 1:
            raise Unavailable("away", retry_after=0)
        if turn == 2:
            raise ZeroDivisionError
        return None

    await mail.put()
    deliveries = Deliveries(answer)
    async with running(mail, deliveries) as streaming:
        await deliveries.until(STREAM, 3)
        await idle(streaming)
    assert "ZeroDivisionError" in caplog.text


async def test_database_that_is_away_at_first(mail: Mail, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the first look nor a later one is lost when the database does not answer."""
    await mail.put()
    real, failures = mail.streams.active, [Unavailable("away", retry_after=0)]
    everything, away = mail.stores.log_progress.everything, [Unavailable("away", retry_after=0)]

    async def active(tenant_id: str) -> Any:
        if failures:
            raise failures.pop()
        return await real(tenant_id)

    async def all_of_them() -> Any:
        if away:
            raise away.pop()
        return await everything()

    deliveries = Deliveries()
    monkeypatch.setattr(mail.streams, "active", active)
    progress = type("Progress", (), {"everything": staticmethod(all_of_them)})
    made = Streaming(deliveries, mail.streams, progress())  # type: ignore[arg-type]
    task = asyncio.create_task(made.run())
    await deliveries.until(STREAM, 1)
    await made.hear(NEWS)
    await deliveries.until(STREAM, 2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (failures, away) == ([], [])

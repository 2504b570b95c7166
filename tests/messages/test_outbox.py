"""The outbox: messages wait sealed, and in dev stay readable."""

from pathlib import Path

import pytest
from tests.messages.post import LINK, Post, message, sqlite

from gatewright.kernel.clock import FixedClock
from gatewright.kernel.units import Change, Unmatched
from gatewright.messages import Captured, CapturedMessage, OutboxEntry
from gatewright.messages.model import MOST_CAPTURED
from gatewright.storage.database import Database
from gatewright.storage.messages import SqlOutbox


class FewKept(SqlOutbox):
    """Keeps three captured messages instead of hundreds."""

    def trim(self, tenant_id: str, *, most: int) -> Change:
        assert most == MOST_CAPTURED
        return super().trim(tenant_id, most=3)


def recipients(captured: list[CapturedMessage]) -> list[str]:
    return [each.message.to for each in captured]


async def test_message_comes_with_its_unit(database: Database) -> None:
    """A message is there exactly when the unit it was put into is committed."""
    post = Post(database, Captured())
    nothing = post.store.delete(OutboxEntry("main", "nothing", tries=0))
    failing = Change(nothing.statement, nothing.parameters, must_match=True)
    with pytest.raises(Unmatched):
        await post.bus.commit((post.outbox.put("main", message()), failing))
    assert await post.outbox.captured("main") == []
    await post.put(message())
    assert recipients(await post.outbox.captured("main")) == ["ada@example.test"]


async def test_message_is_readable_at_once(database: Database) -> None:
    """In dev a message can be read as soon as it is committed, before and after it is captured alike."""
    post = Post(database, Captured())
    await post.put(message())
    before = await post.outbox.captured("main")
    assert await post.sender.deliver_due() is None
    assert await post.outbox.captured("main") == before
    assert before == [CapturedMessage(post.clock.now(), message())]


async def test_newest_comes_last(database: Database) -> None:
    """Captured messages come in the order in which they were written, also within one second."""
    clock = FixedClock()
    post = Post(database, Captured(), clock=clock)
    names = [f"user{n}@example.test" for n in range(10)]
    await post.put(*map(message, names))
    clock.advance(1)
    await post.put(message("last@example.test"))
    await post.sender.deliver_due()
    assert recipients(await post.outbox.captured("main")) == [*names, "last@example.test"]


async def test_every_process_reads_the_same(database: Database, other_node: Database) -> None:
    """What one process captured, every other shows."""
    post = Post(database, Captured())
    await post.put(message())
    await post.sender.deliver_due()
    assert recipients(await Post(other_node, Captured()).outbox.captured("main")) == ["ada@example.test"]


async def test_tenants_are_apart(database: Database) -> None:
    """A tenant shows its own messages alone."""
    post = Post(database, Captured())
    await post.put(message(), tenant_id="other")
    await post.sender.deliver_due()
    assert await post.outbox.captured("main") == []
    assert recipients(await post.outbox.captured("other")) == ["ada@example.test"]


async def test_captured_messages_are_bounded(database: Database) -> None:
    """Of captured messages the newest stay; other tenants' are not counted."""
    post = Post(database, Captured(), store=FewKept(database))
    await post.put(message("other@example.test"), tenant_id="other")
    await post.put(*(message(f"user{n}@example.test") for n in range(5)))
    await post.sender.deliver_due()
    assert recipients(await post.outbox.captured("main")) == [f"user{n}@example.test" for n in (2, 3, 4)]
    assert recipients(await post.outbox.captured("other")) == ["other@example.test"]


async def test_another_key_reads_nothing(database: Database) -> None:
    """A message sealed under another master key is passed over."""
    await Post(database, Captured(), key=bytes(32)).put(message())
    assert await Post(database, Captured()).outbox.captured("main") == []


@pytest.mark.parametrize("is_captured", [False, True])
async def test_bodies_are_sealed(sqlite_file: Path, is_captured: bool) -> None:
    """Neither link nor recipient can be found in the files of the database, waiting or captured."""
    database = sqlite(sqlite_file)
    await database.open()
    post = Post(database, Captured())
    await post.put(message())
    if is_captured:
        await post.sender.deliver_due()
    waiting = _bytes_beside(sqlite_file)
    await database.close()
    for content in (waiting, _bytes_beside(sqlite_file)):
        assert b"main" in content
        for secret in (LINK, "a-ticket-nobody-may-find", "ada@example.test"):
            assert secret.encode() not in content


def _bytes_beside(path: Path) -> bytes:
    """The database file and its write-ahead log."""
    return b"".join(file.read_bytes() for file in path.parent.glob(path.name + "*"))

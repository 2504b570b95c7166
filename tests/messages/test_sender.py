"""The sender: due messages go out, at least once, with patience."""

import asyncio
import time
from collections.abc import Callable

import pytest
from tests.messages.mail_server import MailServer
from tests.messages.post import KEY, Post, message, relay

from gatewright.kernel.clock import FixedClock, SystemClock
from gatewright.kernel.errors import Unavailable
from gatewright.messages import Captured, OutboxEntry, QueuedMessage
from gatewright.messages.sender import MOST_TRIES, back_off
from gatewright.messages.transports import Fate
from gatewright.messages.transports.absent import NoMailServer
from gatewright.storage.database import Database
from gatewright.storage.messages import SqlOutbox

DEADLINE = 10.0


async def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        await asyncio.sleep(0.005)


class CountingOutbox(SqlOutbox):
    """Counts how often somebody looks for work; fails as often as it is told to."""

    looks = 0
    failures = 0
    mistakes = 0

    async def due(self, now: int, *, limit: int) -> list[OutboxEntry]:
        self.looks += 1
        if self.failures:
            self.failures -= 1
            raise Unavailable("the database is away", retry_after=1)
        if self.mistakes:
            self.mistakes -= 1
            raise KeyError("a mistake")
        return await super().due(now, limit=limit)


class Mistaken(Captured):
    """A transport with a mistake that one recipient brings to light."""

    async def deliver(self, queued: QueuedMessage, message_id: str) -> Fate:
        if queued.message.to == "bad@example.test":
            raise KeyError("a mistake")
        return Fate.SENT


class Stuck(Captured):
    """A transport whose deliveries never end by themselves."""

    def __init__(self) -> None:
        self.began = asyncio.Event()
        self.go_on = asyncio.Event()

    async def deliver(self, queued: QueuedMessage, message_id: str) -> Fate:
        self.began.set()
        await self.go_on.wait()
        return Fate.SENT


def test_patience_grows() -> None:
    """The wait between tries doubles from half a minute to an hour."""
    assert [back_off(tries) for tries in range(1, 10)] == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert sum(map(back_off, range(1, MOST_TRIES))) < 6 * 3600


async def test_due_messages_go_out(database: Database, mail_server: MailServer) -> None:
    """Everything due is sent in the order in which it was written, and then nothing is left."""
    post = Post(database, relay(mail_server.port))
    await post.put(*(message(f"user{n}@example.test") for n in range(3)))
    assert await post.sender.deliver_due() is None
    assert mail_server.recipients == [f"user{n}@example.test" for n in range(3)]
    assert await post.outbox.captured("main") == []


async def test_long_queues_go_out(database: Database, mail_server: MailServer) -> None:
    """More messages than fit a batch all go out in one turn."""
    post = Post(database, relay(mail_server.port))
    changes = [post.outbox.put("main", message(f"user{n}@example.test")) for n in range(120)]
    await post.bus.commit(tuple(changes))
    assert await post.sender.deliver_due() is None
    assert mail_server.recipients == [f"user{n}@example.test" for n in range(120)]


async def test_temporary_refusal_is_tried_again(database: Database, mail_server: MailServer) -> None:
    """A message refused for now goes out after the back-off, not a second sooner."""
    clock = FixedClock()
    post = Post(database, relay(mail_server.port), clock=clock)
    mail_server.answers += ["451 try later", "451 try later"]
    await post.put(message())
    assert await post.sender.deliver_due() == 30
    clock.advance(29)
    assert await post.sender.deliver_due() == 1
    assert len(mail_server.answers) == 1
    clock.advance(1)
    assert await post.sender.deliver_due() == 60
    clock.advance(60)
    assert await post.sender.deliver_due() is None
    assert mail_server.recipients == ["ada@example.test"]


async def test_mail_server_comes_back(database: Database) -> None:
    """Messages written while the mail server was away go out when it is back."""
    clock, server = FixedClock(), MailServer()
    async with server.listening():
        port = server.port
    post = Post(database, relay(port), clock=clock)
    await post.put(message(), message("bob@example.test"))
    assert await post.sender.deliver_due() == 30
    assert server.received == []
    clock.advance(30)
    async with server.listening(port=port):
        assert await post.sender.deliver_due() is None
    assert sorted(server.recipients) == ["ada@example.test", "bob@example.test"]


async def test_no_mail_server(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    """Without a mail server messages wait, and the log names the setting that is missing."""
    post = Post(database, NoMailServer())
    await post.put(message())
    assert await post.sender.deliver_due() == 30
    assert "set GATEWRIGHT_SMTP_URL" in caplog.text


async def test_one_bad_message_stops_no_other(database: Database, mail_server: MailServer) -> None:
    """A message on which the connection breaks waits, and those behind it go out."""
    post = Post(database, relay(mail_server.port))
    mail_server.refused["bad@example.test"] = "421 I am leaving"
    await post.put(message("bad@example.test"), message("ada@example.test"))
    assert await post.sender.deliver_due() == 30
    assert mail_server.recipients == ["ada@example.test"]


async def test_final_refusal_is_recorded(database: Database, mail_server: MailServer) -> None:
    """A message refused for good is given up at once, its body is dropped, and the audit log says why."""
    post = Post(database, relay(mail_server.port))
    mail_server.refused["ada@example.test"] = "550 5.1.1 no such user"
    await post.put(message())
    assert await post.sender.deliver_due() is None
    (failure,) = await post.failures()
    assert "550 5.1.1 no such user" in failure.description
    assert failure.user_name == "ada@example.test"
    assert failure.details == {"kind": "reset_password", "tries": 1}
    assert await post.outbox.captured("main") == []


async def test_patience_ends(database: Database) -> None:
    """A message is given up after twelve tries, and the audit log says why."""
    clock = FixedClock()
    async with MailServer().listening() as server:
        port = server.port
    post = Post(database, relay(port), clock=clock)
    await post.put(message())
    waits = []
    while (pause := await post.sender.deliver_due()) is not None:
        waits.append(pause)
        clock.advance(pause)
    assert waits == [back_off(tries) for tries in range(1, MOST_TRIES)]
    (failure,) = await post.failures()
    assert f"127.0.0.1:{port}" in failure.description


async def test_useless_messages_are_not_sent(database: Database, mail_server: MailServer) -> None:
    """A message whose link has expired is given up instead of sent."""
    clock = FixedClock()
    post = Post(database, relay(mail_server.port), clock=clock)
    await post.put(message(expires_in=600))
    clock.advance(600)
    assert await post.sender.deliver_due() is None
    assert mail_server.received == []
    (failure,) = await post.failures()
    assert "in time" in failure.description


async def test_unreadable_messages_are_given_up(database: Database, mail_server: MailServer) -> None:
    """A message sealed under another master key is given up and stops no other."""
    await Post(database, relay(mail_server.port), key=bytes(32)).put(message("lost@example.test"))
    post = Post(database, relay(mail_server.port), key=KEY)
    await post.put(message())
    assert await post.sender.deliver_due() is None
    assert mail_server.recipients == ["ada@example.test"]
    (failure,) = await post.failures()
    assert "master key" in failure.description


async def test_two_senders_never_meet(
    database: Database, other_node: Database, mail_server: MailServer
) -> None:
    """Two senders at once send each message once."""
    one, other = (Post(each, relay(mail_server.port)) for each in (database, other_node))
    await one.put(*(message(f"user{n}@example.test") for n in range(40)))
    await asyncio.gather(one.sender.deliver_due(), other.sender.deliver_due())
    assert sorted(mail_server.recipients) == sorted(f"user{n}@example.test" for n in range(40))
    assert mail_server.sessions >= 2


async def test_leases_run_out(database: Database, other_node: Database, mail_server: MailServer) -> None:
    """A message leased by a sender that vanished is taken over when the lease ends, and not before."""
    clock = FixedClock()
    post = Post(database, relay(mail_server.port), clock=clock)
    await post.put(message())
    (seen,) = await SqlOutbox(other_node).due(clock.now(), limit=10)
    assert await SqlOutbox(other_node).lease(seen, until=clock.now() + 90)
    assert await post.sender.deliver_due() == 90
    assert mail_server.received == []
    clock.advance(90)
    assert await post.sender.deliver_due() is None
    assert mail_server.recipients == ["ada@example.test"]


async def test_who_was_overtaken_changes_nothing(database: Database) -> None:
    """A sender that comes back after its lease ended cannot undo what its successor did."""
    post = Post(database, Captured())
    await post.put(message())
    now = post.clock.now()
    (seen,) = await post.store.due(now, limit=10)
    late = await post.store.lease(seen, until=now)
    assert late
    (seen_again,) = await post.store.due(now, limit=10)
    assert await post.store.lease(seen_again, until=now + 90)
    for change in (post.store.delete(late), post.store.postpone(late, tries=1, at=0)):
        assert await database.run((change,)) == (0,)
    assert await post.store.next_due() == now + 90


async def test_leftovers_go_out_at_start(database: Database, mail_server: MailServer) -> None:
    """What an earlier process left waiting is sent when a sender starts, without any nudge."""
    await Post(database, relay(mail_server.port)).put(message())
    post = Post(database, relay(mail_server.port))
    running = asyncio.create_task(post.sender.run())
    await until(lambda: mail_server.recipients == ["ada@example.test"])
    post.sender.stop()
    await asyncio.wait_for(running, DEADLINE)


async def test_nudge_wakes(database: Database, mail_server: MailServer) -> None:
    """A sleeping sender sends what was committed as soon as it is nudged."""
    store = CountingOutbox(database)
    post = Post(database, relay(mail_server.port), store=store)
    running = asyncio.create_task(post.sender.run())
    await until(lambda: store.looks == 1)
    await post.put(message())
    assert mail_server.received == []
    post.outbox.nudge()
    await until(lambda: mail_server.recipients == ["ada@example.test"])
    post.sender.stop()
    await asyncio.wait_for(running, DEADLINE)


async def test_sleeper_wakes_by_itself_and_only_then(database: Database, mail_server: MailServer) -> None:
    """A sender sleeps until the next message is due, looking at nothing meanwhile."""
    store = CountingOutbox(database)
    post = Post(database, relay(mail_server.port), store=store, clock=SystemClock())
    ahead = FixedClock(post.clock.now() + 2)
    await Post(database, Captured(), clock=ahead).put(message())
    running = asyncio.create_task(post.sender.run())
    await until(lambda: mail_server.recipients == ["ada@example.test"])
    # At the start; when it woke; and once more to see that nothing else is due.
    await until(lambda: store.looks == 3)
    post.sender.stop()
    await asyncio.wait_for(running, DEADLINE)


async def test_database_trouble_is_survived(
    database: Database, mail_server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    """A sender that cannot read the outbox says so and goes on with the next nudge."""
    store = CountingOutbox(database)
    store.failures = 1
    post = Post(database, relay(mail_server.port), store=store)
    await post.put(message())
    running = asyncio.create_task(post.sender.run())
    await until(lambda: "the database is away" in caplog.text)
    post.outbox.nudge()
    await until(lambda: mail_server.recipients == ["ada@example.test"])
    post.sender.stop()
    await asyncio.wait_for(running, DEADLINE)


async def test_mistakes_stop_nothing(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    """A mistake in a transport costs its message a try, and those behind it go out."""
    post = Post(database, Mistaken())
    await post.put(message("bad@example.test"), message())
    assert await post.sender.deliver_due() == 30
    assert "KeyError" in caplog.text
    (waiting,) = [
        each for each in await post.outbox.captured("main") if each.message.to == "bad@example.test"
    ]
    assert waiting.message == message("bad@example.test")


async def test_mistakes_do_not_end_the_sender(
    database: Database, mail_server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    """A mistake in the store is logged, and the sender goes on with the next nudge."""
    store = CountingOutbox(database)
    store.mistakes = 1
    post = Post(database, relay(mail_server.port), store=store)
    await post.put(message())
    running = asyncio.create_task(post.sender.run())
    await until(lambda: "KeyError" in caplog.text)
    post.outbox.nudge()
    await until(lambda: mail_server.recipients == ["ada@example.test"])
    post.sender.stop()
    await asyncio.wait_for(running, DEADLINE)


async def test_stop_finishes_the_message_in_hand(database: Database) -> None:
    """A stopped sender settles the message it is sending and begins no other."""
    transport = Stuck()
    post = Post(database, transport)
    await post.put(message(), message("bob@example.test"))
    running = asyncio.create_task(post.sender.run())
    await asyncio.wait_for(transport.began.wait(), DEADLINE)
    post.sender.stop()
    transport.go_on.set()
    await asyncio.wait_for(running, DEADLINE)
    left = await post.outbox.captured("main")
    assert [each.message.to for each in left] == ["bob@example.test"]
    assert await post.store.next_due() == post.clock.now()


async def test_cancelled_sender_gives_back(database: Database) -> None:
    """A sender that is cancelled gives the message in hand back, so that the next one need not wait."""
    transport = Stuck()
    post = Post(database, transport)
    await post.put(message())
    running = asyncio.create_task(post.sender.run())
    await asyncio.wait_for(transport.began.wait(), DEADLINE)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert await post.store.next_due() == post.clock.now()


async def test_logs_hold_no_secret(
    database: Database, mail_server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither log lines nor audit entries hold the link or the relay's password, whatever goes wrong."""
    caplog.set_level("DEBUG")
    post = Post(database, relay(mail_server.port, username="gatewright", password="relay-password"))
    await post.put(message())
    await post.sender.deliver_due()
    refusing = Post(database, relay(mail_server.port), clock=FixedClock(post.clock.now() + 100))
    mail_server.answers.append("554 no")
    await refusing.sender.deliver_due()
    # The mail server, which is part of this test, logs all that it hears.
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("mail")]
    told = "\n".join(ours) + repr(await refusing.failures())
    assert "554 no" in told
    assert "a-ticket-nobody-may-find" not in told
    assert "relay-password" not in told

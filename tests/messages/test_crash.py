"""A process killed at the worst moment."""

import asyncio
import sys
from pathlib import Path

from tests.messages.mail_server import MailServer
from tests.messages.post import Post, message, relay, sqlite

from gatewright.kernel.clock import FixedClock

SCRIPT = Path(__file__).with_name("crashing_sender.py")


async def test_killed_sender_loses_nothing(sqlite_file: Path, mail_server: MailServer) -> None:
    """A message whose sender was killed after handing it over is sent again, never lost, with the same id."""
    clock = FixedClock()
    database = sqlite(sqlite_file)
    await database.open()
    post = Post(database, relay(mail_server.port), clock=clock)
    await post.put(message())
    arguments = (str(SCRIPT), str(sqlite_file), str(mail_server.port), str(clock.now()))
    child = await asyncio.create_subprocess_exec(sys.executable, *arguments)
    # The mail server has the whole message and kills its sender before saying so.
    mail_server.on_data = child.kill
    assert await asyncio.wait_for(child.wait(), 30) == -9
    assert await post.sender.deliver_due() == 90
    mail_server.on_data = lambda: None
    clock.advance(90)
    assert await post.sender.deliver_due() is None
    first, second = (received.mail["Message-ID"] for received in mail_server.received)
    assert first == second
    assert await post.store.next_due() is None
    await database.close()

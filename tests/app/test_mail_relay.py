"""The mail server that is set is the one messages are handed to, and in the way that is set."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.messages.mail_server import MailServer
from tests.messages.post import message
from tests.support.world import create_tables, settings_for

from gatewright.app import build_platform
from gatewright.kernel.clock import FixedClock
from gatewright.settings import read_subject
from gatewright.settings.model import Mail
from gatewright.storage.sqlite import SqliteDatabase
from gatewright.users import PasswordHasher


async def sent_by(folder: Path, smtp_url: str) -> None:
    """Lets a platform with this mail server try to send one message."""
    create_tables(folder / "test.db")
    settings = replace(settings_for(folder), mail=read_subject(Mail, smtp=smtp_url))
    hasher = PasswordHasher(time_cost=1, queue=1)
    database = SqliteDatabase(folder / "test.db", synchronous="OFF")
    await database.open()
    try:
        platform = build_platform(settings, database, clock=FixedClock(), hasher=hasher)
        await platform.bus.commit((platform.outbox.put("main", message()),))
        await platform.sender.deliver_due()
    finally:
        await database.close()
        hasher.close()


@pytest.mark.parametrize(("option", "received"), [("", 0), ("&tls=off", 1)])
async def test_clear_text_as_set(tmp_path: Path, option: str, received: int) -> None:
    """A server elsewhere that offers no TLS gets a message only when GATEWRIGHT_SMTP_URL says tls=off."""
    # 0.0.0.0 reaches this machine without being a loopback address by its form
    async with MailServer().listening() as server:
        await sent_by(tmp_path, f"smtp://0.0.0.0:{server.port}?from=login@example.test{option}")
    assert len(server.received) == received

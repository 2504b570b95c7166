"""A tenant's own mail server takes its mail, and is not a way into the operator's network."""

import ipaddress
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from tests.messages.mail_server import MailServer
from tests.messages.post import message
from tests.support.world import create_tables, settings_for

from gatewright.app import Platform, build_platform
from gatewright.kernel.clock import FixedClock
from gatewright.messages import EmailProvider, Reach, SmtpAddress
from gatewright.messages.transports.reach import connected
from gatewright.messages.transports.transport import Unreachable
from gatewright.settings import read_subject
from gatewright.settings.model import Mail, Outbound
from gatewright.settings.values import OutboundRules
from gatewright.storage.revision import revision_bump
from gatewright.storage.sqlite import SqliteDatabase
from gatewright.users import PasswordHasher

pytestmark = pytest.mark.anyio
LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)


@asynccontextmanager
async def platform(folder: Path, *, installation: str = "", allow: bool = True) -> AsyncIterator[Platform]:
    """A platform of a server in production; ``installation`` is its own mail server's address."""
    create_tables(folder / "test.db")
    rules = OutboundRules(LOOPBACK) if allow else OutboundRules()
    mail = read_subject(Mail, smtp=installation) if installation else Mail()
    settings = replace(settings_for(folder, dev=False), mail=mail, outbound=Outbound(allow=rules))
    hasher = PasswordHasher(time_cost=1, queue=1)
    database = SqliteDatabase(folder / "test.db", synchronous="OFF")
    await database.open()
    try:
        yield build_platform(settings, database, clock=FixedClock(), hasher=hasher)
    finally:
        await database.close()
        hasher.close()


async def choose(made: Platform, tenant_id: str, port: int, **fields: object) -> None:
    """Gives the tenant a mail server on this machine."""
    password = made.mail_providers.sealed(tenant_id, "open sesame") if fields.pop("user", "") else ""
    address = SmtpAddress(smtp_host="127.0.0.1", smtp_port=port, smtp_user="acme" if password else "")
    provider = EmailProvider(credentials=address, sealed_password=password, **fields)  # type: ignore[arg-type]
    put = made.stores.mail_settings.put_provider(tenant_id, provider)
    await made.bus.commit((put, revision_bump(tenant_id)))


async def queue(made: Platform, *tenants: str) -> None:
    for tenant_id in tenants:
        await made.bus.commit((made.outbox.put(tenant_id, message(to=f"{tenant_id}@example.test")),))


async def failures(made: Platform, tenant_id: str) -> list[str]:
    """What the tenant's audit log says of mail."""
    entries = await made.stores.logs.newest(tenant_id, limit=50)
    return [entry.description or "" for entry in entries if entry.type == "fn"]


async def test_each_tenants_mail_takes_its_way(tmp_path: Path) -> None:
    """Mail of a tenant with a server goes there, and everybody else's to the installation's."""
    async with MailServer().listening() as theirs, MailServer().listening() as ours:
        address = f"smtp://127.0.0.1:{ours.port}?from=login@example.test"
        async with platform(tmp_path, installation=address) as made:
            await choose(made, "acme", theirs.port)
            await queue(made, "acme", "main", "acme", "other")
            await made.sender.deliver_due()
    assert theirs.recipients == ["acme@example.test", "acme@example.test"]
    assert sorted(ours.recipients) == ["main@example.test", "other@example.test"]
    assert theirs.sessions == ours.sessions == 1


async def test_change_is_obeyed_at_once(tmp_path: Path) -> None:
    """The next message goes to the server chosen last, and one switched off gets none."""
    async with MailServer().listening() as first, MailServer().listening() as second:
        address = f"smtp://127.0.0.1:{second.port}?from=login@example.test"
        async with platform(tmp_path, installation=address) as made:
            await choose(made, "acme", first.port)
            await queue(made, "acme")
            await made.sender.deliver_due()
            await choose(made, "acme", first.port, enabled=False)
            await queue(made, "acme")
            await made.sender.deliver_due()
    assert (len(first.received), len(second.received)) == (1, 1)


async def test_private_server_is_out_of_reach(tmp_path: Path) -> None:
    """Without the operator's leave no connection is made; the audit log says so, and the message waits."""
    async with MailServer().listening() as server, platform(tmp_path, allow=False) as made:
        await choose(made, "acme", server.port)
        await queue(made, "acme")
        assert await made.sender.deliver_due() == 30
        assert server.sessions == 0
        (told,) = await failures(made, "acme")
        assert "127.0.0.1 is at a private address" in told
        assert "GATEWRIGHT_OUTBOUND_ALLOW" in told


async def test_failing_server_is_told_of_once_a_message(tmp_path: Path) -> None:
    """A server that hangs up is told of at the first try; later tries of that message are not."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        async with platform(tmp_path) as made:
            await choose(made, "acme", closed.getsockname()[1])
            await queue(made, "acme")
            await made.sender.deliver_due()
            made.clock.advance(30)  # type: ignore[attr-defined]
            await made.sender.deliver_due()
            (told,) = await failures(made, "acme")
            assert told.startswith("The e-mail provider cannot be used, messages wait: ")


async def test_one_tenants_server_is_no_others_trouble(tmp_path: Path) -> None:
    """While one tenant's server cannot be reached, mail of the others leaves."""
    async with MailServer().listening() as server:
        address = f"smtp://127.0.0.1:{server.port}?from=login@example.test"
        async with platform(tmp_path, installation=address, allow=False) as made:
            await choose(made, "acme", server.port)
            await queue(made, "acme", "main")
            await made.sender.deliver_due()
    assert server.recipients == ["main@example.test"]


async def test_password_of_another_master_key(tmp_path: Path) -> None:
    """A password that cannot be read any more stops the mail, and the log says to set it again."""
    async with MailServer().listening() as server, platform(tmp_path) as made:
        address = SmtpAddress(smtp_host="127.0.0.1", smtp_port=server.port, smtp_user="acme")
        foreign = EmailProvider(credentials=address, sealed_password="00000000.AAAA")
        put = made.stores.mail_settings.put_provider("acme", foreign)
        await made.bus.commit((put, revision_bump("acme")))
        await queue(made, "acme")
        await made.sender.deliver_due()
        assert server.sessions == 0
        assert "set it again" in (await failures(made, "acme"))[0]


async def test_name_is_looked_up_by_us() -> None:
    """A name that leads to this machine is refused like the address, unless the operator lists either."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = listening.getsockname()[1]
        with pytest.raises(Unreachable, match="localhost is at a private address"):
            await connected("localhost", port, Reach(), seconds=5)
        for reach in (Reach(LOOPBACK), Reach(hosts=frozenset({"localhost"}))):
            (await connected("localhost", port, reach, seconds=5)).close()


async def test_unknown_name_is_unreachable() -> None:
    """A name nobody knows is no accident."""
    with pytest.raises(Unreachable, match=r"no connection to nowhere\.invalid:25"):
        await connected("nowhere.invalid", 25, Reach(), seconds=5)


@pytest.mark.parametrize(
    ("address", "admitted"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("10.0.0.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("::ffff:127.0.0.1", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::7f00:1", False),
        ("fe80::1", False),
        ("ff02::1", False),
    ],
)
def test_addresses(address: str, admitted: bool) -> None:
    """Only public addresses are admitted, also where an IPv6 address stands for an IPv4 one."""
    assert Reach().admits("host.example.test", ipaddress.ip_address(address)) is admitted

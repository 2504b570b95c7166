"""Handing messages over to a real mail server."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.messages.certificates import server_certificate
from tests.messages.mail_server import MailServer
from tests.messages.post import LINK, message, relay

from gatewright.messages import Message, QueuedMessage, Transport
from gatewright.messages.transports import Fate, Postponed, Refused, Unreachable

# Reaches this machine as 127.0.0.1 does, without being a loopback address by its form.
ELSEWHERE = "0.0.0.0"


def queued(what: Message | None = None) -> QueuedMessage:
    return QueuedMessage(at=1_800_000_000, deadline=1_800_086_400, message=what or message())


async def send(transport: Transport, *messages: Message) -> list[Fate]:
    """Sends messages in one session."""
    async with transport.session() as session:
        return [
            await session.deliver(queued(each), str(n)) for n, each in enumerate(messages or (message(),))
        ]


async def test_mail_arrives(mail_server: MailServer) -> None:
    """A message arrives with its sender, recipient, subject and both parts."""
    assert await send(relay(mail_server.port), message(client_name="Bücher")) == [Fate.SENT]
    (received,) = mail_server.received
    assert (received.sender, received.recipients) == ("login@example.test", ("ada@example.test",))
    assert received.mail["Subject"] == "Choose a new password for Bücher"
    assert received.mail["From"] == "Acme <login@example.test>"
    assert LINK in received.part("plain")
    assert LINK in received.part("html")


async def test_one_session_takes_many(mail_server: MailServer) -> None:
    """Messages of one batch go over one connection."""
    await send(relay(mail_server.port), *(message(f"user{n}@example.test") for n in range(5)))
    assert mail_server.recipients == [f"user{n}@example.test" for n in range(5)]
    assert mail_server.sessions == 1


async def test_session_survives_a_refusal(mail_server: MailServer) -> None:
    """After a refused recipient the same session takes the next message."""
    mail_server.refused["gone@example.test"] = "550 5.1.1 no such user"
    async with relay(mail_server.port).session() as session:
        with pytest.raises(Refused, match=r"550 5\.1\.1 no such user"):
            await session.deliver(queued(message("gone@example.test")), "1")
        assert await session.deliver(queued(), "2") is Fate.SENT
    assert mail_server.sessions == 1


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("550 no such user", Refused),
        ("554 we do not like it", Refused),
        ("450 greylisted, come back", Postponed),
        ("452 mailbox full", Postponed),
        ("421 going down", Unreachable),
        ("530 authenticate first", Unreachable),
    ],
)
async def test_recipient_answers_are_judged(
    mail_server: MailServer, answer: str, verdict: type[Exception]
) -> None:
    """5xx refuses the message for good, 4xx for now; trouble with the session is no fault of the message."""
    mail_server.refused["ada@example.test"] = answer
    with pytest.raises(verdict, match=answer.replace(",", ".")):
        await send(relay(mail_server.port))
    assert mail_server.received == []


@pytest.mark.parametrize(("answer", "verdict"), [("554 spam", Refused), ("451 try later", Postponed)])
async def test_data_answers_are_judged(
    mail_server: MailServer, answer: str, verdict: type[Exception]
) -> None:
    """The answer to the content counts as the answer to the recipient does."""
    mail_server.answers.append(answer)
    with pytest.raises(verdict, match=answer):
        await send(relay(mail_server.port))


async def test_nobody_listens(mail_server: MailServer) -> None:
    """A mail server that is not there is unreachable, named with its address."""
    async with MailServer().listening() as gone:
        port = gone.port
    with pytest.raises(Unreachable, match=f"127.0.0.1:{port}"):
        await send(relay(port))


async def test_server_hangs_up(mail_server: MailServer) -> None:
    """A connection lost in the middle makes the server unreachable and blames no message."""
    mail_server.answers.append("421 bye")
    with pytest.raises(Unreachable):
        await send(relay(mail_server.port))


async def test_starttls_and_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With STARTTLS and a password the message goes encrypted and authenticated."""
    context, root = server_certificate(tmp_path, ELSEWHERE)
    monkeypatch.setenv("SSL_CERT_FILE", str(root))
    async with MailServer().listening(tls=context, password="relay-password") as server:
        transport = relay(server.port, host=ELSEWHERE, username="gatewright", password="relay-password")
        assert await send(transport) == [Fate.SENT]
    assert server.received[0].is_encrypted
    assert server.received[0].is_authenticated


async def test_tls_from_the_first_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With implicit TLS the message goes encrypted and authenticated (RFC 8314 §3.3)."""
    context, root = server_certificate(tmp_path, "localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(root))
    server = MailServer()
    async with server.listening(tls=context, implicit_tls=True, password="relay-password"):
        transport = relay(
            server.port,
            host="localhost",
            username="gatewright",
            password="relay-password",
            implicit_tls=True,
        )
        assert await send(transport) == [Fate.SENT]
    assert server.received[0].is_encrypted
    assert server.received[0].is_authenticated


async def test_wrong_password_is_trouble_of_ours(tmp_path: Path) -> None:
    """Refused credentials make the server unreachable, name the setting and never show the password."""
    context, _ = server_certificate(tmp_path, "127.0.0.1")
    async with MailServer().listening(tls=context, password="right") as server:
        with pytest.raises(Unreachable, match="GATEWRIGHT_SMTP_URL") as refusal:
            await send(relay(server.port, username="gatewright", password="wrong-password"))
    assert "wrong-password" not in str(refusal.value)
    assert server.received == []


async def test_clear_text_is_refused(mail_server: MailServer) -> None:
    """A server beyond this machine that offers no STARTTLS gets no message and no password (RFC 3207 §6)."""
    with pytest.raises(Unreachable, match="STARTTLS"):
        await send(relay(mail_server.port, host=ELSEWHERE))
    assert mail_server.received == []


async def test_unknown_certificate_is_refused(tmp_path: Path) -> None:
    """A certificate that nobody vouches for ends the session before anything is said."""
    context, _ = server_certificate(tmp_path, ELSEWHERE)
    async with MailServer().listening(tls=context) as server:
        with pytest.raises(Unreachable, match="certificate"):
            await send(relay(server.port, host=ELSEWHERE))
    assert server.received == []


async def test_certificate_of_another_host_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A trusted certificate for another name ends the session as well."""
    context, root = server_certificate(tmp_path, "other.example.test")
    monkeypatch.setenv("SSL_CERT_FILE", str(root))
    async with MailServer().listening(tls=context) as server:
        with pytest.raises(Unreachable, match="certificate"):
            await send(relay(server.port, host=ELSEWHERE))
    assert server.received == []


async def test_clear_text_can_be_vouched_for(mail_server: MailServer) -> None:
    """A server beyond this machine gets clear text when the operator says that the way is safe."""
    assert await send(relay(mail_server.port, host=ELSEWHERE, cleartext=True)) == [Fate.SENT]
    assert not mail_server.received[0].is_encrypted


async def test_this_machine_may_certify_itself(tmp_path: Path) -> None:
    """A server on this very machine is encrypted to when it offers that, whoever made its certificate."""
    context, _ = server_certificate(tmp_path, "anything.example.test")
    async with MailServer().listening(tls=context) as server:
        assert await send(relay(server.port)) == [Fate.SENT]
    assert server.received[0].is_encrypted


async def test_other_scripts_in_addresses(mail_server: MailServer) -> None:
    """An address outside ASCII goes with SMTPUTF8, its domain in ASCII (RFC 6531)."""
    await send(relay(mail_server.port), message("jürgen@bücher.example"))
    assert mail_server.recipients == ["jürgen@xn--bcher-kva.example"]
    assert "SMTPUTF8" in mail_server.received[0].options


async def test_server_without_other_scripts() -> None:
    """A server that knows no SMTPUTF8 refuses such an address for good, and still takes foreign domains."""
    async with MailServer().listening(utf8=False) as server:
        with pytest.raises(Refused, match="SMTPUTF8"):
            await send(relay(server.port), message("jürgen@bücher.example"))
        await send(relay(server.port), message("ada@bücher.example"))
    assert server.recipients == ["ada@xn--bcher-kva.example"]


async def test_lines_that_end_mail_stay_inside(mail_server: MailServer) -> None:
    """A lone dot in a text does not end the message (RFC 5321 §4.5.2)."""
    template = message()
    dotted = Message(
        to=template.to,
        from_=template.from_,
        subject="dots",
        text="before\n.\nQUIT\nafter\n",
        html="<p>.</p>\n",
        kind="verify_email",
    )
    await send(relay(mail_server.port), dotted)
    assert mail_server.received[0].part("plain").splitlines() == ["before", ".", "QUIT", "after"]


def test_mail_code_is_loaded_with_the_first_mail() -> None:
    """The code that speaks to mail servers is not loaded before the first mail."""
    program = (
        "import sys; from gatewright.messages import SmtpRelay, smtp_transport;"
        "smtp_transport(SmtpRelay(host='mail.example.test', port=587)); print('aiosmtplib' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"

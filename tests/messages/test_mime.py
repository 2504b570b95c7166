"""From a message to the bytes of mail."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.messages.model import Message, QueuedMessage
from gatewright.messages.transports import Refused
from gatewright.messages.transports.mime import Envelope, envelope_of

HEADERS = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "MIME-Version",
    "Content-Type",
]


def enveloped(message_id: str = "1", **facts: str) -> Envelope:
    facts = {
        "to": "ada@example.test",
        "from_": "Acme <login@example.test>",
        "subject": "Hello",
        "text": "text\n",
        "html": "<p>html</p>\n",
        **facts,
    }
    message = Message(kind="verify_email", **facts)  # type: ignore[arg-type]
    return envelope_of(QueuedMessage(at=1_800_000_000, deadline=1_800_086_400, message=message), message_id)


def parsed(envelope: Envelope) -> EmailMessage:
    return cast("EmailMessage", message_from_bytes(envelope.content, policy=default))


def test_headers_are_these() -> None:
    """Mail carries exactly the headers it should, each once, and says that a machine wrote it."""
    mail = parsed(enveloped())
    assert mail.keys() == HEADERS
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"] == "Fri, 15 Jan 2027 08:00:00 +0000"
    assert mail.get_content_type() == "multipart/alternative"


def test_parts_come_in_order() -> None:
    """The text part comes before the HTML part, which readers prefer (RFC 2046 §5.1.4)."""
    parts = [part.get_content_type() for part in parsed(enveloped()).iter_parts()]
    assert parts == ["text/plain", "text/html"]


def test_message_id_survives_tries() -> None:
    """The Message-ID is the same at every try and differs between messages."""
    first, again, other = (parsed(enveloped(each))["Message-ID"] for each in ("1", "1", "2"))
    assert first == again != other
    assert first.endswith("@example.test>")


def test_content_is_plain_ascii() -> None:
    """What goes over the line is ASCII in lines of at most 998 characters, whatever the text is."""
    content = enveloped(
        text="Grüße " * 500 + "\n", html="<p>" + "ä" * 5_000 + "</p>", subject="Ü" * 200
    ).content
    assert content.isascii()
    assert max(map(len, content.split(b"\r\n"))) <= 998


@pytest.mark.parametrize(
    ("address", "wire"),
    [
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@straße.example", "ada@xn--strae-oqa.example"),
        ("Ada.Example+tag@example.test", "Ada.Example+tag@example.test"),
        ("root@localhost", "root@localhost"),
        ("ada@firm.local", "ada@firm.local"),
        ("ada@bücher.local", "ada@xn--bcher-kva.local"),
        ("ada@nas.home.arpa", "ada@nas.home.arpa"),
    ],
)
def test_domains_become_ascii(address: str, wire: str) -> None:
    """A domain in other scripts is written as IDNA 2008 says, so that any mail server takes it."""
    envelope = enveloped(to=address)
    assert envelope.recipient == wire
    assert parsed(envelope)["To"] == wire
    assert not envelope.needs_utf8


def test_other_local_parts_need_utf8() -> None:
    """A local part outside ASCII stays and needs SMTPUTF8 (RFC 6531)."""
    envelope = enveloped(to="jürgen@bücher.example")
    assert envelope.recipient == "jürgen@xn--bcher-kva.example"
    assert envelope.needs_utf8


def test_other_local_parts_may_have_a_private_domain() -> None:
    """A local part outside ASCII goes to a domain of a private network, too."""
    envelope = enveloped(to="jürgen@firm.local")
    assert (envelope.recipient, envelope.needs_utf8) == ("jürgen@firm.local", True)


@pytest.mark.parametrize(
    "facts",
    [
        {"to": "ada@example.test\r\nBcc: eve@example.test"},
        {"to": "ada@example.test> SIZE=1"},
        {"to": "ada@example.test,eve@example.test"},
        {"from_": "Acme\nBcc: eve@example.test <login@example.test>"},
        {"from_": "Acme <login@example.test\r\nX: y>"},
        {"subject": "Hello\r\nBcc: eve@example.test"},
        {"subject": "Hello\x00"},
        {"subject": "Hello\u2028Bcc: eve@example.test"},
    ],
)
def test_line_ends_are_refused(facts: dict[str, str]) -> None:
    """A line end or control character in a header value is refused, never repaired."""
    with pytest.raises(Refused):
        enveloped(**facts)


@given(name=st.text(max_size=80), subject=st.text(max_size=200))
def test_no_header_can_be_injected(name: str, subject: str) -> None:
    """Any name and subject give either a refusal or exactly our headers with one sender and one recipient."""
    try:
        mail = parsed(enveloped(from_=f"{name} <login@example.test>", subject=subject))
    except Refused:
        return
    assert mail.keys() == HEADERS
    assert [address.addr_spec for address in mail["From"].addresses] == ["login@example.test"]
    assert [address.addr_spec for address in mail["To"].addresses] == ["ada@example.test"]


@given(st.text(max_size=60) | st.text(alphabet='a@.<>\r\n ,:;"\\', max_size=20))
def test_no_recipient_can_be_smuggled(to: str) -> None:
    """Any recipient gives either a refusal or exactly one address on one line."""
    try:
        envelope = enveloped(to=to)
    except Refused:
        return
    assert not set(envelope.recipient) & set("\r\n <>,")
    mail = parsed(envelope)
    assert mail.keys() == HEADERS
    assert len(mail["To"].addresses) == 1


@given(st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=300))
def test_bodies_arrive_as_written(text: str) -> None:
    """A body arrives as it was written, but for the form of its line ends."""
    part = parsed(enveloped(text=text + "\n")).get_body(("plain",))
    assert part is not None
    arrived = cast("EmailMessage", part).get_content()
    assert arrived.splitlines() == (text + "\n").splitlines()

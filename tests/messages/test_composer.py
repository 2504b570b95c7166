"""What messages say."""

import itertools
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from tests.messages.post import LINK, TENANT

from gatewright import messages
from gatewright.kernel.errors import Invalid
from gatewright.messages import LOCALES, Composer, MailKind, Message
from gatewright.messages.composer import duration, language
from gatewright.tenants import Branding, BrandingColors, Tenant, TenantSettings

KINDS: tuple[MailKind, ...] = get_args(MailKind)
TEMPLATES = Path(messages.__file__).parent / "templates"


class Links(HTMLParser):
    """Collects what an HTML mail points at, and the elements it consists of."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.elements: set[str] = set()
        self.attributes: dict[str, dict[str, str | None]] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes[tag] = dict(attrs)
        self.targets += [value or "" for name, value in attrs if name in ("href", "src")]


def composed(
    kind: MailKind = "reset_password", *, sender: str = "login@example.test", **facts: Any
) -> Message:
    facts = {
        "tenant": TENANT,
        "locale": "en",
        "to": "ada@example.test",
        "link": LINK,
        "user_name": "Ada Example",
        "client_name": "Timesheets",
        "expires_in": 86_400,
        **facts,
    }
    return Composer(sender).compose(kind, **facts)


def branded(**looks: str) -> Tenant:
    branding = Branding(logo_url=looks.pop("logo_url", ""), colors=BrandingColors(**looks))
    return msgspec.structs.replace(TENANT, branding=branding)


@pytest.mark.parametrize(("kind", "locale"), [*itertools.product(KINDS, LOCALES)])
def test_both_parts_tell_everything(kind: MailKind, locale: str) -> None:
    """Text and HTML both tell the account, the application, the link and how long it works."""
    message = composed(kind, locale=locale)
    for part in (message.text, message.html):
        for fact in ("ada@example.test", "Ada Example", "Timesheets", "Acme", LINK, "24 "):
            assert fact in part


@pytest.mark.parametrize("kind", KINDS)
def test_every_language_writes_every_kind(kind: MailKind) -> None:
    """Each language has its own words for each kind."""
    assert LOCALES == ("de", "en")
    assert len({composed(kind, locale=locale).subject for locale in LOCALES}) == len(LOCALES)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_language_fills_every_place(locale: str) -> None:
    """Each language fills every block that the frames leave open."""
    frames = "".join(frame.read_text() for frame in TEMPLATES.glob("*.jinja"))
    wanted = set(re.findall(r"{% block (\w+)", frames))
    letter = (TEMPLATES / locale / "letter.jinja").read_text()
    for kind in KINDS:
        filled = letter + (TEMPLATES / locale / f"{kind}.jinja").read_text()
        assert set(re.findall(r"{% block (\w+)", filled)) == wanted


@pytest.mark.parametrize(
    ("locale", "spoken"),
    [("en", "en"), ("de", "de"), ("de-AT", "de"), ("DE", "de"), ("fr", "en"), ("", "en"), ("../de", "en")],
)
def test_language_is_looked_up(locale: str, spoken: str) -> None:
    """A locale gets the nearest language there is, English when there is none (RFC 4647 §3.4)."""
    assert language(locale) == spoken
    assert f'lang="{spoken}"' in composed(locale=locale).html


def test_subject_is_one_line() -> None:
    """The subject is one line, whatever the application is called."""
    subject = composed(client_name="Time\r\nBcc: eve@example.test\r\n\r\nsheets").subject
    assert subject == "Choose a new password for Time Bcc: eve@example·test sheets"


def test_only_our_link_can_be_clicked() -> None:
    """The one link of a message is the one it was written for, whatever names say."""
    evil = 'x"><a href="https://evil.example">click http://evil.example</a>'
    message = composed(user_name=evil, client_name=evil)
    assert set(Links(message.html).targets) == {LINK}
    assert re.findall(r"\w+://\S+", message.text) == [LINK]
    assert "evil.example" not in message.text + message.html + message.subject


def test_names_are_escaped() -> None:
    """Markup in names is shown as text in HTML, and as it is in plain text."""
    message = composed(client_name="Tom & Jerry")
    assert "Tom &amp; Jerry" in message.html
    assert "Tom & Jerry" in message.text
    assert "Tom & Jerry" in message.subject


def test_html_needs_nothing_special() -> None:
    """HTML mail holds no table, script, form or remote style, and weighs less than 8 KB."""
    message = composed()
    assert not Links(message.html).elements & {"table", "script", "form", "link", "iframe", "object"}
    assert len(message.html.encode()) < 8_192


def test_html_bears_darkness() -> None:
    """HTML mail declares both colour schemes and has colours for the dark one."""
    html = composed().html
    assert '<meta name="color-scheme" content="light dark">' in html
    assert "@media (prefers-color-scheme: dark)" in html


def test_missing_names_leave_no_gap() -> None:
    """Without names the message greets nobody in particular and speaks of the tenant."""
    message = composed(user_name="", client_name="")
    assert message.text.startswith("Hello,\n")
    assert message.subject == "Choose a new password for Acme"


def test_address_is_no_name() -> None:
    """A name that is just the recipient's address is not used for greeting."""
    assert composed(user_name="ada@example.test").text.startswith("Hello,\n")


def test_no_link_no_button() -> None:
    """A notice without a link has no button, and says what to do instead."""
    message = composed("password_changed", link="", expires_in=0)
    assert Links(message.html).targets == []
    assert "ask for a new one at the sign-in page" in " ".join(message.text.split())


def test_text_lines_are_short() -> None:
    """Lines of the text part have at most 72 characters, but for the link, which is never broken."""
    lines = composed(user_name="Ada " * 30, client_name="Timesheets " * 30).text.splitlines()
    assert LINK in lines
    assert all(len(line) <= 72 for line in lines if line != LINK)


@pytest.mark.parametrize(
    ("sender", "shown"),
    [
        ("login@example.test", "Acme <login@example.test>"),
        ("Sign-in desk <login@example.test>", "Sign-in desk <login@example.test>"),
        ('"Desk" <login@example.test>', "Desk <login@example.test>"),
        ("no-reply@localhost", "Acme <no-reply@localhost>"),
    ],
)
def test_sender_is_named(sender: str, shown: str) -> None:
    """Mail comes from the configured address, in the tenant's name unless another is configured."""
    assert composed(sender=sender).from_ == shown


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (59, (0, "minute")),
        (60, (1, "minute")),
        (5_400, (90, "minute")),
        (3_600, (1, "hour")),
        (3_660, (61, "minute")),
        (7_200, (2, "hour")),
        (86_400, (24, "hour")),
        (172_799, (47, "hour")),
        (172_800, (2, "day")),
        (432_000, (5, "day")),
    ],
)
def test_durations_never_promise_too_much(seconds: int, said: tuple[int, str]) -> None:
    """How long a link works is said in round units, rounded down."""
    assert duration(seconds) == said


@pytest.mark.parametrize(
    ("locale", "seconds", "said"),
    [
        ("en", 60, "for 1 minute,"),
        ("en", 3_600, "for 1 hour,"),
        ("en", 86_400, "for 24 hours,"),
        ("de", 60, "gilt 1 Minute und"),
        ("de", 3_600, "gilt 1 Stunde und"),
        ("de", 432_000, "gilt 5 Tage und"),
    ],
)
def test_durations_are_inflected(locale: str, seconds: int, said: str) -> None:
    """Units stand in the singular or plural that the number asks for."""
    assert said in composed(locale=locale, expires_in=seconds).text


def test_a_message_is_useful_as_long_as_its_link() -> None:
    """A message is worth sending until its link expires, three days at most."""
    assert composed(expires_in=600).useful_for == 600
    assert composed(expires_in=30 * 86_400).useful_for == 3 * 86_400
    assert composed("password_changed", link="", expires_in=0).useful_for == 3 * 86_400


@pytest.mark.parametrize(
    "to",
    [
        "",
        "ada",
        "@example.test",
        "ada@",
        "ada@example.test\r\nBcc: eve@example.test",
        "ada@example.test,eve@example.test",
        "ada@example.test eve@example.test",
        "<ada@example.test>",
        '"ada eve"@example.test',
        "ada@example.test\x00",
        "ada@\u2028example.test",
        "a" * 400 + "@example.test",
    ],
)
def test_recipient_is_one_address(to: str) -> None:
    """A recipient that is anything but one plain address is refused."""
    with pytest.raises(Invalid, match=r"^to: "):
        composed(to=to)


@pytest.mark.parametrize("sender", ["", "login", "a@b\r\nBcc: c@d", "Desk <a@b, c@d>", "Desk <>"])
def test_sender_is_one_address(sender: str) -> None:
    """A sender that is anything but one plain address is refused at the start."""
    with pytest.raises(Invalid, match=r"^from: "):
        Composer(sender)


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "/relative", "https://", "ftp://x/", "https://a b/", "https://a/\nx"]
)
def test_link_is_a_web_address(link: str) -> None:
    """A link that is not an absolute http(s) address is refused."""
    with pytest.raises(Invalid, match=r"^link: "):
        composed(link=link)


@pytest.mark.parametrize(
    ("primary", "button"),
    [
        ("", "background-color:#0b57d0;color:#ffffff"),
        ("#fd0", "background-color:#ffdd00;color:#000000"),
        ("#7b2ff7", "background-color:#7b2ff7;color:#ffffff"),
        ("red;}", "background-color:#0b57d0;color:#ffffff"),
    ],
)
def test_button_can_be_read(primary: str, button: str) -> None:
    """The button has the tenant's colour, if it is one, and text that can be read on it."""
    assert button in composed(tenant=branded(primary=primary)).html


def test_logo_stands_for_the_name() -> None:
    """A tenant's logo is shown from its https address, with the name for those who see no pictures."""
    html = composed(tenant=branded(logo_url="https://acme.test/logo.png")).html
    assert Links(html).attributes["img"]["src"] == "https://acme.test/logo.png"
    assert Links(html).attributes["img"]["alt"] == "Acme"


def test_embedded_logo_is_left_out() -> None:
    """A logo that mail programs would not show is left out."""
    assert "img" not in Links(composed(tenant=branded(logo_url="data:image/png;base64,AAAA")).html).elements


def test_support_is_named() -> None:
    """The footer says where to ask, the page before the address."""
    settings = TenantSettings(support_email="help@acme.test", support_url="https://acme.test/help")
    tenant = msgspec.structs.replace(TENANT, settings=settings)
    assert "https://acme.test/help" in composed(tenant=tenant).text
    tenant = msgspec.structs.replace(TENANT, settings=TenantSettings(support_email="help@acme.test"))
    assert "help@acme.test" in composed(tenant=tenant).html

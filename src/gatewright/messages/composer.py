"""From a kind and its facts to a message in the reader's language, as text and as HTML.

One template per kind and language holds the words; two frames give them their form, so the two parts
of a message can never say different things.
"""

import re
import textwrap
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from gatewright.kernel.errors import Invalid
from gatewright.kernel.urls import parse_absolute
from gatewright.messages.letterhead import Correspondent, letterhead_of
from gatewright.messages.model import DAY, USEFUL_FOR, MailKind, Message, split_address
from gatewright.messages.names import harmless

_FOLDER = Path(__file__).parent / "templates"
_SOURCE = "en"
LOCALES: tuple[str, ...] = tuple(sorted(folder.name for folder in _FOLDER.iterdir() if folder.is_dir()))
"""Languages that messages are written in, as BCP 47 tags."""

_TEXT_WIDTH = 72
# Whatever could end the address or its line, in a header or in an SMTP command (RFC 5321 §4.1.2).
_UNSAFE = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029<>,;:\"\\()\[\]\ud800-\udfff]")


class Composer:
    """Writes messages.

    ``sender`` is an address, or ``name <address>``; without a name the tenant's is used.
    """

    def __init__(self, sender: str) -> None:
        self._name, self._address = checked_sender(sender)
        self._text = _environment(autoescape=False)
        self._html = _environment(autoescape=True)

    def compose(
        self,
        kind: MailKind,
        *,
        tenant: Correspondent,
        locale: str,
        to: str,
        sender: str = "",
        link: str = "",
        code: str = "",
        user_name: str = "",
        client_name: str = "",
        inviter: str = "",
        organization: str = "",
        expires_in: int = 0,
    ) -> Message:
        """The message of ``kind`` to ``to``.

        ``link`` is what its button opens, or ``code`` what its reader types, and ``expires_in`` how many
        seconds that works; all may be absent for ``password_changed``. Who invites, and to which
        ``organization``, is for ``invitation``. Names are shown harmless, whatever they contain.
        ``sender`` is whose it is instead of the installation's.
        Raises ``Invalid`` when ``to`` cannot be an address of mail or ``link`` is no http(s) address.
        """
        head = letterhead_of(tenant)
        address = _checked_address(to, "to")
        words = {
            "head": head,
            "to": address,
            "link": _checked_link(link),
            "code": code,
            "user_name": "" if user_name.strip() == address else harmless(user_name),
            "application": harmless(client_name) or head.name,
            "inviter": harmless(inviter),
            "organization": harmless(organization),
            "lifetime": duration(expires_in),
        }
        from_name, from_address = checked_sender(sender) if sender else (self._name, self._address)
        name = f"{language(locale)}/{kind}.jinja"
        return Message(
            to=address,
            from_=f"{from_name or head.name} <{from_address}>",
            subject=_rendered(self._text.get_template(name), words, "subject.jinja"),
            text=_rendered(self._text.get_template(name), words, "frame.txt.jinja") + "\n",
            html=_rendered(self._html.get_template(name), words, "frame.html.jinja") + "\n",
            kind=kind,
            useful_for=min(expires_in, USEFUL_FOR) if expires_in else USEFUL_FOR,
        )


def checked_sender(sender: str) -> tuple[str, str]:
    """Name, "" for none, and bare address of whoever mail is from. Raises ``Invalid``."""
    name, address = split_address(sender)
    return harmless(name), _checked_address(address, "from")


def language(locale: str) -> str:
    """The language of messages for ``locale``, by lookup (RFC 4647 §3.4); English otherwise."""
    known = {tag.lower(): tag for tag in LOCALES}
    subtags = locale.lower().replace("_", "-").split("-")
    while subtags and "-".join(subtags) not in known:
        subtags.pop()
    return known["-".join(subtags)] if subtags else _SOURCE


def duration(seconds: int) -> tuple[int, str]:
    """``seconds`` as people say it, never more than it is: a number of minutes, hours or days."""
    hours = seconds // 3600
    if hours >= 48:
        return seconds // DAY, "day"
    if hours >= 2 or seconds == 3600:
        return hours, "hour"
    return seconds // 60, "minute"


def _environment(*, autoescape: bool) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=autoescape,  # noqa: S701 - off for plain text alone, where nothing is markup
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["flowed"] = _flowed
    return environment


def _rendered(template: Template, words: dict[str, object], frame: str) -> str:
    return template.render(words, frame=frame).strip()


def _flowed(text: str) -> str:
    """A paragraph in lines of at most 72 characters; an address is never broken."""
    return textwrap.fill(" ".join(text.split()), _TEXT_WIDTH, break_long_words=False, break_on_hyphens=False)


def _checked_address(address: str, path: str) -> str:
    stripped = address.strip()
    local, at, domain = stripped.rpartition("@")
    if not (local and at and domain) or _UNSAFE.search(stripped) or len(stripped) > 320:
        raise Invalid("not an address that mail can be sent to or from", path=path)
    return stripped


def _checked_link(link: str) -> str:
    parts = parse_absolute(link) if link else None
    if link and (parts is None or parts.scheme not in ("https", "http")):
        raise Invalid("not an absolute http or https address", path="link")
    return link

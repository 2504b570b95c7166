"""A message in a tenant's own words. Its values are escaped, and names that people chose are harmless."""

import html
import logging
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

import msgspec

from gatewright.kernel.errors import Invalid
from gatewright.kernel.urls import parse_absolute
from gatewright.messages.composer import checked_sender
from gatewright.messages.email_template import EmailTemplate
from gatewright.messages.liquid import check_liquid, liquid_html, liquid_text
from gatewright.messages.model import Message
from gatewright.messages.names import harmless

_log = logging.getLogger(__name__)
_LONGEST_SUBJECT = 300
_UNSEEN = ("head", "style", "script", "title")
_ON_LINES_OF_THEIR_OWN = frozenset("p div br tr li h1 h2 h3 h4 table ul ol".split())  # noqa: SIM905

SAMPLE: Mapping[str, Any] = {
    "application": {"name": "Example App", "clientID": "abc", "callback_domain": "https://app.example.test"},
    "client": {"name": "Example App", "clientID": "abc"},
    "connection": {"name": "Username-Password-Authentication"},
    "user": {"email": "ada@example.test", "name": "Ada", "user_metadata": {}, "app_metadata": {}},
    "email": "ada@example.test",
    "url": "https://id.example.test/u/example?ticket=0123456789",
    "code": "123456",
    "friendly_name": "Example",
    "tenant": "main",
    "support_email": "help@example.test",
    "support_url": "https://example.test/help",
    "inviter": {"name": "Ada"},
    "organization": {"name": "Acme", "display_name": "Acme"},
    "request_language": "en",
}
"""What a template can put in, with values to try it with."""


def check_template(template: EmailTemplate) -> None:
    """Raises ``Invalid`` for a part that cannot be read or does not work, with its line."""
    parts = {"body": template.body, "subject": template.subject, "from": template.from_}
    for name, source in (*parts.items(), ("resultUrl", template.result_url)):
        check_liquid(source or "", SAMPLE, name)
    if template.from_:
        try:
            checked_sender(liquid_text(template.from_, SAMPLE))
        except Invalid:
            raise Invalid("is no address, nor name <address>", path="from") from None


def reworded(
    message: Message, template: EmailTemplate, values: Mapping[str, Any], *, own_address: bool
) -> Message:
    """The message in the words of the template; as it is where those do not work with these values.

    People have to get their mail, whatever their administrators wrote.
    Only mail that leaves by the tenant's own server has the address of ``from``: by the installation's
    one tenant could write in the name of another.
    """
    try:
        return _reworded(message, template, values, own_address=own_address)
    except Invalid as trouble:
        _log.warning("the template %s of a tenant does not work: %s", template.template, trouble.message)
        return message


def _reworded(
    message: Message, template: EmailTemplate, values: Mapping[str, Any], *, own_address: bool
) -> Message:
    changed: dict[str, str] = {}
    if template.subject:
        changed["subject"] = _one_line(liquid_text(template.subject, values))
    if template.from_:
        name, address = checked_sender(liquid_text(template.from_, values))
        used = f"<{address}>" if own_address else message.from_[message.from_.rindex("<") :]
        changed["from_"] = f"{name or values['friendly_name']} {used}"
    if template.body:
        changed["html"] = liquid_html(template.body, values)
        changed["text"] = text_of(changed["html"])
    return msgspec.structs.replace(message, **changed)


def result_url(template: EmailTemplate, values: Mapping[str, Any]) -> str:
    """Where the page behind the link leads; "" when the template does not say, or nothing useful."""
    try:
        url = liquid_text(template.result_url or "", values).strip()
    except Invalid:
        return ""
    parts = parse_absolute(url)
    return url if parts is not None and parts.scheme in ("https", "http") else ""


def harmless_values(value: Any) -> Any:
    """What people chose themselves, without anything that mail programs would make a link of."""
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, Mapping):
        return {str(name): harmless_values(held) for name, held in value.items()}
    if isinstance(value, list | tuple):
        return [harmless_values(each) for each in value]
    return value


def text_of(body: str) -> str:
    """HTML as plain text: what is seen, and after each link its address."""
    reader = _Text()
    reader.feed(body)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.pieces).splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def _one_line(text: str) -> str:
    return " ".join(text.split())[:_LONGEST_SUBJECT]


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._hidden = 0
        self._links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._hidden += 1
        elif tag == "a":
            self._links.append(html.unescape(dict(attrs).get("href") or ""))
        elif tag in _ON_LINES_OF_THEIR_OWN:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._hidden = max(self._hidden - 1, 0)
        elif tag == "a" and self._links:
            address = self._links.pop()
            if address.startswith(("http", "mailto:")) and address not in self.pieces:
                self.pieces.append(f" {address} ")
        elif tag in _ON_LINES_OF_THEIR_OWN:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.pieces.append(data if data.strip() else " ")

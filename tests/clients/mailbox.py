"""The mailboxes of people: the server's list of captured messages."""

import itertools
import re

from tests.support.gatewright_dev import GatewrightDev

_NUMBERS = itertools.count(1)


def new_address() -> str:
    """An address that nobody used before."""
    return f"by-mail-{next(_NUMBERS)}@example.test"


def code_for(server: GatewrightDev, email: str) -> str:
    """The code in the newest mail to somebody."""
    (code,) = re.findall(r"^\d{6}$", _newest(server, email), re.MULTILINE)
    return str(code)


def link_for(server: GatewrightDev, email: str) -> str:
    """The link in the newest mail to somebody."""
    (link,) = re.findall(r"https://\S+", _newest(server, email))
    return str(link)


def wrong(code: str) -> str:
    """A code that is not the one."""
    return f"{(int(code) + 1) % 10 ** len(code):0{len(code)}d}"


def _newest(server: GatewrightDev, email: str) -> str:
    mails = [mail for mail in server.messages() if mail["to"] == email]
    assert mails, f"nothing was mailed to {email}"
    return str(mails[-1]["text"])


def mailed(server: GatewrightDev, address: str) -> list[str]:
    """The kinds of the messages to ``address``, oldest first."""
    return [str(message["kind"]) for message in server.messages() if message["to"] == address]

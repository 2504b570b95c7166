"""Which mail server, as whom, and how the way there is protected."""

import ipaddress
from dataclasses import dataclass, field
from typing import Literal

Protection = Literal["implicit", "starttls", "opportunistic", "off"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpRelay:
    """A mail server that takes our messages.

    ``implicit_tls`` is TLS from the first byte (RFC 8314 §3.3). Otherwise STARTTLS (RFC 3207) is demanded,
    except of a server on this very machine. ``cleartext`` never asks for it: the operator vouches for
    the way. ``set_in`` names what to change when the server refuses us.
    """

    host: str
    port: int
    username: str = ""
    password: str = field(default="", repr=False)
    implicit_tls: bool = False
    cleartext: bool = False
    set_in: str = "GATEWRIGHT_SMTP_URL"

    @property
    def protection(self) -> Protection:
        """What is demanded of the line.

        ``opportunistic`` takes TLS when it is offered, whoever certifies it (RFC 7435).
        """
        if self.implicit_tls:
            return "implicit"
        if self.cleartext:
            return "off"
        return "opportunistic" if _is_loopback(self.host) else "starttls"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost" or host.lower().endswith(".localhost")

"""Texts of the environment become values; a text that is none raises ``ValueError``."""

import base64
import binascii
import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from gatewright.kernel.urls import is_loopback, parse_absolute

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_HOST_NAME = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?:\.(?!-)[A-Za-z0-9-]{1,63})*")
_MASTER_KEY = re.compile(r"[A-Za-z0-9_-]{43}=?")
_SEPARATORS = re.compile(r"[\s,]+")
# Strict: what is not plainly such a URL is not shown at all, for a part of it may be a password's.
_SHOWABLE = re.compile(
    r"(?P<scheme>[a-z]+://)(?:(?P<user>[^:@/?#]*)(?P<password>:[^@/?#]*)?@)?(?P<rest>[^@?#]*)(?P<query>\?\w+=.*)?"
)
_SMTP_PORTS = {"smtp": 587, "smtps": 465}
_WHOLE_NUMBER = re.compile(r"[0-9]{1,9}")
_DATABASE_SCHEMES = ("sqlite", "postgresql")


@dataclass(frozen=True, slots=True)
class OutboundRules:
    """Places our own requests may go to although their address is private: networks, and host names."""

    networks: tuple[Network, ...] = ()
    hosts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mail is handed over.

    ``implicit_tls`` is TLS from the first byte (RFC 8314 §3.3); ``cleartext`` does without TLS altogether.
    """

    host: str
    port: int
    username: str = ""
    password: str = field(default="", repr=False)
    implicit_tls: bool = False
    sender: str = ""
    cleartext: bool = False


def parse_host(text: str) -> str:
    """An address or a name to listen on; whether there is such a one shows when it is tried."""
    if not text or _SEPARATORS.search(text):
        raise ValueError("not one word")
    return text


def parse_path(text: str) -> Path:
    """The path of a file, there or not."""
    if not text:
        raise ValueError("no path")
    return Path(text)


def whole_number(lowest: int, highest: int) -> Callable[[str], int]:
    """A parser of decimal numbers within these bounds, both included."""

    def parse(text: str) -> int:
        if not _WHOLE_NUMBER.fullmatch(text) or not lowest <= int(text) <= highest:
            raise ValueError("not a number within the bounds")
        return int(text)

    return parse


def one_of(*words: str) -> Callable[[str], str]:
    """A parser that takes one of ``words``, exactly as written here."""

    def parse(text: str) -> str:
        if text not in words:
            raise ValueError("none of the words")
        return text

    return parse


def parse_issuer(text: str) -> str:
    """An issuer as tokens carry it: ``https://host[:port]/``, lower case, no default port.

    ``http`` is for loopback hosts alone (RFC 8414 §2 demands https).
    """
    parts = parse_absolute(text)
    if parts is None or parts.path not in ("", "/") or parts.query or text.endswith("?"):
        raise ValueError("not a plain URL")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(text)):
        raise ValueError("not https")
    return f"{parts.scheme}://{_authority(parts)}/"


def parse_database(text: str) -> str:
    """A database URL whose scheme we have a driver for."""
    scheme, separator, rest = text.partition("://")
    if scheme not in _DATABASE_SCHEMES or not separator or rest in ("", "/"):
        raise ValueError("unknown kind of database")
    return text


def parse_master_key(text: str) -> bytes:
    """32 bytes from their base64url form, padded or not (RFC 4648 §5)."""
    if not _MASTER_KEY.fullmatch(text):
        raise ValueError("not 32 bytes of base64url")
    try:
        key = base64.b64decode(text.rstrip("=") + "=", altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64url") from error
    return key


def parse_networks(text: str) -> tuple[Network, ...]:
    """Networks in CIDR notation or single addresses, separated by commas or spaces."""
    return tuple(ipaddress.ip_network(item) for item in _items(text))


def parse_name_servers(text: str) -> tuple[tuple[str, int], ...]:
    """``address`` or ``address:port``, separated by commas or spaces; IPv6 with a port in brackets."""
    return tuple(_name_server(item) for item in _items(text))


def _name_server(item: str) -> tuple[str, int]:
    address, port = item, "53"
    if item.startswith("["):
        address, _, port = item[1:].partition("]")
        port = port.removeprefix(":") or "53"
    elif item.count(":") == 1:
        address, _, port = item.partition(":")
    if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65_536:
        raise ValueError("no port")
    return str(ipaddress.ip_address(address)), int(port)


def parse_outbound(text: str) -> OutboundRules:
    """Networks and host names, separated by commas or spaces."""
    networks: list[Network] = []
    hosts: set[str] = set()
    for item in _items(text):
        if _looks_numeric(item):
            networks.append(ipaddress.ip_network(item))
        elif _HOST_NAME.fullmatch(item):
            hosts.add(item.lower())
        else:
            raise ValueError("neither a network nor a host name")
    return OutboundRules(tuple(networks), frozenset(hosts))


def parse_smtp(text: str) -> SmtpServer:
    """``smtp[s]://[user:password@]host[:port][?from=address]``; user and password percent-encoded.

    ``smtp://`` alone also takes ``tls=off``, which asks for clear text.
    """
    parts = urlsplit(text)
    options = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
    sender = options.pop("from", "")
    cleartext = parts.scheme == "smtp" and options.get("tls") == "off"
    if cleartext:
        del options["tls"]
    if parts.scheme not in _SMTP_PORTS or not parts.hostname or parts.path not in ("", "/") or options:
        raise ValueError("not an SMTP URL")
    return SmtpServer(
        host=parts.hostname,
        port=parts.port or _SMTP_PORTS[parts.scheme],
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        implicit_tls=parts.scheme == "smtps",
        sender=parse_address(sender) if sender else "",
        cleartext=cleartext,
    )


def parse_address(text: str) -> str:
    """An e-mail address, or a name and an address: ``Login <login@example.com>``."""
    address = text[text.find("<") + 1 : -1] if text.endswith(">") else text
    local, at, domain = address.rpartition("@")
    if not (local and at and _HOST_NAME.fullmatch(domain)) or re.search(r"[\s<>,]", address):
        raise ValueError("not an e-mail address")
    if any(ord(character) < 32 for character in text):
        raise ValueError("control characters")
    return text


def masked(text: str) -> str:
    """A secret as it may be shown: a URL without its password and query, anything else as ``***``."""
    url = _SHOWABLE.fullmatch(text)
    if url is None:
        return "***"
    user = "" if url["user"] is None else url["user"] + (":***@" if url["password"] else "@")
    return url["scheme"] + user + url["rest"] + ("?***" if url["query"] else "")


def _authority(parts: SplitResult) -> str:
    host = parts.hostname or ""
    name = f"[{host}]" if ":" in host else host
    default = {"https": 443, "http": 80}[parts.scheme]
    return name if parts.port in (None, default) else f"{name}:{parts.port}"


def _items(text: str) -> list[str]:
    return [item for item in _SEPARATORS.split(text) if item]


def _looks_numeric(item: str) -> bool:
    return ":" in item or "/" in item or item.replace(".", "").isdigit()

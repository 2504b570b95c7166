"""The sockets the server listens on, and its half of TLS."""

import errno
import socket
import ssl
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from gatewright.settings import WrongSetting

BACKLOG = 2048

_ABSENT_FAMILY = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
_Address = tuple[socket.AddressFamily, str]


@dataclass(frozen=True, slots=True)
class Listening:
    """The bound sockets: for every worker a set of its own, one socket for each address.

    The kernel spreads connections over the sets (SO_REUSEPORT). Measured with 16 connections at once and
    two workers: the smaller share is 4 to 8; of one shared set it is often 0, since whoever wakes first
    takes all. Connections of a worker that died wait in its queue for the next one in its seat.
    """

    port: int
    sets: tuple[tuple[socket.socket, ...], ...]

    def take(self, number: int) -> tuple[socket.socket, ...]:
        """The set of worker ``number``; closes this process's hold on the others."""
        for other, sockets in enumerate(self.sets):
            if other != number:
                _close(sockets)
        return self.sets[number]

    def close(self) -> None:
        """Lets go of all; a set stays open in the worker that took it."""
        for sockets in self.sets:
            _close(sockets)


def open_sockets(host: str, port: int, workers: int, *, host_name: str, port_name: str) -> Listening:
    """Listens on every address of ``host``, on one port (0: a free one).

    ``host_name`` and ``port_name`` are what people call the two settings here, such as ``--port``.
    Raises ``WrongSetting`` when it cannot be.
    """
    columns: list[list[socket.socket]] = []
    try:
        for address in _addresses(host, host_name):
            column = _open_column(address, port, workers)
            port = column[0].getsockname()[1] if column else port
            columns += [column] if column else []
    except OSError as error:
        for column in columns:
            _close(column)
        raise _cannot_listen(error, host, port, host_name=host_name, port_name=port_name) from error
    if not columns:
        raise WrongSetting(f"read {host!a}; wanted: an address of this machine", path=host_name)
    return Listening(port, tuple(zip(*columns, strict=True)))


def tls_context(certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    """TLS 1.2 and newer with our certificate; ``None`` when there is none to serve.

    Made before workers are forked, so that they share ticket keys and a client may resume with any.
    Raises ``WrongSetting`` when the files are not what they should be.
    """
    if certificate is None or key is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    load_certificate(context, certificate, key)
    return context


def load_certificate(context: ssl.SSLContext, certificate: Path, key: Path) -> None:
    """Serves a (renewed) certificate from now on; a wrong one raises ``WrongSetting`` and changes nothing."""
    for path, name in ((certificate, "GATEWRIGHT_TLS_CERT"), (key, "GATEWRIGHT_TLS_KEY")):
        _require_pem(path, name)
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password=_no_password)
    except ssl.SSLError as error:
        raise WrongSetting(
            f"read {str(key)!a}; wanted: the private key of {str(certificate)!a}, unencrypted, in PEM",
            path="GATEWRIGHT_TLS_KEY",
        ) from error
    context.load_cert_chain(certificate, key)


def _require_pem(path: Path, name: str) -> None:
    try:
        text = path.read_text(encoding="ascii")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not PEM"
        raise WrongSetting(
            f"read {str(path)!a} ({reason}); wanted: a readable PEM file", path=name
        ) from error
    if "-----BEGIN " not in text:
        raise WrongSetting(f"read {str(path)!a} (not PEM); wanted: a PEM file", path=name)


def _no_password() -> str:
    return ""  # an encrypted key is an error, not a question on the terminal


def _addresses(host: str, host_name: str) -> Sequence[_Address]:
    if host.lower().endswith(".localhost"):
        host = "localhost"  # RFC 6761 §6.3: always loopback, although not every resolver knows
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (socket.gaierror, UnicodeError) as error:
        raise WrongSetting(
            f"read {host!a}, which has no address here; wanted: an address or name of this machine",
            path=host_name,
        ) from error
    addresses = dict.fromkeys((family, str(where[0])) for family, _, _, _, where in found)
    if host.lower() == "localhost":
        # Clients try both addresses of localhost, in either order, whatever /etc/hosts says here.
        addresses |= dict.fromkeys(((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")))
    return sorted(addresses, key=lambda address: address[0] != socket.AF_INET)


def _open_column(address: _Address, port: int, workers: int) -> list[socket.socket]:
    """One socket for each worker on ``address``; none when this machine has no such address."""
    column: list[socket.socket] = []
    try:
        for _ in range(workers):
            column.append(_open(address, port, joins=bool(column)))
            port = column[0].getsockname()[1]
    except OSError as error:
        _close(column)
        if error.errno in _ABSENT_FAMILY:
            return []  # an IPv6 address in the hosts file of a machine without IPv6
        raise
    return column


def _open(address: _Address, port: int, *, joins: bool) -> socket.socket:
    family, host = address
    opened = socket.socket(family, socket.SOCK_STREAM)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(host != "::"))
        if joins:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        opened.bind((host, port))
        # The first is bound without, so that the port of another server is refused and not shared.
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        opened.listen(BACKLOG)
    except OSError:
        opened.close()
        raise
    opened.setblocking(False)
    return opened


def _cannot_listen(error: OSError, host: str, port: int, *, host_name: str, port_name: str) -> WrongSetting:
    if error.errno == errno.EADDRINUSE:
        return WrongSetting(
            f"read {port}, which another program uses on {host}; wanted: a free port",
            path=port_name,
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return WrongSetting(f"read {port}, which needs privileges; wanted: a port above 1023", path=port_name)
    return WrongSetting(
        f"read {host!a} ({error.strerror}); wanted: an address of this machine", path=host_name
    )


def _close(sockets: Iterable[socket.socket]) -> None:
    for opened in sockets:
        opened.close()

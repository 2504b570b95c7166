"""Which machines a server that somebody configured may be on.

A tenant's administrator is not the operator: they name a host, and must not get at what only this machine's
own network can reach. The name is resolved here, every address is looked at, and the connection is made to
the very address that was looked at (field of attack: SSRF, and names that resolve differently twice).
"""

import asyncio
import ipaddress
import socket
from collections.abc import Iterable
from dataclasses import dataclass

from gatewright.messages.transports.transport import Unreachable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Reach:
    """Private places that the operator lets configured servers be in: networks, and names of hosts."""

    networks: tuple[Network, ...] = ()
    hosts: frozenset[str] = frozenset()

    def admits(self, host: str, address: Address) -> bool:
        """Whether ``address``, which ``host`` resolved to, may be connected to."""
        meant = _meant(address)
        is_public = meant.is_global and not meant.is_multicast
        listed = any(meant in network for network in self.networks if network.version == meant.version)
        return is_public or listed or host.lower().rstrip(".") in self.hosts

    def refuses_literal(self, host: str) -> bool:
        """Whether ``host`` is itself an address, and one that may not be connected to."""
        try:
            address = ipaddress.ip_address(host.strip("[]"))
        except ValueError:
            return False
        return not self.admits(host, address)


async def connected(host: str, port: int, reach: Reach, *, seconds: float) -> socket.socket:
    """A connection to ``host``, at an address that ``reach`` admits. Raises ``Unreachable``."""
    try:
        async with asyncio.timeout(seconds):
            addresses = await _resolved(host, port)
            admitted = [each for each in addresses if reach.admits(host, each)]
            if addresses and not admitted:
                raise Unreachable(
                    f"{host} is at a private address, where configured servers may not be: the operator "
                    "can allow it with GATEWRIGHT_OUTBOUND_ALLOW"
                )
            return await _first_answer(admitted, port)
    except TimeoutError:
        raise Unreachable(f"no connection to {host}:{port} in {seconds:g} seconds") from None
    except OSError as error:
        raise Unreachable(f"no connection to {host}:{port}: {error.strerror or error}") from None


async def _resolved(host: str, port: int) -> list[Address]:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    texts = dict.fromkeys(str(each[4][0]).partition("%")[0] for each in found)
    return [ipaddress.ip_address(text) for text in texts]


async def _first_answer(addresses: Iterable[Address], port: int) -> socket.socket:
    trouble: OSError = OSError("the name has no address")
    for address in addresses:
        family = socket.AF_INET if address.version == 4 else socket.AF_INET6
        line = socket.socket(family, socket.SOCK_STREAM)
        line.setblocking(False)
        try:
            await asyncio.get_running_loop().sock_connect(line, (str(address), port))
        except OSError as error:
            line.close()
            trouble = error
        except BaseException:
            line.close()
            raise
        else:
            return line
    raise trouble


def _meant(address: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for, where it stands for one."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address

"""Which URLs and which addresses may be asked.

What matters is the address that is connected to, never the name: names are anybody's to point anywhere.
"""

import ipaddress
from dataclasses import dataclass
from urllib.parse import SplitResult

from gatewright.kernel.urls import parse_absolute
from gatewright.outbound.model import OutboundRefused

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

LOOPBACK: tuple[Network, ...] = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))

_UNICAST = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_TEREDO = ipaddress.IPv6Network("2001::/32")
_RELAYS = ipaddress.IPv4Network("192.88.99.0/24")


@dataclass(frozen=True, slots=True)
class OutboundPolicy:
    """What the operator allows beside the public internet: networks, and names of hosts.

    ``plain_loopback`` lets ``http`` go to this very machine, for development.
    """

    networks: tuple[Network, ...] = ()
    hosts: frozenset[str] = frozenset()
    plain_loopback: bool = False

    def check_url(self, url: str) -> SplitResult:
        """The URL in parts. Raises ``OutboundRefused`` for what cannot be asked wherever it leads."""
        parts = parse_absolute(url)
        if parts is None or not parts.hostname:
            raise OutboundRefused("the URL is not absolute, or has a part that no URL of ours may have")
        if parts.scheme == "https" or (parts.scheme == "http" and self.plain_loopback):
            return parts
        raise OutboundRefused(f"the URL begins with {parts.scheme}://; wanted: https://")

    def check_address(self, parts: SplitResult, text: str) -> str:
        """The address to connect to, in its plain form. Raises ``OutboundRefused``."""
        address = meant(ipaddress.ip_address(text.partition("%")[0]))
        if parts.scheme == "http" and not address.is_loopback:
            raise OutboundRefused("http:// is for this very machine alone; wanted: https://")
        if not (is_public(address) or self._is_listed(parts, address)):
            raise OutboundRefused(
                f"{parts.hostname} leads to {address}, which is not public; "
                "GATEWRIGHT_OUTBOUND_ALLOW lists what may be asked all the same"
            )
        return str(address)

    def _is_listed(self, parts: SplitResult, address: Address) -> bool:
        is_in = any(address in network for network in self.networks)
        return is_in or (parts.hostname or "").rstrip(".").lower() in self.hosts


def meant(address: Address) -> Address:
    """The IPv4 address that an IPv4-mapped one stands for (RFC 4291 §2.5.5.2), or the address itself."""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def is_public(address: Address) -> bool:
    """Whether it is anybody's on the internet.

    An address that carries an IPv4 address to where the packets really go is judged by that one:
    NAT64 (RFC 6052), 6to4 (RFC 3056). Teredo, which hides it, and anycast relays are not public.
    """
    if isinstance(address, ipaddress.IPv4Address):
        is_special = address.is_multicast or address.is_reserved or address in _RELAYS
        return address.is_global and not is_special
    if address in _NAT64:
        return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    if address.sixtofour is not None:
        return is_public(address.sixtofour)
    return address in _UNICAST and address.is_global and address not in _TEREDO

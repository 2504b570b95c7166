"""Which names and addresses the local authority may vouch for.

Always those that nobody else can own (RFC 6761, RFC 6762, RFC 8375, RFC 1918, RFC 4193), and the hosts it
was made for.
"""

import ipaddress
from collections.abc import Iterable

from cryptography import x509

AltName = x509.DNSName | x509.IPAddress

_OWN_NAMES = ("localhost", "test", "example", "invalid", "local", "internal", "home.arpa")
_OWN_NETWORKS = tuple(
    map(
        ipaddress.ip_network,
        ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7", "fe80::/10"),
    )
)


def alt_names(hosts: Iterable[str]) -> list[AltName]:
    """Hosts (names, or addresses without brackets) as they stand in a certificate, each once."""
    return [_alt_name(host) for host in dict.fromkeys(host.lower() for host in hosts)]


def permitted(hosts: Iterable[str]) -> list[x509.GeneralName]:
    """What an authority made for ``hosts`` may vouch for: our own names, and those."""
    subtrees: list[x509.GeneralName] = [x509.DNSName(name) for name in _OWN_NAMES]
    subtrees += [x509.IPAddress(network) for network in _OWN_NETWORKS]
    for name in alt_names(hosts):
        if not _vouched(name, subtrees):
            subtrees.append(_constraint(name))
    return subtrees


def _constraint(name: AltName) -> x509.GeneralName:
    return x509.IPAddress(ipaddress.ip_network(str(name.value))) if isinstance(name, x509.IPAddress) else name


def covers(authority: x509.Certificate, hosts: Iterable[str]) -> bool:
    """Whether ``authority`` may vouch for every one of ``hosts``."""
    constraints = authority.extensions.get_extension_for_class(x509.NameConstraints).value
    subtrees = constraints.permitted_subtrees or []
    return all(_vouched(name, subtrees) for name in alt_names(hosts))


def _vouched(name: AltName, subtrees: Iterable[x509.GeneralName]) -> bool:
    return any(_within(name, subtree) for subtree in subtrees)


def _within(name: AltName, subtree: x509.GeneralName) -> bool:
    if isinstance(name, x509.DNSName):
        return isinstance(subtree, x509.DNSName) and f".{name.value}".endswith(f".{subtree.value}")
    address, network = name.value, subtree.value
    return (
        isinstance(address, ipaddress.IPv4Address | ipaddress.IPv6Address)
        and isinstance(network, ipaddress.IPv4Network | ipaddress.IPv6Network)
        and address in network
    )


def _alt_name(host: str) -> AltName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)

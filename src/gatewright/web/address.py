"""The address of whoever is asking.

Forwarded headers are read only when the peer is a listed proxy, and then from the right:
the first address that is not a listed proxy is the client (RFC 7239 §5.2, as ``X-Forwarded-For``).
What cannot be parsed is not believed.
"""

import ipaddress
from collections.abc import Sequence

from starlette.types import Scope

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def client_address(scope: Scope, proxies: Sequence[Network]) -> str:
    """The client's address; the peer's when no proxy is listed."""
    peer = scope["client"][0] if scope.get("client") else ""
    if not proxies or not _is_listed(peer, proxies):
        return peer
    forwarded = _header(scope, b"x-forwarded-for")
    for hop in reversed([part.strip() for part in forwarded.split(",") if part.strip()]):
        if not _is_address(hop):
            return peer
        if not _is_listed(hop, proxies):
            return hop
    return peer


def _header(scope: Scope, name: bytes) -> str:
    return ",".join(value.decode("latin-1") for key, value in scope["headers"] if key == name)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_listed(text: str, proxies: Sequence[Network]) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return any(address in network for network in proxies)

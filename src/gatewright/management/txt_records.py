"""TXT records, asked of the name servers of the machine or those that are set."""

from collections.abc import Sequence
from typing import Protocol

from dns.asyncresolver import Resolver
from dns.exception import DNSException
from dns.nameserver import Do53Nameserver
from dns.resolver import NXDOMAIN, NoAnswer, NoResolverConfiguration

SECONDS = 5.0
"""So long is waited for an answer, all name servers and repetitions together."""

_MOST_RECORDS = 50
_NOWHERE = (".invalid", ".localhost", ".example")
"""No name server knows these (RFC 6761 §6), so none is asked."""


class NoRecords(Exception):
    """The name has no TXT record, or nobody could be asked; the message says which."""


class TxtRecords(Protocol):
    """Where TXT records are looked up."""

    async def of(self, name: str) -> tuple[str, ...]:
        """The texts at ``name``. Raises ``NoRecords``."""
        ...


class DnsTxtRecords:
    """See ``TxtRecords``. ``servers`` are addresses with ports; without any, the machine's are asked."""

    def __init__(self, servers: Sequence[tuple[str, int]] = ()) -> None:
        self._servers = servers

    async def of(self, name: str) -> tuple[str, ...]:
        """See ``TxtRecords.of``."""
        if name.endswith(_NOWHERE):
            raise NoRecords(f"{name} cannot exist in the DNS")
        try:
            answer = await self._resolver().resolve(f"{name}.", "TXT", lifetime=SECONDS, search=False)
        except (NXDOMAIN, NoAnswer):
            raise NoRecords(f"{name} has no TXT record") from None
        except (DNSException, NoResolverConfiguration, OSError):
            raise NoRecords(f"no name server answered for {name} within {SECONDS:g} seconds") from None
        records = [b"".join(record.strings) for record in answer][:_MOST_RECORDS]
        return tuple(record.decode("utf-8", "replace") for record in records)

    def _resolver(self) -> Resolver:
        resolver = Resolver(configure=not self._servers)
        if self._servers:
            resolver.nameservers = [Do53Nameserver(address, port) for address, port in self._servers]
        return resolver

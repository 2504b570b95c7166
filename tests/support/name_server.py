"""A name server on loopback that answers for TXT records, and for nothing else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from dns import flags, message, rcode, rdataclass, rdatatype, rrset


class NameServer(asyncio.DatagramProtocol):
    """Answers on ``port``; ``records`` are texts by name."""

    def __init__(self) -> None:
        self.records: dict[str, list[str]] = {}
        self.asked: list[str] = []
        self.port = 0
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self._transport = transport
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        query = message.from_wire(data)
        (question,) = query.question
        name = question.name.to_text().rstrip(".")
        self.asked.append(name)
        answer = message.make_response(query)
        answer.flags |= flags.RA
        texts = self.records.get(name, [])
        if texts and question.rdtype == rdatatype.TXT:
            quoted = [f'"{text}"' for text in texts]
            answer.answer.append(rrset.from_text(question.name, 60, rdataclass.IN, rdatatype.TXT, *quoted))
        else:
            answer.set_rcode(rcode.NXDOMAIN)
        assert self._transport is not None
        self._transport.sendto(answer.to_wire(), addr)


@asynccontextmanager
async def name_server() -> AsyncIterator[NameServer]:
    """A name server that runs."""
    loop = asyncio.get_running_loop()
    transport, server = await loop.create_datagram_endpoint(NameServer, local_addr=("127.0.0.1", 0))
    try:
        yield server
    finally:
        transport.close()

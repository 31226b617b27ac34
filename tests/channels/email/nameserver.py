"""A small DNS server on loopback: text records from a dictionary, and moods (silent, broken)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import cast

from dns.flags import AA, QR
from dns.message import from_wire, make_response
from dns.rcode import NXDOMAIN, SERVFAIL
from dns.rdatatype import TXT
from dns.rrset import from_text


@dataclass
class NameServer(asyncio.DatagramProtocol):
    """What it knows, what it was asked, and how it feels."""

    texts: dict[str, list[str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    mood: str = "well"
    port: int = 0
    transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember the way back."""
        # 3.11's own transport for datagrams is no subclass of the class that is for it.
        self.transport = cast("asyncio.DatagramTransport", transport)
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer one question."""
        query = from_wire(data)
        name = query.question[0].name.to_text(omit_final_dot=True).lower()
        self.asked.append(name)
        if self.mood == "silent":
            return
        response = make_response(query)
        response.flags |= QR | AA
        if self.mood == "broken":
            response.set_rcode(SERVFAIL)
        elif name not in self.texts:
            response.set_rcode(NXDOMAIN)
        elif self.texts[name]:
            # As in a zone file: one record may be of several strings.
            response.answer.append(from_text(name + ".", 300, "IN", TXT, *self.texts[name]))
        assert self.transport
        self.transport.sendto(response.to_wire(), addr)


@asynccontextmanager
async def nameserver(**texts: list[str]) -> AsyncIterator[NameServer]:
    """A server that runs while inside."""
    server = NameServer(dict(texts))
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: server, local_addr=("127.0.0.1", 0)
    )
    yield server
    transport.close()

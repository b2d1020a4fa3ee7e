"""A DNS server on loopback, by UDP: it knows what the test writes into it."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from dns import flags, message, rcode, rdatatype, rrset


class Zone:
    """What stands in the DNS; `breaks` with SERVFAIL, or says nothing at all when `silent`."""

    def __init__(self) -> None:
        self.texts: dict[str, list[str]] = {}
        self.asked: list[str] = []
        self.breaks = self.silent = False
        self.server = ""

    def answer(self, packet: bytes) -> bytes | None:
        if self.silent:
            return None
        query = message.from_wire(packet)
        [question] = query.question
        name = question.name.to_text().rstrip(".").lower()
        self.asked.append(name)
        reply = message.make_response(query)
        reply.flags |= flags.RA
        if self.breaks:
            reply.set_rcode(rcode.SERVFAIL)
        elif name not in self.texts:
            reply.set_rcode(rcode.NXDOMAIN)
        elif question.rdtype == rdatatype.TXT and self.texts[name]:
            quoted = [f'"{text}"' for text in self.texts[name]]
            reply.answer.append(rrset.from_text(question.name, 60, "IN", "TXT", *quoted))
        return reply.to_wire()


@contextmanager
def serving_names() -> Iterator[Zone]:
    """Serve a zone; `zone.server` is what DNS_SERVERS asks for."""
    zone = Zone()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind(("127.0.0.1", 0))
        zone.server = f"127.0.0.1:{line.getsockname()[1]}"
        thread = Thread(target=_serve, args=(line, zone))
        thread.start()
        try:
            yield zone
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
                end.sendto(b"", line.getsockname())
            thread.join()


def _serve(line: socket.socket, zone: Zone) -> None:
    while True:
        packet, asker = line.recvfrom(4096)
        if not packet:
            return
        if reply := zone.answer(packet):
            line.sendto(reply, asker)

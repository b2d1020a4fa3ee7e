"""Addresses: of those who ask, and of what we ask."""

import socket
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from queue import Empty, SimpleQueue
from threading import Thread

from django.conf import settings
from django.http import HttpRequest

Address = IPv4Address | IPv6Address
# Gateways from IPv6 to IPv4: the last four bytes say where they lead (RFC 6052, RFC 8215).
NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))


def client_address(request: HttpRequest) -> str | None:
    """Return the client's IP address.

    X-Forwarded-For is read from the right and believed only as far as the proxies of
    TRUSTED_PROXIES wrote it; anybody can send the header.
    """
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    hops.append(request.META.get("REMOTE_ADDR", ""))
    address = None
    for hop in reversed(hops):
        found = _address(hop)
        if found is None:
            break
        address = found
        if not forwarded or not any(address in network for network in settings.TRUSTED_PROXIES):
            break
    return str(address) if address else None


def addresses_of(host: str, port: int, *, patience: float) -> list[Address]:
    """Return what the name means now, an empty list for nothing. Raises TimeoutError."""
    found: SimpleQueue[list[Address]] = SimpleQueue()
    # The resolver knows no time-out: it may go on by itself, where nobody waits for it.
    Thread(target=lambda: found.put(_looked_up(host, port)), daemon=True).start()
    try:
        return found.get(timeout=patience)
    except Empty:
        raise TimeoutError("no answer from the resolver") from None


def is_public(address: Address) -> bool:
    """Tell whether the address, and what it is a wrapping of, belongs to the open net."""
    inner = _wrapped(address)
    if inner is not None:
        return is_public(inner)
    return address.is_global and not address.is_multicast


def _wrapped(address: Address) -> IPv4Address | None:
    if isinstance(address, IPv4Address):
        return None
    if any(address in network for network in NAT64):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)


def _looked_up(host: str, port: int) -> list[Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    known = [_address(str(item[4][0])) for item in found]
    return list(dict.fromkeys(address for address in known if address is not None))


@lru_cache(maxsize=4096)
def _address(text: str) -> Address | None:
    """Return the address; what a socket for both families writes as `::ffff:10.0.0.1` is IPv4."""
    try:
        # Without the zone of `fe80::1%eth0`, which means nothing on another machine.
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found

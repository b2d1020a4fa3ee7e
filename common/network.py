"""Addresses of those who ask."""

from ipaddress import IPv4Address, IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """Return the client's IP address.

    X-Forwarded-For is read from the right and believed only as far as the proxies of
    TRUSTED_PROXIES wrote it; anybody can send the header.
    """
    forwarded = request.headers.get("X-Forwarded-For", "")
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    hops.append(request.META.get("REMOTE_ADDR", ""))
    address = None
    for hop in reversed(hops):
        found = _address(hop)
        if found is None:
            break
        address = found
        if not any(address in network for network in settings.TRUSTED_PROXIES):
            break
    return str(address) if address else None


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """Return the address; what a socket for both families writes as `::ffff:10.0.0.1` is IPv4."""
    try:
        # Without the zone of `fe80::1%eth0`, which means nothing on another machine.
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found

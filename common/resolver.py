"""What the DNS says about a name, by the resolvers of the settings or those of the machine."""

from urllib.parse import urlsplit

from django.conf import settings
from dns.exception import DNSException
from dns.nameserver import Do53Nameserver
from dns.resolver import NXDOMAIN, NoAnswer, Resolver

PORT = 53


class ResolverAwayError(Exception):
    """Nobody could tell what stands there: to be asked again later."""


def texts_of(name: str, *, patience: float = 5.0) -> list[str]:
    """Return the TXT records of just this name, none for none. Raises ResolverAwayError."""
    resolver = Resolver(configure=not settings.DNS_SERVERS)
    if settings.DNS_SERVERS:
        resolver.nameservers = [Do53Nameserver(*_place(server)) for server in settings.DNS_SERVERS]
    try:
        answer = resolver.resolve(f"{name}.", "TXT", lifetime=patience, search=False)
    except (NXDOMAIN, NoAnswer):
        return []
    except (DNSException, OSError) as error:
        raise ResolverAwayError(type(error).__name__) from error
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]


def _place(server: str) -> tuple[str, int]:
    """Return address and port of `192.0.2.1`, `192.0.2.1:5353` or `[2001:db8::1]:5353`."""
    parts = urlsplit(f"//{server}")
    return parts.hostname or "", parts.port or PORT

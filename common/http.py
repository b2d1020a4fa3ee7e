"""The only way out: HTTP that ends in time, bounds its answer and looks where an address leads.

One connection for each request: what is asked outside takes seconds, a handshake does not.
Redirects are answers like any other and are never followed; proxies of the environment are not
used.
"""

import logging
import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from ipaddress import IPv4Network, IPv6Network
from math import isfinite
from time import monotonic
from urllib.parse import urlsplit

import certifi
import httpcore
from django.utils import timezone

from common.network import Address, addresses_of, is_public
from common.spans import span

logger = logging.getLogger(__name__)
Networks = tuple[IPv4Network | IPv6Network, ...]


class NoAnswerError(Exception):
    """There was no whole answer; `reason` is one word, `sent` whether the request went out."""

    def __init__(self, reason: str, *, sent: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.sent = sent


class ForbiddenAddressError(httpcore.ConnectError):
    """The name leads where it may not; the message is the reason in one word."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """The moment when waiting ends, however slowly bytes keep coming."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> "Deadline":
        """So many seconds from now."""
        return cls(monotonic() + seconds)

    @property
    def left(self) -> float:
        """How many seconds are left; never less than none."""
        return max(0.0, self.at - monotonic())


@dataclass(frozen=True, slots=True)
class Limits:
    """How long to wait, how much to read, and which addresses that are not public are allowed.

    `inside` is for addresses that tenants give: networks of ours that they may reach, encrypted or
    not; to the public net they go encrypted. None trusts the address, as that of an operator.
    """

    deadline: Deadline
    connect_seconds: float = 5.0
    read_seconds: float = 30.0
    most_bytes: int = 1024 * 1024
    inside: Networks | None = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: any status; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


def post(url: str, *, content: bytes, headers: Mapping[str, str], limits: Limits) -> Answer:
    """Send the content and return the answer. Raises NoAnswerError."""
    return request("POST", url, content=content, headers=headers, limits=limits)


def get(url: str, *, headers: Mapping[str, str], limits: Limits) -> Answer:
    """Ask for what is there. Raises NoAnswerError."""
    return request("GET", url, content=None, headers=headers, limits=limits)


def request(
    method: str, url: str, *, content: bytes | None, headers: Mapping[str, str], limits: Limits
) -> Answer:
    """Ask and return the answer, whatever its status. Raises NoAnswerError."""
    # Where an address that somebody gave us leads is no business of the log.
    host = urlsplit(url).hostname if limits.inside is None else ""
    start, outcome = monotonic(), "failed"
    with span("outside", method=method, host=host or ""):
        try:
            answer = _ask(method, url, content, headers, limits)
            outcome = str(answer.status)
        except NoAnswerError as error:
            outcome = error.reason
            raise
        finally:
            facts = {"method": method, "host": host, "outcome": outcome}
            milliseconds = round((monotonic() - start) * 1000)
            logger.info("asked outside", extra={**facts, "milliseconds": milliseconds})
    return answer


def _ask(
    method: str, url: str, content: bytes | None, headers: Mapping[str, str], limits: Limits
) -> Answer:
    target = httpcore.URL(url)
    backend = GuardedBackend(limits, is_encrypted=target.scheme == b"https")
    extensions = {"timeout": {"connect": limits.connect_seconds, "read": limits.read_seconds}}
    try:
        with (
            httpcore.ConnectionPool(ssl_context=tls(), network_backend=backend) as pool,
            pool.stream(
                method,
                target,
                headers=[("Accept-Encoding", "identity"), *headers.items()],
                content=content,
                extensions=extensions,
            ) as response,
        ):
            body = read_body(response.iter_stream(), limits.most_bytes)
            names = {name.decode("latin-1").lower(): value for name, value in response.headers}
    except ForbiddenAddressError as error:
        raise NoAnswerError(str(error), sent=False) from error
    except httpcore.ConnectTimeout as error:
        raise NoAnswerError("timeout", sent=False) from error
    except httpcore.TimeoutException as error:
        raise NoAnswerError("timeout", sent=True) from error
    except (httpcore.ConnectError, httpcore.UnsupportedProtocol) as error:
        raise NoAnswerError("unreachable", sent=False) from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise NoAnswerError("cut", sent=True) from error
    texts = {name: value.decode("latin-1") for name, value in names.items()}
    return Answer(response.status, texts, body)


def retry_after(answer: Answer) -> float | None:
    """Return for how many seconds the server wants to be left alone (RFC 9110, section 10.2.3)."""
    text = answer.headers.get("retry-after", "").strip()
    try:
        seconds = float(text)
    except ValueError:
        return _until(text)
    return max(0.0, seconds) if isfinite(seconds) else None


def _until(text: str) -> float | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    aware: datetime = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - timezone.now()).total_seconds())


def read_body(chunks: Iterable[bytes], most: int) -> bytes:
    """Return the whole body. Raises NoAnswerError as soon as there is too much of it."""
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > most:
            raise NoAnswerError("too_large", sent=True)
    return bytes(body)


@cache
def tls() -> ssl.SSLContext:
    """Trust what the machine trusts, and what browsers do."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


class GuardedBackend(httpcore.SyncBackend):
    """Opens connections to addresses that were looked at, each read and write before the end."""

    def __init__(self, limits: Limits, *, is_encrypted: bool) -> None:
        super().__init__()
        self._limits = limits
        self._is_encrypted = is_encrypted

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Resolve the name once, look at what it means, and connect to just that."""
        deadline = self._limits.deadline
        try:
            addresses = addresses_of(host, port, patience=min(timeout or 0.0, deadline.left))
        except TimeoutError as error:
            raise httpcore.ConnectTimeout("name") from error
        for address in addresses:
            self._look_at(address)
        failure: httpcore.ConnectError | None = None
        for address in addresses:
            patience = _within(timeout, deadline, httpcore.ConnectTimeout)
            try:
                stream = super().connect_tcp(str(address), port, timeout=patience)
            except httpcore.ConnectError as error:
                failure = error
            else:
                return TimedStream(stream, deadline)
        raise failure or httpcore.ConnectError("no address")

    def _look_at(self, address: Address) -> None:
        inside = self._limits.inside
        if inside is None or any(address in network for network in inside):
            return
        if not is_public(address):
            raise ForbiddenAddressError("forbidden_address")
        if not self._is_encrypted:
            raise ForbiddenAddressError("not_encrypted")


class TimedStream(httpcore.NetworkStream):
    """A connection on which nothing waits beyond the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Wait for bytes while there is time."""
        patience = _within(timeout, self._deadline, httpcore.ReadTimeout)
        return self._stream.read(max_bytes, patience)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send while there is time."""
        self._stream.write(buffer, _within(timeout, self._deadline, httpcore.WriteTimeout))

    def close(self) -> None:
        """Hang up."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Shake hands while there is time; the certificate must be that of the name."""
        patience = _within(timeout, self._deadline, httpcore.ConnectTimeout)
        stream = self._stream.start_tls(ssl_context, server_hostname, patience)
        return TimedStream(stream, self._deadline)


def _within(
    timeout: float | None, deadline: Deadline, too_late: type[httpcore.TimeoutException]
) -> float:
    left = deadline.left
    if not left:
        raise too_late("deadline")
    return left if timeout is None else min(timeout, left)

"""The lines to the channels during one run: a gateway each, and what holds letters back."""

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.utils import timezone

from accounts.notices import LINK
from common.origin import current_origin, origin_of_writes
from common.spans import span
from messaging.channels import (
    ChannelDownError,
    ChannelRefusedError,
    ChannelThrottledError,
    ChannelUnavailableError,
    Gateway,
    Letter,
    OutcomeUnknownError,
    gateway_for,
)
from messaging.due import message_kind
from messaging.ledger import BACK_OFF, INTERRUPTED, SLOW_DOWN, Result
from messaging.models import Outcome, OutgoingMessage
from tenants.breaker import Breaker
from tenants.context import atomic, current_tenant
from tenants.rates import Bucket, Rate, take

logger = logging.getLogger(__name__)

TOO_QUICK = "So many messages are not sent at once; it waits for its turn."
NOT_ASKED = "The other side did not answer the last times; it is left alone for a while."


class Line:
    """One channel, open for this run. Raises ChannelRefusedError where there is none."""

    def __init__(self, channel: str) -> None:
        self.channel = channel
        self.gateway: Gateway = gateway_for(channel)
        sender = self.gateway.sender
        self._breaker = Breaker(f"{channel}:{sender.name}", shared=sender.shared)
        # Why no letter goes through any more, and for how many seconds.
        self.closed: tuple[float, str] | None = None
        if wait := self._breaker.wait():
            self.closed = (wait, NOT_ASKED)

    def wait(self, message: OutgoingMessage) -> float:
        """Return for how many seconds the message has to wait for its turn; 0 to send it now."""
        return take(self._buckets(message.address))

    def _buckets(self, address: str) -> list[Bucket]:
        sender = self.gateway.sender
        chat = sha256(address.encode()).hexdigest()[:16]
        names = {
            "channel": (self.channel, True),
            "tenant": (f"{self.channel}:office", False),
            "sender": (f"{self.channel}:from:{sender.name}", sender.shared),
            "chat": (f"{self.channel}:from:{sender.name}:to:{chat}", sender.shared),
        }
        rates = settings.MESSAGE_RATES.get(sender.rates or self.channel, {})
        return [
            Bucket(names[scope][0], Rate(*rate), shared=names[scope][1])
            for scope, rate in rates.items()
        ]

    def send(self, message: OutgoingMessage) -> Result:
        """Hand the message over in the name of the request that owes it, and tell how it went."""
        origin = current_origin()
        request_id = message.request_id or origin.request_id
        with (
            origin_of_writes(replace(origin, request_id=request_id)),
            span("message", channel=self.channel),
        ):
            result = self._send(message)
            facts = {"message_id": str(message.pk), "channel": self.channel}
            logger.info("message handed over", extra={**facts, "outcome": str(result.outcome)})
        return result

    def _send(self, message: OutgoingMessage) -> Result:
        try:
            provider_id = self._find(message)
            if not provider_id:
                if _has_ended(message):
                    return Result(message, Outcome.INTERRUPTED, INTERRUPTED)
                provider_id = self.gateway.send(letter_of(message))
        except ChannelUnavailableError as error:
            return self._failed(message, error)
        except ChannelRefusedError as error:
            return Result(message, Outcome.REFUSED, str(error))
        except OutcomeUnknownError as error:
            outcome = Outcome.UNAVAILABLE if self.gateway.idempotent else Outcome.UNKNOWN
            return Result(message, outcome, str(error))
        except SoftTimeLimitExceeded:
            # Nobody knows whether it went out: the end of the lease settles it.
            raise
        except Exception as error:
            # A mistake of ours in one letter must not hold up the others; its tries are numbered.
            logger.exception("message not sent", extra={"message_id": str(message.pk)})
            self.gateway.close()
            words = f"our own mistake: {type(error).__name__}"
            return Result(message, Outcome.UNAVAILABLE, words)
        self._breaker.succeed()
        return Result(message, Outcome.SENT, provider_id=provider_id)

    def spare(self, message: OutgoingMessage) -> Result:
        """Return how a try ends that was begun before the line closed: it does not count."""
        seconds, words = self.closed or (0, "")
        wait = timedelta(seconds=seconds)
        return Result(message, Outcome.THROTTLED, words, wait=wait)

    def _find(self, message: OutgoingMessage) -> str:
        since: datetime | None = message.in_doubt_since
        if since is None or self.gateway.idempotent:
            return ""
        found = self.gateway.find(letter_of(message), since)
        message.in_doubt_since = None
        return found or ""

    def _failed(self, message: OutgoingMessage, error: ChannelUnavailableError) -> Result:
        words, wait = str(error), error.retry_after
        if isinstance(error, ChannelThrottledError):
            seconds = (wait or SLOW_DOWN).total_seconds()
            self._breaker.pause(seconds)
            self.closed = (seconds, words)
            return Result(message, Outcome.THROTTLED, words, wait=wait)
        if isinstance(error, ChannelDownError):
            self._breaker.fail()
            self.closed = ((wait or BACK_OFF[0]).total_seconds(), words)
        return Result(message, Outcome.UNAVAILABLE, words, wait=wait)


def _has_ended(message: OutgoingMessage) -> bool:
    """Tell whether the lease is over, after standing still: another worker may be sending it."""
    return message.wake_at is None or message.wake_at <= timezone.now()


def office_address() -> str:
    """Return where people write to the office in force by e-mail; empty where they cannot."""
    domain = settings.INBOUND_MAIL_DOMAIN
    return f"office+{current_tenant().slug}@{domain}" if domain else ""


def letter_of(message: OutgoingMessage) -> Letter:
    """Return what is handed over."""
    person, sender = message.recipient_id, message.sender
    link = _link_of(message)
    return Letter(
        message_id=str(message.pk),
        address=message.address,
        subject=message.subject,
        text=message.text.replace(LINK, link) if link else message.text,
        html=message.html.replace(LINK, link) if link else message.html,
        brief=message.brief or message.subject,
        calendar=message.calendar,
        reply_to=sender.email if sender else office_address(),
        replaces=message.replaces,
        buttons=tuple((label, said) for label, said in message.buttons),
        unsubscribe_url=message_kind(message.kind).unsubscribe_url(person) if person else "",
    )


def _link_of(message: OutgoingMessage) -> str:
    if message.about_id is None or LINK not in message.text:
        return ""
    with atomic():
        return message_kind(message.kind).link(message.about_id, message.address)

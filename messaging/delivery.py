"""Handing messages over: claim with a lease, send outside any transaction, write down how it went.

A worker claims many messages in one transaction and hands them over one by one; how one ended is
written together with the beginning of the next. So a worker that is killed leaves one message
behind of which nobody knows whether it went out, and others that were not touched: their leases
end and they go on. With a gateway that drops what it has had already, many are begun at once and
written down at once.
"""

import logging
from collections import deque
from collections.abc import Iterable, Sequence
from itertools import groupby
from time import monotonic, sleep
from uuid import UUID

from celery.exceptions import SoftTimeLimitExceeded
from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, OperationalError
from django.utils import timezone

from messaging.channels import ChannelRefusedError
from messaging.ledger import (
    Result,
    begin_tries,
    claim_messages,
    put_back,
    record_results,
)
from messaging.lines import TOO_QUICK, Line
from messaging.models import MessageStatus, Outcome, OutgoingMessage
from tenants.context import atomic, home_alias, tenant_context, wrapper_of
from tenants.models import Tenant

logger = logging.getLogger(__name__)

BATCH = 50
# A job ends well before the queue would give it to another worker.
BUDGET_SECONDS = 60
# How long a worker that has sent a message waits for a database that went away.
PATIENCE_SECONDS = 50


def deliver_for_offices(shares: Sequence[tuple[UUID, Sequence[UUID]]]) -> None:
    """Send for one office after the other, each by itself: what fails in one holds up no other."""
    end = monotonic() + BUDGET_SECONDS
    offices = Tenant.objects.working().for_entering().in_bulk([pk for pk, _ids in shares])
    with wrapper_of(DEFAULT_DB_ALIAS).passing():
        for pk, ids in shares:
            # What is left then stays owed, as in `Run`.
            if pk in offices and monotonic() < end:
                _deliver_for(offices[pk], ids, end)


def _deliver_for(office: Tenant, ids: Sequence[UUID], end: float) -> None:
    try:
        with tenant_context(office):
            deliver(ids, end=end)
    except SoftTimeLimitExceeded:
        raise
    except (OperationalError, InterfaceError):
        if office.db_alias == DEFAULT_DB_ALIAS:
            raise
        logger.exception("database does not answer", extra={"database": office.db_alias})
    except Exception:
        # An office whose schema is broken, or a mistake of ours that only its messages meet.
        logger.exception("messages not sent", extra={"tenant": str(office.pk)})


def deliver(message_ids: Sequence[UUID], *, end: float | None = None) -> None:
    """Send those of the messages that are owed now. Harmless when run twice."""
    run = Run(message_ids, monotonic() + BUDGET_SECONDS if end is None else end)
    try:
        run.work()
    finally:
        run.close()


class Run:
    """The work for one office, up to an instant of the monotonic clock."""

    def __init__(self, message_ids: Iterable[UUID], end: float) -> None:
        self._todo = deque(dict.fromkeys(message_ids))
        self._lines: dict[str, Line] = {}
        # How the last tries ended, not yet written down.
        self._results: list[Result] = []
        self._end = end

    @property
    def _is_late(self) -> bool:
        # The rest stays owed, and the sweep brings it in another job.
        return monotonic() > self._end

    def work(self) -> None:
        """Send all, and what came to stand in for them."""
        while self._todo and not self._is_late:
            some = [self._todo.popleft() for _each in range(min(BATCH, len(self._todo)))]
            claimed = sorted(_claim_or_skip(some), key=lambda message: message.channel)
            for channel, messages in groupby(claimed, key=lambda message: message.channel):
                self._send_by(channel, list(messages))
            self._write()

    def close(self) -> None:
        """Write down what is known, and hang up."""
        try:
            self._write()
        finally:
            for line in self._lines.values():
                line.gateway.close()

    def _send_by(self, channel: str, messages: list[OutgoingMessage]) -> None:
        try:
            line = self._lines.setdefault(channel, self._lines.get(channel) or Line(channel))
        except ChannelRefusedError as error:
            refused = [Result(m, Outcome.REFUSED, str(error)) for m in self._write(messages)]
            self._results += refused
            return
        in_hand = len(messages) if line.gateway.idempotent else 1
        for start in range(0, len(messages), in_hand):
            if line.closed or self._is_late:
                wait, words = line.closed or (0, "")
                put_back(messages[start:], wait, words)
                return
            self._hand_over(line, messages[start : start + in_hand])

    def _hand_over(self, line: Line, messages: list[OutgoingMessage]) -> None:
        ready = []
        for message in messages:
            if wait := line.wait(message):
                put_back([message], wait, TOO_QUICK)
            else:
                ready.append(message)
        for message in self._write(ready):
            self._results.append(line.spare(message) if line.closed else line.send(message))

    def _write(self, begin: Sequence[OutgoingMessage] = ()) -> list[OutgoingMessage]:
        """Write down how the last tries ended and that these begin; return those that may.

        A database that is away is waited for, since messages may be out.
        """
        if not (self._results or begin):
            return []
        give_up_at = monotonic() + PATIENCE_SECONDS
        while True:
            try:
                with atomic():
                    fresh = record_results(self._results)
                    begun = begin_tries(begin)
            except (DatabaseError, InterfaceError):
                connection = wrapper_of(home_alias())
                if connection.in_atomic_block or monotonic() > give_up_at:
                    raise
                logger.warning("outcome not recorded yet", extra={"messages": len(self._results)})
                connection.close()
                sleep(0.5)
            else:
                self._results.clear()
                self._todo.extend(row.pk for row in fresh)
                return begun


def _claim_or_skip(ids: Sequence[UUID]) -> list[OutgoingMessage]:
    """Claim all at once; when that fails, each by itself."""
    try:
        return claim_messages(ids)
    except (OperationalError, InterfaceError, SoftTimeLimitExceeded):
        raise
    except Exception:
        # What an app objects to is its own code: its mistake must not hold up the others.
        logger.exception("messages not claimed", extra={"messages": [str(pk) for pk in ids]})
        return [row for pk in ids for row in _claim_or_skip([pk])] if len(ids) > 1 else []


def is_sending() -> bool:
    """Tell whether a message of the office in force is in somebody's hands now."""
    sending = OutgoingMessage.objects.filter(status=MessageStatus.SENDING)
    return sending.filter(wake_at__gt=timezone.now()).exists()

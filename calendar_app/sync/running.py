"""One sync at a time for each calendar, and what is written down of how it went.

A run holds a lease and not a lock: it asks the vendor outside any transaction. Each of its
transactions makes sure that the lease is still its own.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import sleep
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone

from calendar_app.models import CalendarSync, EventLink, SyncConflict
from calendar_app.recurrence import midnight
from calendar_app.sync.documents import Doc, tidied
from calendar_app.sync.graph_rules import NoCounterpartError
from calendar_app.sync.merging import Loss
from calendar_app.sync.providers import CalendarProvider, Window, provider_of
from calendar_app.sync_rows import SyncState
from messaging.due import Owed
from messaging.services import owe_messages
from tenants import live
from tenants.context import atomic

# Longer than one question to a vendor, with all that is tried again.
LEASE = timedelta(minutes=5)
# How soon after a vendor's word, or after a run that was under way.
SOON = timedelta(seconds=5)
BACK, AHEAD = timedelta(days=30), timedelta(days=365)
# When the cursor looks at a window that is older than this, it is made anew.
WINDOW_GOOD_FOR = timedelta(days=7)
LONGEST_TROUBLE = 500
HELD = "sync_held"


class SupersededError(Exception):
    """The lease is over and somebody else is at work, or the sync was stopped meanwhile."""


@dataclass(slots=True)
class Run:
    """One sync under way; without a token it only looks."""

    sync: CalendarSync
    token: UUID | None
    provider: CalendarProvider
    window: Window
    # Where the vendor's story goes on; empty to hear all of it.
    cursor: str
    counts: Counter[str] = field(default_factory=Counter)

    def said(self, doc: Doc) -> Doc:
        """Return how the vendor would say it, or as it is where the vendor cannot."""
        try:
            return self.provider.plain(doc)
        except NoCounterpartError:
            return tidied(doc)


Pause = Callable[[float], None]


def window_now() -> Window:
    """Return what a sync looks at now."""
    today = midnight(timezone.now().date())
    return Window(today - BACK, today + AHEAD)


def begin(sync_id: UUID, pause: Pause = sleep) -> Run | None:
    """Take the lease; None where there is nothing to do, or somebody else is at it."""
    now = timezone.now()
    with atomic():
        rows = CalendarSync.objects.select_for_update(of=("self",)).running()
        sync: CalendarSync | None = rows.filter(pk=sync_id).first()
        if sync is None or not sync.connection.is_usable:
            return None
        if sync.running_until is not None and sync.running_until > now:
            wake_at(CalendarSync.objects.filter(pk=sync.pk), now + SOON)
            return None
        token = uuid4()
        write(sync, run=token, running_until=now + LEASE)
    return run_of(sync, token, pause)


def run_of(sync: CalendarSync, token: UUID | None, pause: Pause = sleep) -> Run:
    """Return a run that goes on where the last one stopped."""
    window, cursor = window_now(), sync.cursor
    is_good = sync.seen_from is not None and window.since - sync.seen_from < WINDOW_GOOD_FOR
    if cursor and is_good and sync.seen_from and sync.seen_until:
        window = Window(sync.seen_from, sync.seen_until)
    else:
        cursor = ""
    provider = provider_of(sync.connection, sync.remote_id, window, pause)
    return Run(sync, token, provider, window, cursor)


@contextmanager
def locked(run: Run) -> Iterator[CalendarSync]:
    """Run in one transaction in which the sync stands still. Raises SupersededError."""
    with atomic():
        rows = CalendarSync.objects.select_for_update(of=("self",)).select_related("calendar")
        sync = rows.filter(pk=run.sync.pk, run=run.token).first()
        if sync is None:
            raise SupersededError
        if run.token is not None:
            write(sync, running_until=timezone.now() + LEASE)
        yield sync


def write(sync: CalendarSync, **values: Any) -> None:
    """Write these columns and nothing else."""
    CalendarSync.objects.filter(pk=sync.pk).update(updated_at=timezone.now(), **values)
    live.tell("calendar_app")
    for name, value in values.items():
        setattr(sync, name, value)


def wake_at(rows: Any, moment: datetime) -> int:
    """Have these syncs run then, or sooner where they would anyway; return how many."""
    later = rows.exclude(next_at__lte=moment)
    return int(later.update(next_at=moment))


def finish(run: Run, trouble: str = "", **values: Any) -> None:
    """Write down how it went, and let go."""
    now = timezone.now()
    changed = sum(run.counts.values())
    with locked(run) as sync:
        if not trouble:
            values |= {"synced_at": now, "last_counts": dict(run.counts)}
        if changed:
            values["total_counts"] = dict(Counter(sync.total_counts) + run.counts)
            values["changed_at"] = now
        write(sync, run=None, running_until=None, trouble=trouble[:LONGEST_TROUBLE], **values)


def hold(run: Run, number: int, words: str) -> None:
    """Stop until a person has said that so much is to be deleted, and ask them."""
    finish(run, words, state=SyncState.HELD, held_deletions=number, may_delete=0, next_at=None)
    person = run.sync.connection.person
    if person is None:
        return
    subject = f"“{run.sync.remote_name}” would lose {number} events"
    text = f"{words} Look at the calendar's sync and accept it if it is meant."
    owed = Owed(
        recipient=person,
        subject=subject,
        text=text,
        html="",
        brief=f"{subject}. {text}",
        kind=HELD,
        about_id=run.sync.pk,
        due_at=timezone.now(),
        occasion=f"{HELD}:{run.token}",
    )
    with atomic():
        owe_messages([owed])


def note_losses(run: Run, link: EventLink, losses: list[Loss], title: str) -> None:
    """Keep what one side had said and did not come to be."""
    SyncConflict.objects.bulk_create(
        [
            SyncConflict(
                sync=run.sync,
                event_id=link.event_id,
                title=title[:300],
                field=loss.field[:40],
                lost=loss.value,
                lost_side=loss.side,
            )
            for loss in losses
        ]
    )

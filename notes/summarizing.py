"""Summaries that are asked for: made at once, or of a long note by a job, step by step."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.models import User
from notes.jobs import summarize_note as queued
from notes.models import Note, SummaryStatus
from notes.summaries import keep_summary, make_summary, work_of
from tenants.context import atomic

# What the sweep knows the summary of a long note as.
KIND = "note_summary"
# A note with more letters is not waited for: it takes seconds.
LONGEST_AT_ONCE = 60_000
# When the sweep takes over if the job that is queued at once got lost.
WAKE_AFTER = timedelta(seconds=15)


def summarize(*, note_id: UUID, by: User, length: str = "medium") -> bool:
    """Summarise a note, or have a job do it; tell whether it is done. Not inside a transaction.

    Raises Http404 for a note that the asker may not read.
    """
    with atomic():
        seen = Note.objects.visible_to(by).select_related("author")
        note = get_object_or_404(seen, pk=note_id)
        work = work_of(note, length)
        if len(note.body) > LONGEST_AT_ONCE:
            _queue(note.pk, length)
            return False
    keep_summary(work, make_summary(work))
    return True


def _queue(note_id: UUID, length: str) -> None:
    """Have a job do it; one that is at it already goes on."""
    waiting = Note.objects.filter(pk=note_id).exclude(summary_status=SummaryStatus.PROCESSING)
    is_new = waiting.update(
        summary_status=SummaryStatus.PROCESSING,
        summary_length=length,
        summary_progress=0,
        summary_attempts=0,
        summary_wake_at=timezone.now() + WAKE_AFTER,
    )
    if is_new:
        queued.delay_on_commit(str(note_id))


def wake_summaries(ids: Sequence[UUID], now: datetime) -> None:
    """Queue those that are due once more; what the sweep calls."""
    rows = Note.objects.select_for_update(skip_locked=True, of=("self",))
    due = rows.filter(pk__in=ids, summary_wake_at__lte=now)
    for note_id in list(due.values_list("pk", flat=True)):
        Note.objects.filter(pk=note_id).update(summary_wake_at=now + WAKE_AFTER)
        queued.delay_on_commit(str(note_id))

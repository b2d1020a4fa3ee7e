"""The summary of a long note, made by a job: whatever is killed, the next one begins again."""

import logging
from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from common.origin import current_origin
from notes.models import Note, SummaryStatus
from notes.summaries import Work, keep_summary, make_summary, work_of
from tenants import live
from tenants.context import atomic

logger = logging.getLogger(__name__)

# Longer than the longest note takes between two signs of life.
LEASE = timedelta(seconds=180)
MOST_ATTEMPTS = 3


def summarize_waiting(note_id: UUID) -> None:
    """Make the summary that somebody waits for. Harmless when run twice."""
    work = _claim(note_id)
    if work is None:
        return
    current_origin().source = "job"
    keep_summary(work, make_summary(work, lambda percent: _tell(note_id, percent)))


def _claim(note_id: UUID) -> Work | None:
    """Hold it for a while, so that the sweep does not give it to somebody else meanwhile."""
    with atomic():
        rows = Note.objects.select_for_update(skip_locked=True, of=("self",))
        waiting = rows.filter(pk=note_id, summary_status=SummaryStatus.PROCESSING)
        note: Note | None = waiting.select_related("author").first()
        if note is None:
            return None
        if note.summary_attempts >= MOST_ATTEMPTS:
            logger.warning("note not summarised", extra={"note": str(note_id)})
            _change(note_id, summary_status=SummaryStatus.FAILED, summary_wake_at=None)
            return None
        _change(
            note_id,
            summary_attempts=note.summary_attempts + 1,
            summary_wake_at=timezone.now() + LEASE,
        )
        return work_of(note, note.summary_length)


def _tell(note_id: UUID, percent: int) -> None:
    with atomic():
        _change(note_id, summary_progress=percent, summary_wake_at=timezone.now() + LEASE)
        # The trail does not follow a job's steps; whoever looks at the page does.
        live.tell("notes")


def _change(note_id: UUID, **values: object) -> None:
    Note.objects.filter(pk=note_id, summary_status=SummaryStatus.PROCESSING).update(**values)

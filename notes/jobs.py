"""Background work on notes."""

from uuid import UUID

from celery import shared_task

from notes import background
from tenants.jobs import TenantJob


@shared_task(name="notes.summarize_note", base=TenantJob, soft_time_limit=1800, time_limit=1860)
def summarize_note(note_id: str) -> None:
    """Summarise this note, if nobody does."""
    background.summarize_waiting(UUID(note_id))

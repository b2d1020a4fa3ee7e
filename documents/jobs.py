"""Background work on documents."""

from uuid import UUID

from celery import shared_task

from documents import indexing
from tenants.jobs import TenantJob


@shared_task(name="documents.read_revision", base=TenantJob, soft_time_limit=1800, time_limit=1860)
def read_revision(revision_id: str) -> None:
    """Read and index this file, if nobody does."""
    indexing.read_revision(UUID(revision_id))

"""Background work on documents."""

from uuid import UUID

from celery import shared_task

from documents import indexing
from tenants.jobs import TenantJob


# It may outlive the queue's patience, so it is acknowledged when it begins: the revision's own row
# tells what is left to do, and the lease, whose turn it is.
@shared_task(
    name="documents.read_revision",
    base=TenantJob,
    acks_late=False,
    soft_time_limit=1800,
    time_limit=1860,
)
def read_revision(revision_id: str) -> None:
    """Read and index this file, if nobody does."""
    indexing.read_revision(UUID(revision_id))

"""Background work on documents."""

from uuid import UUID

from celery import shared_task

from documents import indexing, reembedding
from tenants.jobs import TenantJob
from tenants.stores import StoreAwayError


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


@shared_task(name="documents.reembed_documents", base=TenantJob)
def reembed_documents() -> None:
    """Have those documents embedded that lack vectors of the model in use."""
    reembedding.reembed()


# For two days, the pauses at most an hour.
@shared_task(
    name="documents.remove_files",
    base=TenantJob,
    soft_time_limit=300,
    time_limit=330,
    autoretry_for=(StoreAwayError,),
    retry_backoff=10,
    retry_backoff_max=3600,
    max_retries=56,
)
def remove_files(revision_ids: list[str]) -> None:
    """Remove the files of revisions that are gone, which a store that was away still has."""
    indexing.remove_leftovers([UUID(pk) for pk in revision_ids])

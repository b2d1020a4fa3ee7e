"""Background work on tasks."""

from uuid import UUID

from celery import shared_task

from tasks import leftovers
from tenants.jobs import TenantJob


# What it does not come to do, the sweep has it try again an hour later.
@shared_task(name="tasks.remove_files", base=TenantJob, soft_time_limit=300, time_limit=330)
def remove_files(ids: list[str]) -> None:
    """Remove the contents of files that are gone for good."""
    leftovers.remove_contents([UUID(pk) for pk in ids])

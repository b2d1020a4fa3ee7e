"""Background jobs: each runs in the tenant that queued it, or refuses to run."""

from typing import Any
from uuid import UUID

from celery import current_task, shared_task
from celery.contrib.django.task import DjangoTask
from django.db import transaction

from common.logs import register_mark
from common.origin import Origin, current_origin, origin_of_writes
from tenants import running
from tenants.context import (
    NoTenantError,
    current_tenant,
    home_alias,
    public_context,
    tenant_context,
)
from tenants.directory import working_tenant_or_none
from tenants.domains import look_again
from tenants.files import remove_old_exports
from tenants.moving import release_abandoned
from tenants.turns import operations_to_wake


class OfficeJob(DjangoTask):  # type: ignore[type-arg]  # generic for the type checker alone
    """A job over all offices: it starts on the shared directories and enters tenants by itself."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run with an origin of its own, so that logs and audit entries name the job."""
        with origin_of_writes(self.origin()), public_context():
            return super().__call__(*args, **kwargs)

    def origin(self) -> Origin:
        """Return where the job's writes come from: the request that queued it, or a try of its own.

        So a sweep, the jobs that it queues and the messages that they send share an id as well.
        """
        request_id = self.header("request_id") or str(self.request.id or "")
        return Origin(source="job", request_id=request_id, job=str(self.name))

    def header(self, name: str) -> str | None:
        """Return what was noted when the job was queued."""
        headers = self.request.headers or {}
        return getattr(self.request, name, None) or headers.get(name)

    def apply_async(self, args: Any = None, kwargs: Any = None, *rest: Any, **options: Any) -> Any:
        """Queue the job with the marks of here and now, unless it carries some already."""
        options["headers"] = options.get("headers") or self.marks()
        return super().apply_async(args, kwargs, *rest, **options)

    def delay_on_commit(  # type: ignore[override]  # Celery returns None too, whatever its types say
        self, *args: Any, **kwargs: Any
    ) -> None:
        """Queue after the commit, with the marks of now: by then the tenant may have been left.

        A broker that is down is logged and delays the work: every job's work is also found by a
        sweep.
        """
        marks = self.marks()

        def queue() -> None:
            self.apply_async(args, kwargs, headers=marks)

        transaction.on_commit(queue, using=home_alias(), robust=True)

    def marks(self) -> dict[str, str]:
        """Return what travels with the job."""
        return {"request_id": current_origin().request_id}


class TenantJob(OfficeJob):
    """A job of one office. It enters the tenant; its code opens its own transactions."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run in the tenant that is named in the job; without one, or a resting one, do not run."""
        named = self.header("tenant_id")
        if not named:
            raise NoTenantError(f"{self.name} was queued without a tenant")
        tenant = working_tenant_or_none(UUID(named))
        if tenant is None:
            return None
        with origin_of_writes(self.origin()), tenant_context(tenant):
            return self.run(*args, **kwargs)

    def marks(self) -> dict[str, str]:
        """Note the tenant as well. Raises NoTenantError where there is none."""
        return {**super().marks(), "tenant_id": str(current_tenant().pk)}


def register_marks() -> None:
    """Let what Celery logs about a job, before and after our code runs, name it as well."""
    register_mark("job", lambda: str(current_task.name) if current_task else "")
    register_mark("request_id", lambda: _header("request_id") or _header("id"))
    register_mark("tenant", lambda: _header("tenant_id"))


def _header(name: str) -> str:
    # The proxy passes for what it stands for.
    return str(current_task.header(name) or "") if isinstance(current_task, OfficeJob) else ""


# It outlives the queue's patience, so it is acknowledged when it begins: the operation's own row
# tells what is left to do, and the lease, whose turn it is.
@shared_task(
    name="tenants.run_operation",
    base=OfficeJob,
    acks_late=False,
    soft_time_limit=6 * 3600,
    time_limit=6 * 3600 + 60,
)
def run_operation(operation_id: str) -> None:
    """Work on an operation, if nobody else does."""
    running.run_operation(UUID(operation_id))


@shared_task(name="tenants.wake_operations", base=OfficeJob)
def wake_operations() -> None:
    """Hand on what a lost job or a killed worker left behind; remove archives of yesterday."""
    release_abandoned()
    for pk in operations_to_wake():
        run_operation.delay(str(pk))
    remove_old_exports()


@shared_task(name="tenants.check_domains", base=OfficeJob)
def check_domains() -> None:
    """Look whether host names are still proved; what is not only warns."""
    look_again()

"""Running a periodic job out of its turn, and writing down how each run went."""

import json
import logging
from datetime import timedelta
from functools import partial
from time import perf_counter
from typing import Any
from uuid import UUID, uuid4

from celery import current_app, states
from celery.signals import task_postrun, task_prerun
from django.db import DatabaseError, InterfaceError, transaction
from django.utils import timezone
from django_celery_beat.models import PeriodicTask
from kombu.exceptions import OperationalError

from common.audit import record_access
from common.errors import ConflictError
from common.origin import current_origin
from tenants.context import commit_without_waiting, public_context
from tenants.run_models import JobRun, RunOutcome

logger = logging.getLogger(__name__)

# Of each schedule so many runs are kept.
KEPT = 50
# Beat writes the schedule's name here; a run that an operator asks for carries it too.
SCHEDULE = "periodic_task_name"
QUEUE_IS_AWAY = "The queue was away"
_begun: dict[str, float] = {}


def run_now(*, periodic: PeriodicTask, by: str) -> JobRun:
    """Queue the job once, whatever its schedule says; it stands in the operators' trail.

    Raises ConflictError for a job that there is not. A queue that is away is told of by the run.
    """
    job = current_app.tasks.get(periodic.task)
    if job is None:
        raise ConflictError(f"There is no job “{periodic.task}” in this release.")
    with public_context(), transaction.atomic():
        run = JobRun.objects.create(
            id=uuid4(),
            schedule=periodic.name,
            job=periodic.task,
            outcome=RunOutcome.QUEUED,
            asked_by=by,
            queued_at=timezone.now(),
        )
        record_access(periodic, run=str(run.pk))
        marks = {SCHEDULE: periodic.name, "request_id": current_origin().request_id}
        # After the commit: the worker looks for the row when it is done.
        transaction.on_commit(partial(_queue, job, periodic, run.pk, marks))
    return run


def _queue(job: Any, periodic: PeriodicTask, run_id: UUID, marks: dict[str, str]) -> None:
    args, kwargs = json.loads(periodic.args or "[]"), json.loads(periodic.kwargs or "{}")
    try:
        job.apply_async(args, kwargs, task_id=str(run_id), headers=marks)
    except OperationalError:
        logger.warning("queue is away", extra={"job": job.name})
        facts = {"outcome": RunOutcome.FAILED, "error": QUEUE_IS_AWAY, "ended_at": timezone.now()}
        write_run(run_id, schedule=periodic.name, job=periodic.task, **facts)


def watch_periodic() -> None:
    """Write down how periodic jobs go in this process."""
    task_prerun.connect(_begin, weak=False)
    task_postrun.connect(_end, weak=False)


def _begin(task_id: str, task: Any, **_about: Any) -> None:
    if schedule := _schedule_of(task):
        _begun[task_id] = perf_counter()
        try:
            note_begin(UUID(task_id), schedule=schedule, job=task.name)
        except (DatabaseError, InterfaceError):
            logger.warning("run not written down", extra={"job": task.name})


def _end(task_id: str, task: Any, state: Any = None, retval: Any = None, **_about: Any) -> None:
    schedule, begun = _schedule_of(task), _begun.pop(task_id, None)
    if not schedule or begun is None:
        return
    failed = state != states.SUCCESS
    facts = {
        "outcome": RunOutcome.FAILED if failed else RunOutcome.DONE,
        "seconds": round(perf_counter() - begun, 3),
        "error": type(retval).__name__[:100] if failed else "",
        "ended_at": timezone.now(),
    }
    try:
        write_run(UUID(task_id), schedule=schedule, job=task.name, **facts)
    except (DatabaseError, InterfaceError):
        # The job itself is over, and well or not without this.
        logger.warning("run not written down", extra={"job": task.name})


def note_begin(run_id: UUID, *, schedule: str, job: str) -> None:
    """Write down that a run begins, before it can be killed; one that comes again begins anew."""
    now = timezone.now()
    with public_context(), transaction.atomic():
        commit_without_waiting()
        if not JobRun.objects.filter(pk=run_id).update(started_at=now):
            told = {"schedule": schedule, "job": job, "outcome": RunOutcome.QUEUED}
            JobRun.objects.create(id=run_id, **told, queued_at=now, started_at=now)


def write_run(run_id: UUID, *, schedule: str, job: str, **facts: Any) -> None:
    """Write down how a run went, and forget the oldest runs of the same schedule."""
    told = {"schedule": schedule, "job": job, **facts}
    queued = facts["ended_at"] - timedelta(seconds=facts.get("seconds") or 0)
    with public_context(), transaction.atomic():
        if not JobRun.objects.filter(pk=run_id).update(**told):
            JobRun.objects.create(id=run_id, **told, queued_at=queued)
        rows = JobRun.objects.filter(schedule=schedule)
        old = list(rows.values_list("pk", flat=True)[KEPT:])
        if old:
            JobRun.objects.filter(pk__in=old).delete()


def _schedule_of(task: Any) -> str:
    headers = task.request.headers or {}
    return str(getattr(task.request, SCHEDULE, None) or headers.get(SCHEDULE) or "")

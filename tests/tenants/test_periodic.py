"""Periodic jobs out of their turn, what is written down of each run, and a real beat."""

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from time import monotonic, sleep
from uuid import uuid4

import pytest
from celery import Celery, shared_task
from celery.signals import task_postrun, task_prerun
from django.conf import settings
from django_celery_beat.models import IntervalSchedule, PeriodicTask
from redis import Redis

from common.errors import ConflictError
from config.env import ROOT
from tenants import periodic
from tenants.context import public_context
from tenants.jobs import OfficeJob
from tenants.periodic import KEPT, run_now
from tenants.run_models import LONGEST, JobRun
from tests.tenants.processes import database_url

PATIENCE_SECONDS = 40


@shared_task(name="tests.count_or_break", base=OfficeJob)
def count_or_break(word: str = "") -> None:
    """Break where a word is given."""
    if word:
        raise ValueError(f"a secret of somebody: {word}")


@pytest.fixture
def watched():
    """Write runs down in this process, as a worker does."""
    periodic.watch_periodic()
    yield
    task_prerun.disconnect(periodic._begin)
    task_postrun.disconnect(periodic._end)


@pytest.fixture
def job(db):
    with public_context():
        return PeriodicTask.objects.create(
            name="Count", task="tests.count_or_break", interval=every(1, "days")
        )


def runs():
    with public_context():
        return list(JobRun.objects.all())


def test_a_run_out_of_turn_is_written_down_with_who_asked(
    watched, job, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks() as queued:
        asked = run_now(periodic=job, by="olga@office.example")
    assert [(run.pk, run.outcome) for run in runs()] == [(asked.pk, "queued")]
    for call in queued:
        call()
    (run,) = runs()
    assert (run.pk, run.outcome, run.asked_by) == (asked.pk, "done", "olga@office.example")
    assert run.ended_at is not None
    assert run.seconds >= 0


@contextmanager
def conf(**values):
    """Let the queue be set up otherwise for a while."""
    settings_of = count_or_break.app.conf
    before = {name: settings_of[name] for name in values}
    settings_of.update(values)
    yield
    settings_of.update(before)


def test_a_failed_run_says_what_kind_and_not_what_it_says(
    watched, job, django_capture_on_commit_callbacks
):
    job.args = json.dumps(["Ada"])
    with conf(task_eager_propagates=False), django_capture_on_commit_callbacks(execute=True):
        run_now(periodic=job, by="")
    (run,) = runs()
    assert (run.outcome, run.error) == ("failed", "ValueError")


def test_what_beat_queues_is_written_down_and_what_others_queue_is_not(watched, job):
    count_or_break.apply_async(headers={periodic.SCHEDULE: "Count"})
    count_or_break.apply_async()
    assert [(run.schedule, run.outcome, run.asked_by) for run in runs()] == [("Count", "done", "")]
    assert runs()[0].started_at


KILLED = """
import django
django.setup()
from tests.tenants.test_periodic import stop_oneself
from tenants.periodic import watch_periodic
watch_periodic()
stop_oneself.apply(headers={"periodic_task_name": "Count"})
"""


@shared_task(name="tests.stop_oneself", base=OfficeJob)
def stop_oneself() -> None:
    """End as a worker does that is killed."""
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_run_that_was_killed_is_shown_as_such(committed):
    env = {**os.environ, "DATABASE_URL": database_url(), "VAR_DIR": str(settings.VAR_DIR)}
    try:
        killed = subprocess.run([sys.executable, "-c", KILLED], env=env, cwd=ROOT, check=False)
        assert killed.returncode == -signal.SIGKILL
        (run,) = runs()
        assert (run.schedule, run.job, run.state) == ("Count", "tests.stop_oneself", "Running")
        run.started_at -= LONGEST
        assert str(run) == "Count: Killed"
    finally:
        with public_context():
            JobRun.objects.all().delete()


def test_only_the_last_runs_are_kept(watched, job):
    for _time in range(KEPT + 5):
        count_or_break.apply_async(headers={periodic.SCHEDULE: "Count"})
    count_or_break.apply_async(headers={periodic.SCHEDULE: "Another"})
    kept = [run.schedule for run in runs()]
    assert (kept.count("Count"), kept.count("Another")) == (KEPT, 1)


def test_a_job_that_is_gone_is_refused(job):
    job.task = "tests.of_an_old_release"
    with pytest.raises(ConflictError):
        run_now(periodic=job, by="olga@office.example")
    assert runs() == []


def test_a_queue_that_is_away_is_told_of_by_the_run(job, django_capture_on_commit_callbacks):
    nowhere = Celery(broker="redis://127.0.0.1:1/0", set_as_current=False)
    nowhere.conf.broker_transport_options = {"socket_connect_timeout": 1}
    away = nowhere.task(name="tests.away", bind=False)(count_or_break.run)
    with django_capture_on_commit_callbacks() as queued:
        asked = run_now(periodic=job, by="")
    assert len(queued) == 1
    periodic._queue(away, job, asked.pk, {})
    (run,) = runs()
    assert (run.outcome, run.error) == ("failed", "The queue was away")


def every(number, period):
    return IntervalSchedule.objects.get_or_create(every=number, period=period)[0]


@pytest.fixture
def two_jobs(committed):
    """Committed jobs with queues of nobody's: one each second, one each day; no others are on."""
    with public_context():
        others = [*PeriodicTask.objects.filter(enabled=True).values_list("pk", flat=True)]
        PeriodicTask.objects.filter(pk__in=others).update(enabled=False)
        jobs = [
            PeriodicTask.objects.create(
                name=f"Of a test {uuid4()}",
                task="tests.of_no_worker",
                interval=every(1, period),
                queue=f"test-{uuid4()}",
            )
            for period in ("seconds", "days")
        ]
    yield jobs
    with public_context():
        PeriodicTask.objects.filter(pk__in=[job.pk for job in jobs]).delete()
        PeriodicTask.objects.filter(pk__in=others).update(enabled=True)
    Redis.from_url(settings.CELERY_BROKER_URL).delete(*(job.queue for job in jobs))


@contextmanager
def beat(**more):
    """A beat of its own, on the test's database and queue."""
    command = [sys.executable, "-m", "celery", "-A", "config", "beat", "--pidfile", ""]
    env = {**os.environ, "DATABASE_URL": database_url(), "VAR_DIR": str(settings.VAR_DIR)}
    process = subprocess.Popen(command, env=env | more, cwd=ROOT)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_a_running_beat_takes_a_new_interval_without_a_restart(two_jobs):
    quick, slow = two_jobs
    store = Redis.from_url(settings.CELERY_BROKER_URL)
    with beat() as process:
        wait_for(lambda: store.llen(quick.queue) >= 2)
        assert store.llen(slow.queue) == 0
        with public_context():
            slow.interval = every(1, "seconds")
            slow.save()
        wait_for(lambda: store.llen(slow.queue) >= 2)
        assert process.poll() is None


def wait_for(is_so):
    end = monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert monotonic() < end
        sleep(0.2)

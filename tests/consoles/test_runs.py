"""Periodic jobs run now from the platform console, after a yes, and their last runs."""

from uuid import uuid4

import pytest
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from accounts.models import AuditEntry
from tenants.context import public_context
from tenants.periodic import write_run
from tenants.run_models import JobRun
from tests.pages.conftest import text_of

LIST = "/admin/django_celery_beat/periodictask/"


@pytest.fixture
def job(db):
    with public_context():
        return PeriodicTask.objects.get(task="tenants.wake_operations")


def chosen(job, **more):
    return {"action": "run", "_selected_action": [job.pk], **more}


def test_run_now_asks_first_and_stands_in_the_operators_trail(platform, olga, job):
    operators = platform(olga)
    asked = operators.post(LIST, chosen(job))
    assert "Run selected jobs now" in text_of(asked)
    with public_context():
        assert not JobRun.objects.exists()
    answer = operators.post(LIST, chosen(job, post="yes"), follow=True)
    assert f"{job.name} is queued" in text_of(answer)
    with public_context():
        run = JobRun.objects.get()
        assert (run.schedule, run.job, run.asked_by) == (job.name, job.task, olga.email)
        entry = AuditEntry.objects.get(object_pk=str(job.pk), action=AuditEntry.Action.ACCESS)
        assert (entry.source, entry.actor_id) == ("admin", olga.pk)
        assert entry.additional_data == {"run": str(run.pk)}


def test_a_job_of_an_old_release_is_refused_in_words(platform, olga, job):
    with public_context():
        PeriodicTask.objects.filter(pk=job.pk).update(task="tests.gone")
    answer = platform(olga).post(LIST, chosen(job, post="yes"), follow=True)
    assert "There is no job “tests.gone” in this release." in text_of(answer)
    with public_context():
        assert not JobRun.objects.exists()


def test_the_last_runs_stand_on_the_jobs_page_and_in_a_list(platform, olga, job):
    with public_context():
        write_run(
            uuid4(),
            schedule=job.name,
            job=job.task,
            outcome="failed",
            error="OSError",
            ended_at=timezone.now(),
            seconds=1.25,
        )
    operators = platform(olga)
    assert "Failed: OSError 1.250 the schedule" in text_of(operators.get(f"{LIST}{job.pk}/change/"))
    assert "OSError" in text_of(operators.get("/admin/tenants/jobrun/?outcome__exact=failed"))
    assert "OSError" not in text_of(operators.get("/admin/tenants/jobrun/?outcome__exact=done"))

"""An operator's day in the platform console, in a browser, beside a beat that really runs."""

from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.utils import timezone
from django_celery_beat.models import PeriodicTask
from redis import Redis

from tenants.context import public_context
from tests.browser.test_consoles import (  # noqa: F401  a fixture
    OLGA,
    choose,
    open_office,
    operator,
    save,
    sign_in,
)
from tests.tenants.test_periodic import beat, every, wait_for

BILL, SWEEP = "bill@initech.example", "messaging.sweep"


@pytest.fixture
def slow_sweep(committed):
    """The reminder sweep once a day, and a job each second, with queues that no worker reads."""
    with public_context():
        jobs = PeriodicTask.objects.filter(enabled=True)
        others = [*jobs.exclude(task=SWEEP).values_list("pk", flat=True)]
        PeriodicTask.objects.filter(pk__in=others).update(enabled=False)
        sweep, quick = PeriodicTask.objects.get(task=SWEEP), every(1, "seconds")
        kept = {name: getattr(sweep, name) for name in ("interval", "queue", "last_run_at")}
        sweep.interval, sweep.queue = every(1, "days"), f"test-{uuid4()}"
        sweep.last_run_at = timezone.now()
        sweep.save()
        clock = PeriodicTask.objects.create(
            name="A clock", task="tests.of_no_worker", interval=quick, queue=f"test-{uuid4()}"
        )
    store = Redis.from_url(django_settings.CELERY_BROKER_URL)
    yield sweep, quick, lambda job: store.llen(job.queue), clock
    store.delete(sweep.queue, clock.queue)
    with public_context():
        clock.delete()
        PeriodicTask.objects.filter(pk=sweep.pk).update(**kept)
        PeriodicTask.objects.filter(pk__in=others).update(enabled=True)


def suspend(page, shared):
    page.goto(f"{shared}/admin/tenants/tenant/?q=initech")
    choose(page, "suspend")
    page.wait_for_selector("text=Initech is suspended.")


def quicken(page, shared, sweep, quick):
    page.goto(f"{shared}/admin/django_celery_beat/periodictask/{sweep.pk}/change/")
    page.select_option("#id_interval", str(quick.pk))
    save(page)
    page.wait_for_url("**/periodictask/")


def test_an_operators_day(office, browse, operator, settings, slow_sweep):  # noqa: F811
    """Makes a tenant, suspends it, sees its people refused, and a beat take a new interval."""
    shared, (sweep, quick, queued, clock) = settings.PUBLIC_URL, slow_sweep

    def work(page):
        sign_in(page, shared, OLGA)
        open_office(page, shared)
        there = shared.replace("localhost", "initech.localhost")
        bill = page.context.browser.new_page()
        sign_in(bill, there, BILL)
        answers = [bill.goto(f"{there}/").status]
        suspend(page, shared)
        answers += [bill.goto(f"{there}/").status, bill.goto(f"{there}/sign-in").status]
        assert "This office is closed." in bill.inner_text("body")
        # It has looked for changes since it began.
        wait_for(lambda: queued(clock) >= 3)
        before = queued(sweep)
        quicken(page, shared, sweep, quick)
        return before, answers

    # With the settings of tests it would sweep by itself, in place of queueing.
    with beat(DJANGO_SETTINGS_MODULE="config.settings.dev") as process:
        before, answers = browse(work)
        wait_for(lambda: queued(sweep) >= 2)
        assert process.poll() is None, "it was never restarted"
    assert before == 0
    assert answers == [200, 403, 403]

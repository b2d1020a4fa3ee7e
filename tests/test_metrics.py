"""What Prometheus reads: parsed by its own client, summed over processes, closed to strangers."""

import os
import re
import subprocess
import sys
from datetime import timedelta

import pytest
from celery.signals import task_postrun, task_prerun
from django.conf import settings as base
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from accounts.jobs import forget_sessions
from common import metrics
from tenants.context import public_context
from tenants.models import DueInstant
from tests.accounts.contract import assert_refused

TOKEN = "only-for-prometheus"
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}|[0-9a-f]{32}")


@pytest.fixture
def scraped(db, settings):
    """`scraped()` returns the samples, by name and labels, as Prometheus understands them."""
    settings.METRICS_TOKEN = TOKEN

    def scrape(host="localhost"):
        answer = Client(headers={"host": host}).get(
            "/metrics", headers={"authorization": f"Bearer {TOKEN}"}
        )
        assert answer.status_code == 200
        assert answer["Content-Type"].startswith("text/plain")
        scrape.text = answer.content.decode()
        return {
            (sample.name, *sorted(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(scrape.text)
            for sample in family.samples
        }

    return scrape


def requests_of(samples, **labels):
    return samples.get(("office_requests_total", *sorted(labels.items())), 0)


def test_a_request_is_counted_by_its_route(scraped, api, ada, task):
    asked = {"method": "GET", "route": "task", "status": "200"}
    before = requests_of(scraped(), **asked)
    api(ada).get(f"/api/v1/tasks/{task.pk}")
    after = scraped()
    assert requests_of(after, **asked) == before + 1
    assert after["office_request_seconds_count", ("source", "api")] > 0
    assert after["office_request_seconds_bucket", ("le", "+Inf"), ("source", "api")] > 0


def test_what_strangers_send_makes_no_new_labels(scraped, stranger):
    odd = {"method": "other", "route": "none", "status": "404"}
    before = requests_of(scraped(), **odd)
    for number in range(3):
        stranger.generic(f"BREW{number}", f"/nowhere/{number}")
    after = scraped()
    assert requests_of(after, **odd) == before + 3
    assert "BREW" not in scraped.text
    assert "nowhere" not in scraped.text


def test_no_label_names_an_office_or_a_person(scraped, api, ada, browser, task):
    api(ada).get("/api/v1/tasks")
    browser(ada).get("/")
    scraped("acme.localhost")
    assert not re.search(r"acme|ada@|globex", scraped.text)
    assert not UUID.search(scraped.text)


# Settings are loaded before anything else, as Django does.
COUNT = """
from django.conf import settings
assert settings.METRICS_DIR
from common.metrics import jobs_total, make_folder
make_folder()
jobs_total.labels("of.another", "success").inc(5)
"""


def test_other_processes_are_counted_too_also_when_they_are_gone(scraped):
    key = ("office_jobs_total", ("job", "of.another"), ("state", "success"))
    before = scraped().get(key, 0)
    env = {**os.environ, "VAR_DIR": str(base.VAR_DIR)}
    env["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    for _process in range(2):
        subprocess.run([sys.executable, "-c", COUNT], check=True, env=env, timeout=300)
    assert scraped()[key] == before + 10


def test_jobs_are_counted_with_their_end_and_their_time(scraped):
    metrics.watch_jobs()
    key = ("office_jobs_total", ("job", "accounts.forget_sessions"), ("state", "success"))
    before = scraped().get(key, 0)
    try:
        forget_sessions.apply()
    finally:
        task_prerun.disconnect(metrics._begin)
        task_postrun.disconnect(metrics._end)
    after = scraped()
    assert after[key] == before + 1
    assert after["office_job_seconds_count", ("job", "accounts.forget_sessions")] >= 1
    assert not metrics._begun


def test_what_is_due_and_not_done_shows(scraped, acme, globex):
    now = timezone.now()
    instants = [(acme, -90), (globex, -30), (acme, 3600)]
    with public_context():
        DueInstant.objects.filter(kind="message").delete()
        for number, (tenant, seconds) in enumerate(instants):
            DueInstant.objects.create(
                tenant=tenant,
                kind="message",
                object_id=f"00000000-0000-4000-8000-00000000000{number}",
                due_at=now + timedelta(seconds=seconds),
            )
    found = scraped()
    kind = ("kind", "message")
    assert (found["office_due", kind], found["office_overdue", kind]) == (3, 2)
    assert 90 <= found["office_overdue_seconds", kind] < 150
    assert found["office_database_up", ("database", "default")] == 1


def test_what_a_closed_office_owes_is_not_late(scraped, acme):
    with public_context():
        DueInstant.objects.filter(kind="message").delete()
        DueInstant.objects.create(
            tenant=acme,
            kind="message",
            object_id="00000000-0000-4000-8000-000000000000",
            due_at=timezone.now() - timedelta(days=1),
        )
        acme.is_active = False
        acme.save()
    assert ("office_overdue", ("kind", "message")) not in scraped()


def test_a_database_that_is_away_is_told_of(scraped, monkeypatch):
    def away(*_args, **_options):
        raise OperationalError("gone")

    monkeypatch.setattr("tenants.overdue.Tenant.objects.resting", away)
    found = scraped()
    assert found["office_database_up", ("database", "default")] == 0
    assert requests_of(found, method="GET", route="metrics", status="200") >= 0


@pytest.mark.parametrize("shown", [None, "Bearer wrong", f"Basic {TOKEN}", TOKEN])
def test_without_the_token_nobody_reads_it(db, settings, shown):
    settings.METRICS_TOKEN = TOKEN
    headers = {"authorization": shown} if shown else {}
    answer = Client(headers={"accept": "application/json"}).get("/metrics", headers=headers)
    assert answer.status_code == 401
    assert b"office_" not in answer.content


def test_without_a_setting_there_is_nothing(db, settings, stranger):
    settings.METRICS_TOKEN = ""
    for headers in ({}, {"authorization": "Bearer "}):
        assert_refused(stranger.get("/metrics", headers=headers), 404)


def test_containers_that_share_a_folder_share_no_file(db):
    """Each has a process of the same number, and a host name of its own."""
    Client(headers={"host": "localhost"}).get("/health/live")
    names = {path.name for path in base.METRICS_DIR.glob(f"counter_*-{os.getpid()}.db")}
    assert names == {f"counter_{metrics.MACHINE}-{os.getpid()}.db"}

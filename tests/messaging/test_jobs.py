"""Jobs run in the office that queued them, or not at all."""

from uuid import uuid4

import pytest
from celery import shared_task

from common.origin import Origin, current_origin, origin_of_writes
from tenants.context import (
    NoTenantError,
    current_tenant,
    public_context,
    tenant_context,
    tenant_or_none,
)
from tenants.jobs import OfficeJob, TenantJob
from tenants.services import suspend_tenant

runs = []


@shared_task(name="tests.note_tenant", base=TenantJob)
def note_tenant(word):
    runs.append((word, current_tenant().slug, current_origin().request_id, current_origin().source))


@shared_task(name="tests.note_office", base=OfficeJob)
def note_office():
    runs.append(("office", tenant_or_none(), current_origin().request_id, current_origin().source))


@pytest.fixture(autouse=True)
def no_runs():
    runs.clear()


def test_a_job_runs_in_the_office_that_queued_it(acme, globex):
    with tenant_context(globex), origin_of_writes(Origin("api", request_id="r1")):
        note_tenant.delay("a")
    assert runs == [("a", "globex", "r1", "job")]
    assert tenant_or_none() is None


def test_a_job_without_an_office_is_neither_queued_nor_run(db):
    with pytest.raises(NoTenantError):
        note_tenant.delay("a")
    with pytest.raises(NoTenantError):
        note_tenant.delay_on_commit("a")
    with pytest.raises(NoTenantError):
        note_tenant("a")
    with pytest.raises(NoTenantError):
        note_tenant.apply(args=["a"])
    assert not runs


def test_the_office_in_force_does_not_stand_in_for_the_one_that_is_missing(acme):
    with tenant_context(acme), pytest.raises(NoTenantError):
        note_tenant.apply(args=["a"])
    assert not runs


def test_an_office_that_does_not_exist_runs_nothing(db):
    note_tenant.apply(args=["a"], headers={"tenant_id": str(uuid4())})
    assert not runs


def test_a_suspended_office_runs_nothing(acme):
    with public_context():
        suspend_tenant(tenant=acme)
    note_tenant.apply(args=["a"], headers={"tenant_id": str(acme.pk)})
    assert not runs


def test_the_office_is_noted_when_the_job_is_asked_for_not_at_the_commit(
    acme, globex, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks() as queued:
        with tenant_context(acme), origin_of_writes(Origin("api", request_id="r1")):
            note_tenant.delay_on_commit("a")
        with tenant_context(globex):
            note_tenant.delay_on_commit("b")
    assert not runs
    assert tenant_or_none() is None
    with tenant_context(globex):
        for callback in queued:
            callback()
        assert current_tenant() == globex
    assert [run[:2] for run in runs] == [("a", "acme"), ("b", "globex")]
    # Where no request has queued it, the job's own id is the mark.
    assert "" != runs[1][2] != runs[0][2] == "r1"


def test_a_job_over_all_offices_starts_in_none(acme):
    with tenant_context(acme), origin_of_writes(Origin("api", request_id="r1")):
        note_office.delay()
    assert runs == [("office", None, "r1", "job")]


def test_the_sweep_is_registered_under_the_name_that_the_schedule_calls():
    from celery import current_app

    assert {"messaging.sweep", "messaging.deliver_messages"} <= set(current_app.tasks)

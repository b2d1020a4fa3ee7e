"""A job works for the office that queued it: ids of another, or a tenant in force, lead nowhere."""

from uuid import uuid4

import pytest
from celery import current_app
from django.core import mail

from tenants.context import NoTenantError, public_context, tenant_context
from tenants.operation_models import Operation
from tenants.services import suspend_tenant
from tests.isolation.canaries import CANARY
from tests.isolation.inventory import jobs
from tests.isolation.promises import JOBS
from tests.isolation.watch import fingerprint, tables_with

ALL = sorted(jobs() & set(JOBS))
OF_ONE_OFFICE = [name for name in ALL if JOBS[name].of_one_office]
KINDS = ("message", "operation", "task", "reminder", "user")


@pytest.fixture
def ids(globex, globex_office):
    with public_context():
        export = Operation.objects.create(
            kind="export", status="done", tenant_id=globex.pk, requested_by=CANARY
        )
    return {
        **{kind: str(pk) for kind, pk in globex_office.ids.items()},
        "operation": str(export.pk),
    }


def run(name, ids, **headers):
    """Run the job as a worker does that found it in the queue with these headers."""
    return current_app.tasks[name].apply(JOBS[name].arguments(ids), headers=headers, throw=True)


@pytest.mark.parametrize("name", OF_ONE_OFFICE)
def test_ids_of_another_office_are_as_absent_as_random_ones(name, acme, globex, world, ids):
    schemas = [acme.schema_name, globex.schema_name, "public"]
    before = fingerprint(schemas)
    nobodys = {kind: str(uuid4()) for kind in ids}
    for place in (acme, globex):
        with tenant_context(place):
            for foreign in (ids, nobodys):
                run(name, foreign, tenant_id=str(acme.pk))
    assert fingerprint(schemas) == before
    assert not mail.outbox


@pytest.mark.parametrize("name", OF_ONE_OFFICE)
def test_it_is_queued_for_the_office_in_force_and_for_no_other(name, acme, globex):
    job = current_app.tasks[name]
    with tenant_context(acme):
        assert job.marks()["tenant_id"] == str(acme.pk)
    with public_context(), pytest.raises(NoTenantError):
        job.marks()


@pytest.mark.parametrize("name", OF_ONE_OFFICE)
def test_without_an_open_office_it_does_not_run(name, acme, globex, ids):
    before = fingerprint([globex.schema_name])
    with tenant_context(globex):
        with pytest.raises(NoTenantError):
            run(name, ids)
        suspend_tenant(tenant=acme)
        run(name, ids, tenant_id=str(acme.pk))
        run(name, ids, tenant_id=str(uuid4()))
    assert fingerprint([globex.schema_name]) == before


@pytest.mark.parametrize("name", ALL)
def test_no_job_carries_a_word_into_another_office(name, acme, globex, world, ids):
    with tenant_context(globex):
        theirs = tables_with(CANARY, globex.schema_name)
    run(name, ids, tenant_id=str(acme.pk))
    assert not tables_with(CANARY, acme.schema_name)
    assert theirs == tables_with(CANARY, globex.schema_name)
    assert not tables_with(str(world.task.pk), globex.schema_name)
    for letter in mail.outbox:
        told = CANARY in f"{letter.subject}{letter.body}"
        assert told <= all(address.endswith("globex.example") for address in letter.to)

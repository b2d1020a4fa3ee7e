"""Jobs and commands that lost their tenant do nothing."""

from concurrent.futures import ThreadPoolExecutor
from threading import Thread
from uuid import uuid4

import pytest
from celery import current_app, shared_task
from django.core.management import call_command, get_commands, load_command_class
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connections, transaction

from tasks.models import Task
from tenants.backend.paths import TenantPathError
from tenants.context import NoTenantError, tenant_context, tenant_transaction
from tenants.jobs import OfficeJob, TenantJob
from tenants.services import suspend_tenant
from tests.tenants.below.conftest import OURS, PUBLIC, seen

found = []


@pytest.fixture(autouse=True)
def nothing_found():
    found.clear()


@shared_task(name="tests.below.look", base=TenantJob)
def look():
    with transaction.atomic():
        found.append(seen())


@shared_task(name="tests.below.look_outside", base=TenantJob)
def look_outside():
    found.append(seen())


@shared_task(name="tests.below.look_in_no_office", base=OfficeJob)
def look_in_no_office():
    found.append(seen())
    Task.objects.count()


@shared_task(name="tests.below.plain")
def plain():
    found.append(seen())


def run(job, **headers):
    """Run the job as a worker does that found it in the queue with these headers."""
    return job.apply(headers=headers, throw=True)


def test_a_job_reads_its_own_tenant_only(offices):
    with tenant_context(offices.theirs):
        run(look, tenant_id=str(offices.ours.pk))
    assert found == [{OURS}]


@pytest.mark.parametrize(
    ("headers", "error"),
    [({}, NoTenantError), ({"tenant_id": ""}, NoTenantError), ({"tenant_id": "acme"}, ValueError)],
)
def test_a_job_without_a_readable_tenant_does_not_run(offices, headers, error):
    with tenant_context(offices.theirs), pytest.raises(error):
        run(look, **headers)
    assert found == []


def test_a_job_of_an_unknown_or_closed_office_does_not_run(offices):
    run(look, tenant_id=str(uuid4()))
    suspend_tenant(tenant=offices.ours)
    with tenant_context(offices.theirs):
        run(look, tenant_id=str(offices.ours.pk))
    assert found == []


def test_a_job_whose_schema_is_gone_reads_nothing(offices, owner):
    owner.execute(f"DROP SCHEMA {offices.ours.schema_name} CASCADE")
    with pytest.raises(TenantPathError, match="missing"):
        run(look, tenant_id=str(offices.ours.pk))


def test_a_job_that_opens_no_transaction_reads_nothing(offices):
    with pytest.raises(TenantPathError, match="outside a transaction"):
        run(look_outside, tenant_id=str(offices.ours.pk))


def test_a_job_over_all_offices_has_no_tenants_tables(offices):
    with tenant_transaction(offices.ours), pytest.raises(DatabaseError, match="tasks_task"):
        run(look_in_no_office)
    assert found == [{PUBLIC}]


def test_a_job_that_is_none_of_ours_reads_nothing_in_a_workers_thread(offices):
    errors = []

    def work() -> None:
        try:
            run(plain)
        except TenantPathError as error:
            errors.append(str(error))
        connections.close_all()

    thread = Thread(target=work)
    thread.start()
    thread.join()
    assert found == []
    assert "no tenant" in errors[0]


def test_every_job_of_ours_has_one_of_our_bases():
    ours = [job for name, job in current_app.tasks.items() if not name.startswith("celery.")]
    without = {job.name for job in ours if not isinstance(job, OfficeJob)}
    assert without <= {"tests.below.plain"}


def test_the_programmers_server_can_look_at_the_migrations_from_its_thread(committed):
    server = load_command_class("tenants", "runserver")

    def look_at_migrations() -> None:
        server.check_migrations()
        connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(look_at_migrations).result()
    assert get_commands()["runserver"] == "tenants"


class Command(BaseCommand):
    requires_system_checks = []

    def handle(self, *args, **options):
        found.append(seen())
        Task.objects.count()


def test_a_command_that_enters_nothing_has_no_tenants_tables(offices):
    with pytest.raises(DatabaseError, match="tasks_task"):
        call_command(Command())
    assert found == [{PUBLIC}]


def test_a_command_inside_a_tenant_stays_there(offices):
    with tenant_transaction(offices.ours):
        call_command(Command())
    assert found == [{OURS}]

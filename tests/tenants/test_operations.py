"""What is asked for is done once, whatever is killed, and told how far it is."""

import json
import os
from datetime import timedelta
from threading import Thread
from zipfile import ZipFile

import pytest
from django.db import connection
from django.utils import timezone

from common.errors import ConflictError, MissingError
from config.schedules import TICKS
from tenants import erasing, running
from tenants.archive import writer
from tenants.context import tenant_transaction
from tenants.erasing import certificate_path
from tenants.files import export_path, exports_folder
from tenants.jobs import run_operation, wake_operations
from tenants.models import Tenant
from tenants.operation_models import Operation
from tenants.operations import (
    cancel_operation,
    hand_over,
    request_erasure,
    retry_operation,
)
from tenants.services import open_tenant, suspend_tenant
from tenants.turns import AT_ONCE, MAX_TRIES, LeaseLostError, Turn, claim
from tests.tenants.office_of_everything import CANARY, hashes
from tests.tenants.processes import worker_on
from tests.tenants.waiting import wait_until, waits_for_a_lock


def again(operation):
    return Operation.objects.get(pk=operation.pk)


def end_lease(operation):
    past = timezone.now() - timedelta(seconds=1)
    Operation.objects.filter(pk=operation.pk).update(lease_until=past, updated_at=past)


def age(operation, **delta):
    Operation.objects.filter(pk=operation.pk).update(updated_at=timezone.now() - timedelta(**delta))


# --- Killed half-way


def test_a_worker_killed_half_way_through_an_export_is_followed_by_another(office, ask):
    export = ask()
    with tenant_transaction(office), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE tasks_task IN ACCESS EXCLUSIVE MODE")
        with worker_on(export.pk) as worker:
            wait_until(lambda: waits_for_a_lock("tasks_task"))
            [half] = exports_folder().glob("*.part")
            assert half.stat().st_size > 0
            worker.kill()
    assert again(export).status == "running"
    age(export, hours=1)
    wake_operations()
    assert again(export).status == "running", "its lease has not ended: the worker may be alive"
    end_lease(export)
    age(export, hours=1)
    wake_operations()
    done = again(export)
    assert (done.status, done.tries, done.progress) == ("done", 2, 100)
    with ZipFile(hand_over(export=done)) as archive:
        assert archive.testzip() is None


def test_a_worker_killed_half_way_through_an_erasure_is_followed_by_another(office):
    suspend_tenant(tenant=office)
    erasure = request_erasure(
        tenant=office,
        typed_slug=office.slug,
        requested_by="a test",
        canaries=[CANARY],
        background=False,
    )
    before = {table: rows for table, (rows, _hash) in hashes(office).items()}
    with tenant_transaction(office), connection.cursor() as cursor:
        cursor.execute("SELECT tenant_id FROM schema_marker")  # nobody drops it now
        with worker_on(erasure.pk) as worker:
            wait_until(lambda: waits_for_a_lock("schema_marker"))
            worker.kill()
    assert again(erasure).status == "running"
    end_lease(erasure)
    age(erasure, hours=1)
    wake_operations()
    assert (again(erasure).status, again(erasure).tries) == ("done", 2)
    assert not Tenant.objects.filter(pk=office.pk).exists()
    certificate = json.loads(certificate_path(office.pk).read_text())
    assert before.items() <= certificate["before"]["tables"].items(), "counted before the kill"
    assert certificate["canaries_looked_for"] == 1


@pytest.mark.parametrize(
    "step", ["_remove_files", "drop_schema_of", "_forget_in_public", "certify"]
)
def test_an_erasure_goes_on_after_each_of_its_steps(step, office, monkeypatch):
    suspend_tenant(tenant=office)
    erasure = request_erasure(
        tenant=office, typed_slug=office.slug, requested_by="a test", background=False
    )
    original = getattr(erasing, step)

    def die_after(*args, **kwargs):
        if step != "certify":
            original(*args, **kwargs)
        raise KeyboardInterrupt

    monkeypatch.setattr(erasing, step, die_after)
    with pytest.raises(KeyboardInterrupt):
        running.run_operation(erasure.pk)
    monkeypatch.setattr(erasing, step, original)
    end_lease(erasure)
    running.run_operation(erasure.pk)
    assert again(erasure).status == "done"
    assert certificate_path(office.pk).exists()


def test_an_operation_that_kills_every_worker_is_given_up(ask):
    export = ask()
    for _try in range(MAX_TRIES):
        assert claim(export.pk, in_line=True)
        end_lease(export)
    assert claim(export.pk, in_line=True) is None
    assert again(export).status == "failed"
    assert "workers did not come to the end" in again(export).error


# --- One worker at a time


def test_a_living_worker_keeps_its_turn(ask):
    export = ask()
    assert claim(export.pk, in_line=True)
    run_operation(str(export.pk))
    running.run_operation(export.pk, in_line=False)
    assert (again(export).status, again(export).tries) == ("running", 1)


def test_the_lease_is_renewed_beside_a_long_statement(ask, monkeypatch):
    monkeypatch.setattr("tenants.turns.RENEW_EVERY", 0.05)
    turn = claim(ask().pk, in_line=True)
    with turn.held():
        turn.report(37, "A long statement.")
        end_lease(turn.operation)
        wait_until(lambda: again(turn.operation).lease_until > timezone.now())
        wait_until(lambda: again(turn.operation).progress == 37)
    assert again(turn.operation).step == "A long statement."


def test_who_lost_the_lease_stops_and_writes_nothing_down(ask, monkeypatch):
    monkeypatch.setattr("tenants.turns.RENEW_EVERY", 0.05)
    export = ask()
    late = claim(export.pk, in_line=True)
    end_lease(export)
    with late.held():
        newer = claim(export.pk, in_line=True)
        wait_until(late._lost.is_set)
        with pytest.raises(LeaseLostError):
            late.report(50, "Going on.")
    with pytest.raises(LeaseLostError):
        late.finish()
    late.fail("I am late.")
    assert (again(export).status, again(export).lease) == ("running", newer.operation.lease)


def test_operations_run_one_at_a_time_so_that_reminders_keep_a_worker(ask, office):
    other = open_tenant(name="Other")
    first, second = ask(), ask(other)
    assert AT_ONCE == 1
    assert claim(first.pk, in_line=True)
    run_operation(str(second.pk))
    assert again(second).status == "queued"
    end_lease(first)
    age(first, minutes=1)
    age(second, minutes=1)
    wake_operations()
    assert again(first).status == "done"
    wake_operations()
    assert again(second).status == "done"


def test_the_job_is_acknowledged_before_it_outlives_the_queues_patience(settings):
    patience = settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]
    assert run_operation.soft_time_limit > patience
    assert run_operation.acks_late is False
    assert "tenants.wake_operations" in {tick.job for tick in TICKS}


def test_one_thing_at_a_time_is_done_with_an_organisation(office, ask):
    ask()
    with pytest.raises(ConflictError, match="wait for its end"):
        ask()
    suspend_tenant(tenant=office)
    with pytest.raises(ConflictError, match="wait for its end"):
        request_erasure(tenant=office, typed_slug=office.slug, requested_by="a test")


def test_a_cancelled_export_stops_and_leaves_no_file(ask, monkeypatch):
    monkeypatch.setattr("tenants.turns.RENEW_EVERY", 0.05)
    export = ask()
    real = writer.lines_of

    def cancelled_meanwhile(cursor, table):
        if table.name == "tasks_task":
            observer(lambda: cancel_operation(operation=export))
            wait_until(lambda: taken_away)
        return real(cursor, table)

    class Watched(Turn):
        def _renew(self):
            try:
                super()._renew()
            except LeaseLostError:
                taken_away.append(True)
                raise

    taken_away = []
    monkeypatch.setattr("tenants.turns.Turn", Watched)
    monkeypatch.setattr(writer, "lines_of", cancelled_meanwhile)
    running.run_operation(export.pk)
    assert again(export).status == "cancelled"
    assert not list(exports_folder().iterdir())
    with pytest.raises(ConflictError):
        cancel_operation(operation=export)


def observer(do):
    """Do it on another connection: the export's own is inside a read-only transaction."""

    def run():
        try:
            do()
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    thread.join()


def test_a_failed_one_can_be_begun_again(ask, monkeypatch):
    export = ask()
    monkeypatch.setattr(running, "_settle", lambda _path: 1 / 0)
    running.run_operation(export.pk)
    failed = again(export)
    assert (failed.status, failed.error) == (
        "failed",
        "Our own mistake (ZeroDivisionError); it has been noted.",
    )
    assert not list(exports_folder().iterdir())
    monkeypatch.setattr(running, "_settle", lambda _path: "0" * 64)
    retry_operation(operation=failed)
    assert again(export).status == "done"
    with pytest.raises(ConflictError, match="has not failed"):
        retry_operation(operation=failed)


def test_old_archives_are_removed(ask):
    export = ask()
    running.run_operation(export.pk)
    wake_operations()
    assert export_path(export.pk).exists()
    yesterday = (timezone.now() - timedelta(hours=25)).timestamp()
    os.utime(export_path(export.pk), (yesterday, yesterday))
    wake_operations()
    assert not export_path(export.pk).exists()
    with pytest.raises(MissingError):
        hand_over(export=again(export))

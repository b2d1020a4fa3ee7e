"""An organisation moves to another database: its people read on, and nothing is lost."""

from datetime import timedelta
from hashlib import sha256
from io import StringIO

import pytest
from celery import shared_task
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, User
from common.errors import ConflictError, InvalidError, ReadOnlyError
from messaging.models import OutgoingMessage
from messaging.sweep import sweep_due
from tasks.models import Reminder, Task
from tenants import moving, running
from tenants.archive.tables import lines_of, tables_of, write_alike
from tenants.beside import ALL_BESIDE
from tenants.context import public_context, tenant_context, tenant_transaction
from tenants.jobs import TenantJob, wake_operations
from tenants.models import DueInstant, LoginEntry, Tenant
from tenants.moving import ITS_OWN, drop_what_was_left
from tenants.operation_models import Operation
from tenants.operations import cancel_operation, request_erasure, request_move
from tenants.services import suspend_tenant
from tests.conftest import PASSWORD, api_as
from tests.consoles.conftest import operator_with
from tests.consoles.test_operations import remove
from tests.pages.conftest import text_of
from tests.tenants.office_of_everything import CANARY
from tests.tenants.processes import worker_on
from tests.tenants.test_operations import again, end_lease
from tests.tenants.waiting import wait_until, waits_for_a_lock

ADA = f"ada-{CANARY}@example.com".lower()


ran = []


@shared_task(name="tests.note_that_it_ran", base=TenantJob)
def note_that_it_ran():
    """Of an office that moves."""
    ran.append(1)


@pytest.fixture
def mover(office):
    """The office of everything; nothing of it is left in the second database."""
    yield office
    with connections["shard2"].cursor() as cursor:
        cursor.execute("SELECT public.office_drop_schema(%s)", [office.pk])
    for model in ALL_BESIDE:
        model.objects.using("shard2").filter(tenant_id=office.pk).delete()
    Tenant.objects.filter(pk=office.pk).update(db_alias="default", moving_to="", left_alias="")


def ask(tenant, to="shard2"):
    return request_move(tenant=tenant, to=to, requested_by="a test", background=False)


def move(tenant, to="shard2"):
    operation = ask(tenant, to)
    running.run_operation(operation.pk)
    return again(operation)


def fresh(tenant):
    with public_context():
        return Tenant.objects.get(pk=tenant.pk)


def rows_of(tenant, alias):
    """The hash of each table there, also of those that no archive holds."""
    found = {}
    with (
        public_context(),
        transaction.atomic(using=alias),
        connections[alias].cursor() as cursor,
    ):
        write_alike(cursor)
        for table in tables_of(cursor, tenant.schema_name, without=ITS_OWN.__contains__):
            text = b"".join(lines_of(cursor, table))
            found[table.name] = (text.count(b"\n"), sha256(text).hexdigest())
    return found


def beside(tenant, alias):
    """What the directories there say, but for numbers that mean nothing."""
    left_out = ("id", "inserted")
    return {
        model.__name__: sorted(
            str(sorted((key, value) for key, value in row.items() if key not in left_out))
            for row in model.objects.using(alias).filter(tenant_id=tenant.pk).values()
        )
        for model in ALL_BESIDE
    }


def schemas(alias):
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace")
        return {name for (name,) in cursor.fetchall()}


def api_of(tenant):
    with tenant_transaction(tenant):
        return api_as(User.objects.get(email=ADA), tenant)


def write(tenant, title):
    with tenant_transaction(tenant):
        return Task.objects.create(title=title, creator=User.objects.get(email=ADA))


def titles(tenant):
    with tenant_transaction(tenant):
        return {*Task.objects.values_list("title", flat=True)}


def test_everything_moves_and_what_it_leaves_waits_to_be_dropped(mover):
    api = api_of(mover)
    before, around = rows_of(mover, "default"), beside(mover, "default")
    assert {table for table, (rows, _hash) in before.items() if rows} > {"accounts_refreshfamily"}
    done = move(mover)
    assert (done.status, done.error) == ("done", "")
    moved = fresh(mover)
    assert (moved.db_alias, moved.left_alias, moved.moving_to) == ("shard2", "default", "")
    assert rows_of(mover, "shard2") == before == rows_of(mover, "default")
    assert beside(mover, "shard2") == around
    assert not any(beside(mover, "default").values()), "the sweep finds nothing there any more"
    # The same token, a new sign-in, writing, the numbers of sequences, the trail's seals.
    made = api.post("/api/v1/tasks", {"title": "Written at home"})
    assert made.status_code == 201, made.content
    assert "Written at home" in titles(moved)
    browser = Client(headers={"host": f"{mover.slug}.localhost"})
    assert browser.post("/sign-in", {"username": ADA, "password": PASSWORD}).status_code == 302
    call_command("audit_verify", tenant=mover.slug, stdout=StringIO())
    # Who began before the move, and comes back late, writes nowhere.
    with pytest.raises(ReadOnlyError):
        write(mover, "Lost")


def test_what_it_left_is_dropped_when_somebody_says_so_and_it_can_move_back(mover):
    write(mover, "Written at home")
    move(mover)
    moved = fresh(mover)
    with public_context():
        updates = AuditEntry.objects.filter(action=AuditEntry.Action.UPDATE)
        entries = updates.filter(object_pk=str(mover.pk), changes__has_key="db_alias")
        assert entries.get().changes["db_alias"] == ["default", "shard2"]
    with pytest.raises(ConflictError, match="drop that first"):
        ask(moved, "default")
    drop_what_was_left(tenant=moved)
    assert mover.schema_name in schemas("shard2") - schemas("default")
    with pytest.raises(ConflictError):
        drop_what_was_left(tenant=moved)
    # And back again.
    assert move(fresh(mover), "default").status == "done"
    assert "Written at home" in titles(fresh(mover))
    drop_what_was_left(tenant=fresh(mover))
    assert mover.schema_name in schemas("default") - schemas("shard2")


@pytest.fixture
def browser(mover):
    client = Client(headers={"host": f"{mover.slug}.localhost"})
    answer = client.post("/sign-in", {"username": ADA, "password": PASSWORD})
    assert answer.status_code == 302
    return client


@pytest.fixture
def between(mover, monkeypatch):
    """`between()` stops a move after everything is still, as a worker does that is killed."""

    def stop(step="_copy"):
        original = getattr(moving, step)

        def die(*_args, **_kwargs):
            raise KeyboardInterrupt

        operation = ask(mover)
        monkeypatch.setattr(moving, step, die)
        with pytest.raises(KeyboardInterrupt):
            running.run_operation(operation.pk)
        monkeypatch.setattr(moving, step, original)
        return operation

    return stop


def test_meanwhile_people_read_and_are_told_when_they_write(mover, browser, between):
    api = api_of(mover)
    between()
    assert api.get("/api/v1/tasks").status_code == 200
    assert browser.get("/").status_code == 200
    assert browser.get("/admin/").status_code == 200
    answer = api.post("/api/v1/tasks", {"title": "x"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert answer.json()["errors"][0]["code"] == "read_only"
    page = browser.post("/quick-add", {"text": "Call Eve"})
    assert (page.status_code, page["Content-Type"][:9]) == (503, "text/html")
    assert b"is being moved" in page.content
    # Those who sign in on the shared host are known only when they write.
    shared = Client(headers={"host": "localhost"}, raise_request_exception=False)
    login, facts = "/api/v1/auth/login", {"email": ADA, "password": PASSWORD}
    assert shared.post(login, facts, content_type="application/json").status_code == 503


def test_what_falls_due_meanwhile_comes_late(mover, between):
    with tenant_transaction(mover):
        ada = User.objects.get(email=ADA)
        task = Task.objects.create(title="Call Bob", creator=ada, assignee=ada)
        Reminder.objects.create(task=task, at=timezone.now() + timedelta(seconds=1))
    ran.clear()
    with tenant_context(mover):
        marks = note_that_it_ran.marks()
    operation, late = between(), timezone.now() + timedelta(minutes=5)
    note_that_it_ran.apply(headers=marks)
    assert (ran, sweep_due(now=late)) == ([], 0)
    end_lease(operation)
    running.run_operation(operation.pk)
    note_that_it_ran.apply(headers=marks)
    assert ran == [1]
    assert sweep_due(now=late) >= 1
    with tenant_transaction(fresh(mover)):
        assert OutgoingMessage.objects.filter(subject__contains="Call Bob").exists()


def test_a_worker_killed_while_somebody_writes_is_followed_by_another(mover):
    operation = ask(mover)
    with tenant_transaction(mover):
        Task.objects.create(title="Just in time", creator=User.objects.get(email=ADA))
        assert Task.objects.count(), "what was only said until now is sent"
        with worker_on(operation.pk) as worker:
            wait_until(lambda: waits_for_a_lock("accounts_auditentry"))
            worker.kill()
        assert fresh(mover).moving_to == "shard2"
    end_lease(operation)
    running.run_operation(operation.pk)
    assert (again(operation).status, again(operation).tries) == ("done", 2)
    assert "Just in time" in titles(fresh(mover))


@pytest.mark.parametrize("step", ["still", "_switch", "forget_beside", "_open"])
def test_a_move_goes_on_wherever_it_was_killed(step, mover, between):
    before, around = rows_of(mover, "default"), beside(mover, "default")
    operation = between(step)
    assert fresh(mover).moving_to == "shard2", "nobody writes until it is over"
    end_lease(operation)
    running.run_operation(operation.pk)
    assert again(operation).status == "done"
    assert rows_of(mover, "shard2") == before
    assert (beside(mover, "shard2"), fresh(mover).moving_to) == (around, "")
    assert write(fresh(mover), "Goes on")


def test_rows_that_come_out_otherwise_stop_it_and_people_write_again(mover, monkeypatch):
    monkeypatch.setattr(moving, "hash_of_table", lambda _cursor, _table: "0" * 64)
    failed = move(mover)
    assert failed.status == "failed"
    assert "did not come out as they went in" in failed.error
    row = fresh(mover)
    assert (row.db_alias, row.moving_to, row.left_alias) == ("default", "", "")
    assert mover.schema_name not in schemas("shard2")
    assert not LoginEntry.objects.using("shard2").filter(tenant=mover.pk).exists()
    assert write(mover, "Goes on")


@pytest.mark.parametrize(("step", "home"), [("_switch", "default"), ("_open", "shard2")])
def test_a_cancelled_one_leaves_nobody_without_a_pen(step, home, mover, between):
    operation = between(step)
    end_lease(operation)
    cancel_operation(operation=operation)
    wake_operations()
    row = fresh(mover)
    assert (row.db_alias, row.moving_to) == (home, "")
    assert write(row, "Goes on")
    assert DueInstant.objects.using(home).filter(tenant=mover.pk).exists()
    other = {"default": "shard2", "shard2": "default"}[home]
    assert not DueInstant.objects.using(other).filter(tenant=mover.pk).exists()


def test_only_where_there_is_another_database_and_a_present_schema(mover, monkeypatch):
    for bad in ("default", "shard9"):
        with pytest.raises(InvalidError):
            ask(mover, bad)
    monkeypatch.setattr(moving, "tenants_behind", list)
    assert "migrate_tenants" in move(mover).error
    assert fresh(mover).moving_to == ""


def test_the_command_moves_and_drops(mover, manage):
    with pytest.raises(CommandError, match="--to or --drop-old"):
        manage("move_tenant", mover.slug)
    assert "lives in shard2 now" in manage("move_tenant", mover.slug, "--to", "shard2")
    assert "is dropped" in manage("move_tenant", mover.slug, "--drop-old")
    with pytest.raises(CommandError, match="Nothing waits"):
        manage("move_tenant", mover.slug, "--drop-old")


def test_erasing_finds_what_a_move_has_left(mover):
    move(mover)
    suspend_tenant(tenant=fresh(mover))
    erasure = request_erasure(
        tenant=fresh(mover), typed_slug=mover.slug, requested_by="a test", background=False
    )
    running.run_operation(erasure.pk)
    assert (again(erasure).status, again(erasure).error) == ("done", "")
    assert mover.schema_name not in schemas("default") | schemas("shard2")


def test_what_stands_beside_a_schema_is_moved_with_it(db):
    """Each shared table with an organisation's id is of the first database alone, or moves."""
    of_the_first = {
        *("tenants_domain", "tenants_ownlimits", "tenants_operation", "tenants_schemastate"),
    }
    with public_context(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid"
            " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
            " AND attname = 'tenant_id'"
        )
        found = {name for (name,) in cursor.fetchall()}
    assert found == of_the_first | {model._meta.db_table for model in ALL_BESIDE}


def test_an_operator_moves_one_from_the_console_and_drops_what_is_left(mover):
    olga = operator_with("admin")
    operators = Client(headers={"host": "localhost"})
    operators.force_login(olga)
    try:
        chosen = {"action": "move", "_selected_action": [str(mover.pk)]}
        page = operators.post("/admin/tenants/tenant/", chosen)["Location"]
        assert "lives in default" in text_of(operators.get(page))
        assert operators.post(page, {"to": "default"}).status_code == 200, "there is no such choice"
        answer = operators.post(page, {"to": "shard2"})
        assert (answer.status_code, answer["Location"]) == (302, "/admin/tenants/operation/")
        assert Operation.objects.get(kind="move").requested_by == olga.email
        assert fresh(mover).db_alias == "shard2"
        assert "is kept there" in text_of(operators.get(page.replace("move", "change")))
        assert "Drop what is left in default" in operators.get(page).content.decode()
        operators.post(page, {"drop": "1"})
        assert fresh(mover).left_alias == ""
        assert mover.schema_name not in schemas("default")
    finally:
        remove(olga)

"""A tenant whose `db_alias` is shard2 lives in a second database, and nobody notices."""

from datetime import timedelta
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
import time_machine
from django.core.management import call_command
from django.db import DatabaseError, connections, transaction
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import AuditEntry, User
from accounts.services import create_user
from accounts.sessions import sign_in
from common.errors import ConflictError, InvalidError
from documents.models import Chunk, Document
from inbound.models import Delivery
from inbound.services import Heard, receive
from messaging.contacts import choose, link
from messaging.models import OutgoingMessage
from messaging.sweep import sweep_due
from tasks.models import Reminder, Task
from tenants import jobs
from tenants.backend.paths import TenantPathError
from tenants.context import atomic, home_alias, public_context, tenant_context, tenant_transaction
from tenants.directory import people_at
from tenants.migrating import tenants_behind
from tenants.models import ChatEntry, DueInstant, LoginEntry, Tenant
from tenants.operation_models import Operation
from tenants.schemas import drop_schema_of
from tenants.services import open_tenant, suspend_tenant
from tests.conftest import PASSWORD, api_as, as_owner
from tests.messaging.conftest import free_port
from tests.tenants.behind import drop_what_is_new, forget_migrations

FAY = "fay@far.example"


def open_far():
    """Open an office in the second database, with Fay as its admin."""
    far = open_tenant(name="Far Away", slug="far", db_alias="shard2")
    with tenant_transaction(far):
        create_user(email=FAY, full_name="Fay Far", role="admin", password=PASSWORD)
    return far


@pytest.fixture
def far(db):
    return open_far()


@pytest.fixture
def client(far):
    """The API as Fay, on the shared host."""
    client = APIClient(HTTP_HOST="localhost", raise_request_exception=False)
    answer = client.post("/api/v1/auth/login", {"email": FAY, "password": PASSWORD})
    assert answer.status_code == 200, answer.content
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {answer.json()['access_token']}")
    return client


def schemas(alias):
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace")
        return {name for (name,) in cursor.fetchall()}


def test_the_schema_stands_in_its_home_alone(far, acme):
    assert far.schema_name in schemas("shard2") - schemas("default")
    assert acme.schema_name in schemas("default") - schemas("shard2")


def test_the_directories_stand_beside_the_schema(far):
    entries = LoginEntry.objects.using("shard2").filter(tenant=far.pk)
    assert [entry.email for entry in entries] == [FAY]
    assert not LoginEntry.objects.filter(email=FAY).exists()


def test_its_people_sign_in_and_work_on_the_shared_host(client, far):
    assert client.get("/api/v1/auth/me").json()["tenant_id"] == str(far.pk)
    made = client.post("/api/v1/tasks/from-text", {"text": "Call Bob tomorrow at 3pm"})
    assert made.status_code == 201, made.content
    listed = client.get("/api/v1/tasks").json()
    assert [row["title"] for row in listed["results"]] == ["Call Bob"]
    with tenant_transaction(far):
        assert Task.objects.get().title == "Call Bob"
        assert AuditEntry.objects.filter(content_type__model="task").exists()
    assert DueInstant.objects.using("shard2").filter(tenant=far.pk).exists()


def test_its_people_sign_in_and_work_on_its_own_host(far):
    browser = Client(headers={"host": "far.localhost"})
    browser.post("/sign-in", {"username": FAY, "password": PASSWORD})
    assert browser.post("/quick-add", {"text": "Call Bob"}).status_code in {200, 302}
    assert b"Call Bob" in browser.get("/").content
    assert b"Fay Far" in browser.get("/admin/accounts/user/").content


def test_what_a_request_refuses_is_rolled_back_at_home(client, far, monkeypatch):
    def create_and_refuse(**_kwargs):
        with atomic():
            Task.objects.create(title="half done", creator=User.objects.get())
        raise InvalidError("No.")

    monkeypatch.setattr("tasks.api.create_task", create_and_refuse)
    assert client.post("/api/v1/tasks", {"title": "x"}).status_code == 400
    with tenant_transaction(far):
        assert not Task.objects.exists()


def test_its_reminders_become_due_and_owed_at_home(far):
    with time_machine.travel("2024-05-14T10:00:00Z", tick=False):
        with tenant_transaction(far):
            fay = User.objects.get()
            task = Task.objects.create(title="Call Bob", creator=fay, assignee=fay)
            Reminder.objects.create(task=task, at=timezone.now())
        with public_context():
            assert sweep_due() == 1
        with tenant_transaction(far):
            assert OutgoingMessage.objects.get().recipient == fay


def test_what_a_closed_office_owes_waits_there_too(far):
    with tenant_transaction(far):
        fay = User.objects.get()
        task = Task.objects.create(title="Call Bob", creator=fay, assignee=fay)
        Reminder.objects.create(task=task, at=timezone.now() - timedelta(minutes=1))
    suspend_tenant(tenant=far)
    with public_context():
        assert sweep_due() == 0


def test_its_chats_are_found_and_heard_at_home(far, acme, django_capture_on_commit_callbacks):
    with tenant_transaction(acme):
        link(person=User.objects.get(email="eve@acme.example"), channel="sms", address="+15550001")
    with tenant_transaction(far):
        fay = User.objects.get()
        link(person=fay, channel="sms", address="+15550001")
        choose(channel="sms", address="+15550001")
    entries = ChatEntry.objects.using("shard2").filter(tenant=far.pk)
    assert [entry.person_id for entry in entries] == [fay.pk]
    assert not ChatEntry.objects.filter(tenant=far.pk).exists()
    assert [tenant for tenant, _person in people_at("sms", "+15550001")] == [far, acme]
    with django_capture_on_commit_callbacks(using="shard2", execute=True):
        assert receive(Heard("sms", "SM1", "+15550001", "call Bob tomorrow at 3pm"))
    with tenant_transaction(far):
        assert Delivery.objects.get().answered_at, "the job answered it at home"
        assert Task.objects.get().title == "Call Bob"
    with tenant_transaction(acme):
        assert not Delivery.objects.exists()


def test_its_documents_are_read_and_asked_at_home(client, far, django_capture_on_commit_callbacks):
    body = {"filename": "plants.txt", "text": "The plants are watered on Fridays by Sarah."}
    with django_capture_on_commit_callbacks(using="shard2", execute=True) as queued:
        answer = client.post("/api/v1/documents", body)
    assert answer.status_code == 202, answer.content
    assert queued
    with tenant_transaction(far):
        assert Document.objects.get().status == "ready"
        assert Chunk.objects.exists()
    found = client.post("/api/v1/documents/ask", {"question": "When are the plants watered?"})
    assert "Fridays" in found.json()["answer"]


def test_an_address_in_two_databases_is_asked_which_office_is_meant(far, acme):
    with tenant_transaction(acme):
        create_user(email=FAY, full_name="Fay Here", role="employee", password=PASSWORD)
    with pytest.raises(ConflictError) as caught:
        sign_in(email=FAY, password=PASSWORD)
    assert caught.value.extra == {"tenants": ["acme", "far"]}
    assert sign_in(email=FAY, password=PASSWORD, slug="far")


def test_entering_one_leaves_the_other_database_on_public(far, acme):
    with tenant_context(acme):
        with tenant_transaction(far):
            assert home_alias() == "shard2"
            assert User.objects.get().email == FAY
            # `public` of the first database has a table of people as well: the operators'.
            with transaction.atomic():
                assert not User.objects.using("default").filter(email="ada@acme.example").exists()
        assert home_alias() == "default"
        assert User.objects.filter(email="ada@acme.example").exists()
        with pytest.raises(User.DoesNotExist), transaction.atomic(using="shard2"):
            User.objects.using("shard2").get(email=FAY)


def test_nothing_is_opened_in_a_database_that_is_not_there(db):
    with pytest.raises(InvalidError) as caught:
        open_tenant(name="Nowhere", db_alias="shard9")
    assert caught.value.attr == "db_alias"


def test_no_foreign_key_crosses_schemas(far, acme):
    """What Citus' schema-based sharding asks for, and moving a tenant by its schema alone."""
    for alias in connections:
        with connections[alias].cursor() as cursor:
            cursor.execute(
                "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint k"
                " JOIN pg_class a ON a.oid = conrelid JOIN pg_class b ON b.oid = confrelid"
                " WHERE contype = 'f' AND a.relnamespace <> b.relnamespace"
            )
            assert cursor.fetchall() == []


# --- With real commits


@pytest.fixture
def far_committed(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        far = open_far()
        try:
            yield far
        finally:
            drop_schema_of(suspend_tenant(tenant=far))
            for model in (LoginEntry, DueInstant):
                model.objects.using("shard2").filter(tenant=far.pk).delete()
            Tenant.objects.filter(pk=far.pk).delete()
            connections.close_all()


def test_a_query_outside_a_transaction_of_its_home_raises(far_committed):
    with tenant_context(far_committed), transaction.atomic(), pytest.raises(TenantPathError):
        User.objects.count()


def test_a_schema_that_cannot_be_made_leaves_no_tenant(far_committed, monkeypatch):
    before = schemas("shard2")
    monkeypatch.setattr("tenants.services.migration_state", lambda: "no such state")
    with pytest.raises(DatabaseError):
        open_tenant(name="Half", slug="half", db_alias="shard2")
    assert schemas("shard2") == before
    assert not Tenant.objects.filter(slug="half").exists()


def test_its_export_is_made_and_fetched_by_the_api(far_committed, settings, tmp_path, monkeypatch):
    settings.VAR_DIR, queued = tmp_path, []
    # The operation is committed in the first database while the request goes on in the second.
    monkeypatch.setattr(jobs.run_operation, "delay_on_commit", queued.append)
    with tenant_transaction(far_committed):
        fay = User.objects.get()
        Task.objects.create(title="Call Bob from far", creator=fay)
        api = api_as(fay, far_committed)
    assert api.get("/api/v1/admin/tenant/export").status_code == 202
    jobs.run_operation(*queued)
    answer = api.get("/api/v1/admin/tenant/export", HTTP_ACCEPT="application/zip")
    assert answer.status_code == 200
    with ZipFile(BytesIO(answer.content)) as archive:
        assert b"Call Bob from far" in archive.read("rows/tasks_task.jsonl")
    Operation.objects.filter(tenant_id=far_committed.pk).delete()


def test_it_is_migrated_where_it_lives_beside_those_of_the_first(far_committed, committed):
    with as_owner():
        for tenant in (far_committed, committed):
            with connections[tenant.db_alias].cursor() as cursor:
                drop_what_is_new(cursor, tenant.schema_name)
                forget_migrations(cursor, tenant.schema_name)
        both = [far_committed, committed]
        assert {tenant.slug for tenant in tenants_behind(both)} == {"far", committed.slug}
        said = StringIO()
        names = [f"--tenant={tenant.slug}" for tenant in both]
        call_command("migrate_tenants", "--jobs", "1", *names, stdout=said, stderr=said)
        assert said.getvalue().startswith("2 tenants: 0 current, 2 migrated, 0 failed")
        assert tenants_behind(both) == []
    with connections["shard2"].cursor() as cursor:
        place = f"{far_committed.schema_name}.task_open_by_due"
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [place])
        assert cursor.fetchone() == (True,)


@pytest.fixture
def shard_down(far_committed):
    """The second database does not answer."""
    wrapper = connections["shard2"]
    good = wrapper.settings_dict
    wrapper.close()
    wrapper.settings_dict = {**good, "PORT": str(free_port())}
    try:
        yield far_committed
    finally:
        wrapper.close()
        wrapper.settings_dict = good


def test_a_database_that_is_away_does_not_hold_up_the_others(committed, shard_down):
    with tenant_transaction(committed):
        create_user(email="una@here.example", full_name="Una", role="admin", password=PASSWORD)
        una = User.objects.get()
        task = Task.objects.create(title="Call Bob", creator=una, assignee=una)
        Reminder.objects.create(task=task, at=timezone.now())
    assert sign_in(email="una@here.example", password=PASSWORD)["access_token"]
    assert sweep_due() == 1
    client = APIClient(HTTP_HOST="far.localhost", raise_request_exception=False)
    answer = client.post("/api/v1/auth/login", {"email": FAY, "password": PASSWORD})
    assert answer.status_code >= 500
    health = APIClient(HTTP_HOST="localhost").get("/health")
    assert health.status_code == 503
    assert health.json()["checks"]["database shard2"]["status"] == "unavailable"
    assert health.json()["checks"]["database"]["status"] == "ok"


def test_a_broken_statement_at_home_is_an_error_and_not_the_other_database(far):
    with pytest.raises(DatabaseError), tenant_transaction(far):
        Tenant.objects.using("shard2").count()

"""An erased organisation is gone everywhere, provably, and nobody else has lost a thing."""

import json
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import pytest
from celery import current_app
from django.conf import settings
from django.core.management import CommandError
from django.db import DatabaseError, connection, transaction
from redis import Redis

from accounts.models import AuditEntry
from messaging.jobs import deliver_messages
from tenants.domain_models import Domain
from tenants.erasing import certificate_path, hash_of
from tenants.models import DueInstant, LoginEntry, Tenant
from tenants.operation_models import ErasureCertificate, Operation
from tenants.renaming import rename_tenant
from tenants.services import open_tenant, resume_tenant, suspend_tenant
from tenants.traces import Words, forget_in_logs, forget_in_queue, traces_of
from tests.conftest import as_owner
from tests.plan_limits import allow
from tests.tenants.office_of_everything import CANARY, files, fill, hashes

OTHER = "Q0-other-77aa"


@pytest.fixture
def doomed(office) -> Tenant:
    """A suspended office whose name, address and host name hold a word of this test alone."""
    word = f"doomed-{uuid4().hex[:8]}"
    tenant = rename_tenant(tenant=office, slug=word, name=f"Office {word}")
    Domain.objects.create(tenant=tenant, domain=f"{word}.example", is_primary=True)
    allow(tenant, tasks=1_000)
    log = Path(settings.VAR_DIR) / "log" / "worker.log"
    log.parent.mkdir(parents=True)
    log.write_text(f'{{"tenant": "{tenant.pk}"}}\n{tenant.schema_name}: gone\nand another line\n')
    return suspend_tenant(tenant=tenant)


@pytest.fixture
def neighbour(office) -> Tenant:
    """Another office full of rows, made after `office`, whose fixture also removes it."""
    tenant = open_tenant(name="Neighbour")
    fill(tenant, OTHER)
    return tenant


@pytest.fixture
def queue():
    """`queue(tenant)` queues a real job of the tenant; the queue is the test's own."""
    name = f"test-{uuid4().hex}"
    store = Redis.from_url(settings.CELERY_BROKER_URL)

    def put(tenant, word):
        current_app.conf.task_always_eager = False
        try:
            marks = {"tenant_id": str(tenant.pk), "request_id": ""}
            deliver_messages.apply_async([[word]], headers=marks, queue=name)
        finally:
            current_app.conf.task_always_eager = True

    put.length = lambda: store.llen(name)
    put.store, put.name = store, name
    yield put
    store.delete(name, f"{name}-unacked", f"{name}-cache")
    store.close()


def words_of(tenant):
    return Words(tenant.pk, tenant.schema_name, (CANARY, tenant.slug))


def everywhere(*words):
    """Return the tables of any schema in which one of the words stands; told apart from ours."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        )
        for (table,) in cursor.fetchall():
            likes = " OR ".join("r::text ILIKE %s" for _word in words)
            cursor.execute(
                f"SELECT count(*) FROM {table} r WHERE {likes}", [f"%{word}%" for word in words]
            )
            found += [table] * bool(cursor.fetchone()[0])
        cursor.execute("SELECT nspname FROM pg_namespace")
        found += [name for (name,) in cursor.fetchall() if name in words]
    return found


def erase(manage, tenant, *arguments):
    canaries = ("--canary", CANARY, "--canary", tenant.slug)
    return manage("tenant_erase", tenant.slug, "--yes", *canaries, *arguments)


def test_no_trace_is_left_anywhere(doomed, neighbour, manage, queue, var_dir):
    queue(doomed, CANARY)
    queue.store.hset(f"{queue.name}-unacked", "tag", queue.store.lindex(queue.name, 0))
    queue.store.set(f"{queue.name}-cache", f"{doomed.pk}:people")
    words = (CANARY, doomed.slug, str(doomed.pk), doomed.pk.hex, doomed.schema_name)
    assert {place.split(".")[0] for place in everywhere(*words)} >= {"public", doomed.schema_name}
    erase(manage, doomed)
    assert everywhere(*words) == []
    kept = certificate_path(doomed.pk)
    for path in var_dir.rglob("*"):
        if path != kept and path.is_file():
            content = path.read_bytes()
            assert not any(word.encode() in content for word in words), path
            assert not any(word in str(path.relative_to(var_dir)) for word in words), path
    assert queue.length() == 0
    assert not queue.store.exists(f"{queue.name}-unacked", f"{queue.name}-cache")
    assert traces_of(words_of(doomed), operation_id=uuid4()) == {}


def test_the_neighbour_loses_nothing(doomed, neighbour, manage, queue):
    queue(neighbour, OTHER)

    def all_of_it():
        return (
            hashes(neighbour),
            files(neighbour),
            LoginEntry.objects.filter(tenant=neighbour).count(),
            DueInstant.objects.filter(tenant=neighbour).count(),
            AuditEntry.objects.filter(object_pk=str(neighbour.pk)).count(),
            queue.length(),
        )

    before = all_of_it()
    assert all(before)
    erase(manage, doomed)
    assert all_of_it() == before
    assert b"and another line" in (Path(settings.VAR_DIR) / "log" / "worker.log").read_bytes()


def test_the_certificate_says_what_there_was_and_vouches_for_itself(doomed, manage):
    rows = {table: number for table, (number, _hash) in hashes(doomed).items()}
    said = erase(manage, doomed)
    path = certificate_path(doomed.pk)
    assert str(path) in said
    certificate = json.loads(path.read_text())
    assert certificate["found_after"] == 0
    assert rows.items() <= certificate["before"]["tables"].items()
    assert (certificate["before"]["files"], certificate["before"]["bytes"]) == (4, 19_105)
    assert certificate["requested_by"].startswith("shell")
    assert certificate["sha256"] == hash_of(certificate)
    assert hash_of({**certificate, "found_after": 1}) != certificate["sha256"]
    row = ErasureCertificate.objects.get(tenant_hash=sha256(str(doomed.pk).encode()).hexdigest())
    assert row.sha256 == certificate["sha256"]
    assert row.rows == sum(certificate["before"]["tables"].values())


def test_what_stays_in_the_trail_names_nobody(doomed, manage):
    erase(manage, doomed)
    certificate = ErasureCertificate.objects.latest("created_at")
    entry = AuditEntry.objects.get(object_pk=str(certificate.pk))
    text = json.dumps([entry.changes, entry.object_repr])
    assert doomed.slug not in text
    assert str(doomed.pk) not in text
    operation = Operation.objects.get(kind="erase", status="done", requested_by__startswith="shell")
    assert (operation.tenant_id, operation.label, operation.details) == (None, "", {})


def test_the_scan_finds_what_was_left_in_each_place(doomed, queue, var_dir):
    """A scan that finds nothing anywhere would prove nothing."""
    queue(doomed, "in the body only")
    places = traces_of(words_of(doomed), operation_id=uuid4())
    assert {place for place, number in places.items() if number} >= {
        *("default: tenants_tenant", "default: tenants_domain", "default: tenants_loginentry"),
        *("default: tenants_dueinstant", "default: accounts_auditentry", "default: schemas"),
        *("queue", "files", "logs"),
    }


def test_the_scan_reads_what_a_queued_job_carries(doomed, queue):
    """Celery shows the beginning of the arguments in plain text, and all of them in base64."""
    queue(doomed, "x" * 5000 + "deep-inside")
    assert b"deep-inside" not in queue.store.lindex(queue.name, 0)
    words = Words(uuid4(), "t_nobody", ("deep-inside",))
    assert traces_of(words, operation_id=uuid4()) == {"queue": 1}


@pytest.mark.parametrize("word", ['"quoted" \\ word', "Ünï-çödé", "with\nnewline"])
def test_the_scan_knows_how_a_word_is_written(word, doomed, queue):
    ErasureCertificate.objects.create(
        tenant_hash=uuid4().hex, requested_by=word, rows=0, files=0, bytes=0, sha256=""
    )
    try:
        queue(doomed, word)
        words = Words(uuid4(), "t_nobody", (word,))
        found = traces_of(words, operation_id=uuid4())
        assert found["default: tenants_erasurecertificate"] == 1
        assert found["queue"] == 1
    finally:
        ErasureCertificate.objects.filter(requested_by=word).delete()


def test_an_open_office_is_not_erased(office, manage):
    with pytest.raises(CommandError, match="Suspend the organisation first"):
        manage("tenant_erase", office.slug, "--yes")
    assert Tenant.objects.filter(pk=office.pk).exists()


def test_without_a_yes_the_slug_must_be_typed(doomed, manage, monkeypatch):
    monkeypatch.setattr("builtins.input", lambda: "something else")
    with pytest.raises(CommandError, match="not the organisation's address"):
        manage("tenant_erase", doomed.slug)
    assert Tenant.objects.filter(pk=doomed.pk, ready=True).exists()
    monkeypatch.setattr("builtins.input", lambda: f" {doomed.slug} ")
    manage("tenant_erase", doomed.slug)
    assert not Tenant.objects.filter(pk=doomed.pk).exists()


def test_a_trace_that_stays_fails_by_its_place_and_is_erased_in_a_second_try(
    doomed, manage, monkeypatch
):
    note = ErasureCertificate.objects.create(
        tenant_hash="x", requested_by=f"about {doomed.slug}", rows=0, files=0, bytes=0, sha256=""
    )
    try:
        with pytest.raises(CommandError) as caught:
            erase(manage, doomed)
        assert "tenants_erasurecertificate (1)" in str(caught.value)
        assert doomed.slug not in str(caught.value)
        assert not certificate_path(doomed.pk).exists()
    finally:
        ErasureCertificate.objects.filter(pk=note.pk).update(requested_by="")
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("ALTER TABLE accounts_auditentry DISABLE TRIGGER never_changed")
            cursor.execute("DELETE FROM accounts_auditentry WHERE object_pk = %s", [str(note.pk)])
            cursor.execute("ALTER TABLE accounts_auditentry ENABLE TRIGGER never_changed")
    manage("tenant_erase", doomed.slug, "--yes")
    assert certificate_path(doomed.pk).exists()


def test_resuming_it_meanwhile_opens_nothing(doomed, manage, monkeypatch):
    def resume_and_fail(*_args):
        resume_tenant(tenant=Tenant.objects.get(pk=doomed.pk))
        assert not Tenant.objects.get(pk=doomed.pk).is_open
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("tenants.erasing.forget_in_queue", resume_and_fail)
    with pytest.raises(CommandError, match="Input/output error"):
        erase(manage, doomed)


def test_the_platforms_trail_lets_nothing_go_but_for_an_erasure(doomed, neighbour):
    for tenant in (doomed, neighbour):
        refused = pytest.raises(DatabaseError, match="not being erased")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT office_forget_tenant(%s)", [tenant.pk])
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEntry.objects.filter(object_pk=str(doomed.pk)).delete()


def test_logs_keep_their_length_and_their_other_lines(doomed):
    log = Path(settings.VAR_DIR) / "log" / "worker.log"
    before = log.read_text()
    (log.parent / "empty.log").touch()
    with log.open("a") as program:
        forget_in_logs(words_of(doomed))
        program.write("written meanwhile\n")
    after = log.read_text()
    assert len(after) == len(before) + len("written meanwhile\n")
    assert str(doomed.pk) not in after
    assert doomed.schema_name not in after
    assert after.endswith("and another line\nwritten meanwhile\n")


def test_only_the_offices_own_jobs_leave_the_queue(doomed, neighbour, queue):
    for tenant in (doomed, neighbour, doomed):
        queue(tenant, "x")
    forget_in_queue(words_of(doomed))
    assert queue.length() == 1
    assert str(neighbour.pk).encode() in queue.store.lindex(queue.name, 0)

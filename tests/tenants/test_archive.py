"""An organisation goes into a file and comes out of it the same."""

import json
from hashlib import sha256
from threading import Thread
from zipfile import ZipFile

import pytest
from django.core.management import CommandError
from django.db import connection

from accounts.models import AuditEntry, RefreshFamily, User
from common.audit import content_type_of
from documents.models import Revision
from tasks.models import Comment, Reminder, Task, TaskFile
from tenants.archive.writer import write_archive
from tenants.context import public_context, tenant_transaction
from tenants.domain_models import Domain
from tenants.models import DueInstant, LoginEntry, Tenant
from tenants.services import suspend_tenant
from tests.conftest import api_as, as_owner
from tests.tenants.office_of_everything import AWKWARD, CANARY, files, hashes
from tests.tenants.waiting import wait_until, waits_for_a_lock


def named(slug):
    return Tenant.objects.get(slug=slug)


def nothing(_progress, _step):
    """Stand in for somebody who wants to know how far it is."""


def manifest_of(path):
    with ZipFile(path) as archive:
        return json.loads(archive.read("manifest.json"))


def rows_of(path, table):
    with ZipFile(path) as archive:
        return [json.loads(line) for line in archive.read(f"rows/{table}.jsonl").splitlines()]


def test_an_office_comes_out_as_it_went_in(office, taken, manage):
    manage("tenant_import", taken.path, "--slug", "umbrella-2")
    copy = named("umbrella-2")
    assert hashes(copy) == taken.hashes
    assert files(copy) == taken.files != {}
    empty = {table for table, (rows, _hash) in taken.hashes.items() if not rows}
    assert empty == {"django_admin_log"}, "a table without a row proves little"
    with tenant_transaction(copy):
        assert Task.objects.filter(description=AWKWARD).exists()


def test_export_erase_and_import_give_the_same_office(office, taken, manage):
    suspend_tenant(tenant=office)
    manage("tenant_erase", office.slug, "--yes")
    assert not Tenant.objects.filter(pk=office.pk).exists()
    manage("tenant_import", taken.path)
    again = named(office.slug)
    assert again.pk != office.pk
    assert hashes(again) == taken.hashes
    assert files(again) == taken.files


def test_the_directories_follow_what_is_imported(office, taken, manage):
    manage("tenant_import", taken.path, "--slug", "umbrella-2")
    copy = named("umbrella-2")

    def directory(tenant):
        emails = LoginEntry.objects.filter(tenant=tenant).values_list("email", flat=True)
        due = DueInstant.objects.filter(tenant=tenant).values_list("kind", "object_id", "due_at")
        return set(emails), set(due)

    assert directory(copy) == directory(office)
    assert len(directory(copy)[1]) == 6


def test_the_copy_works_on_as_an_office(office, taken, manage):
    manage("tenant_import", taken.path, "--slug", "umbrella-2")
    copy = named("umbrella-2")
    with tenant_transaction(copy):
        ada = User.objects.with_rights().get(full_name=f"Ada {CANARY}")
        kinds = {entry.content_type.model for entry in AuditEntry.objects.all()}
        assert kinds >= {"user", "team", "task", "comment", "reminder"}
        assert AuditEntry.objects.filter(content_type=content_type_of(ada)).exists()
    with tenant_transaction(copy):
        api = api_as(ada, copy)
    answer = api.post("/api/v1/tasks", {"title": "After the move"})
    assert answer.status_code == 201, answer.content


def test_ids_that_the_database_counts_go_on_after_the_last(office, taken, manage):
    manage("tenant_import", taken.path, "--slug", "umbrella-2")
    with tenant_transaction(named("umbrella-2")), connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM messaging_deliveryattempt")
        last = cursor.fetchone()[0]
        cursor.execute("SELECT nextval(pg_get_serial_sequence('messaging_deliveryattempt', 'id'))")
        assert cursor.fetchone()[0] == last + 1


def test_content_types_keep_their_entries_though_their_ids_differ(office, manage, tmp_path):
    """The schema of the archive may have counted them in another order than the new one does."""
    with as_owner(), tenant_transaction(office), connection.cursor() as cursor:
        cursor.execute("UPDATE django_content_type SET id = id + 1000")
        cursor.execute("ALTER TABLE accounts_auditentry DISABLE TRIGGER never_changed")
        cursor.execute("UPDATE accounts_auditentry SET content_type_id = content_type_id + 1000")
        cursor.execute("ALTER TABLE accounts_auditentry ENABLE TRIGGER never_changed")
    path = tmp_path / "office.zip"
    write_archive(tenant=office, path=path, report=nothing)
    manage("tenant_import", path, "--slug", "umbrella-2")
    with tenant_transaction(named("umbrella-2")):
        task = Task.objects.get(title=f"Task {CANARY}")
        entries = AuditEntry.objects.filter(object_pk=str(task.pk))
        assert {entry.content_type.model for entry in entries} == {"task"}
        assert content_type_of(task).pk > 1000


def test_what_stands_outside_the_schema_comes_along(office, manage, tmp_path):
    with public_context():
        office.settings.sms_enabled = False
        office.subscription_tier, office.timezone = "pro", "Europe/Berlin"
        office.save()
        Domain.objects.create(tenant=office, domain="umbrella.example", is_primary=True)
    path = tmp_path / "office.zip"
    manage("tenant_export", office.slug, "-o", path)
    manage("tenant_import", path, "--slug", "copy-1", "--name", "Copy")
    copy = named("copy-1")
    assert (copy.name, copy.subscription_tier, copy.timezone) == ("Copy", "pro", "Europe/Berlin")
    assert not copy.settings.sms_enabled
    assert not copy.domains.exists(), "the host name is the first office's as long as it lives"
    suspend_tenant(tenant=office)
    manage("tenant_erase", office.slug, "--yes")
    manage("tenant_import", path, "--slug", "copy-2")
    assert [(one.domain, one.state) for one in named("copy-2").domains.all()] == [
        ("umbrella.example", "not proved")
    ], "an archive may say what it likes"


def test_an_office_can_be_imported_with_closed_doors(taken, manage):
    manage("tenant_import", taken.path, "--slug", "umbrella-2", "--suspended")
    assert not named("umbrella-2").is_open


def test_sign_ins_stay_behind(office, taken):
    with tenant_transaction(office):
        assert RefreshFamily.objects.exists()
    members = manifest_of(taken.path)["members"]
    left_out = {"accounts_refreshfamily", "django_session", "django_migrations", "schema_marker"}
    assert not {f"rows/{table}.jsonl" for table in left_out} & members.keys()


def test_the_manifest_describes_every_member(taken):
    manifest = manifest_of(taken.path)
    with ZipFile(taken.path) as archive:
        names = archive.namelist()
        assert names[-1] == "manifest.json"
        assert set(names[:-1]) == manifest["members"].keys()
        for name, stated in manifest["members"].items():
            content = archive.read(name)
            assert stated["sha256"] == sha256(content).hexdigest()
            assert stated["bytes"] == len(content)
            if name.startswith("rows/"):
                assert stated["rows"] == len(content.splitlines())
    assert (manifest["format"], manifest["version"]) == ("ai-office-manager/tenant", 1)


def test_rows_stand_in_the_order_of_their_key(taken):
    keys = [row["id"] for row in rows_of(taken.path, "tasks_task")]
    assert keys == sorted(keys)


def test_a_row_is_written_alike_however_the_session_is_set_up(office, taken, manage, tmp_path):
    path = tmp_path / "abroad.zip"
    with connection.cursor() as cursor:
        cursor.execute("SET timezone = 'Asia/Tokyo'; SET extra_float_digits = -5")
        try:
            write_archive(tenant=office, path=path, report=nothing)
            manage("tenant_import", taken.path, "--slug", "umbrella-2")
        finally:
            cursor.execute("SET timezone = 'UTC'; RESET extra_float_digits")
    assert rows_of(path, "tasks_task") == rows_of(taken.path, "tasks_task")
    assert hashes(named("umbrella-2")) == taken.hashes


def test_an_archive_shows_one_moment_though_people_go_on_working(office, tmp_path):
    """The last table is held by somebody, who writes to it and to an earlier one, and commits."""
    path = tmp_path / "office.zip"
    writer = Thread(target=export_on_a_connection_of_its_own, args=(office, path))
    with tenant_transaction(office), connection.cursor() as cursor:
        task = Task.objects.get(title=f"Task {CANARY}")
        cursor.execute("LOCK TABLE tasks_task IN ACCESS EXCLUSIVE MODE")
        writer.start()
        wait_until(lambda: waits_for_a_lock("tasks_task"))
        late = Task.objects.create(title="Too late", creator_id=task.creator_id)
        Comment.objects.create(task=late, author_id=task.creator_id, body="Too late as well")
    writer.join(timeout=60)
    assert "Too late" not in {row["title"] for row in rows_of(path, "tasks_task")}
    assert "Too late as well" not in {row["body"] for row in rows_of(path, "tasks_comment")}
    before = {row["id"] for row in rows_of(path, "tasks_task")}
    assert {row["task_id"] for row in rows_of(path, "tasks_comment")} <= before
    assert {row["task_id"] for row in rows_of(path, "tasks_reminder")} <= before


def export_on_a_connection_of_its_own(office, path):
    try:
        write_archive(tenant=office, path=path, report=nothing)
    finally:
        connection.close()


def test_an_existing_file_is_not_written_over(office, taken, manage):
    with pytest.raises(CommandError, match="is there already"):
        manage("tenant_export", office.slug, "-o", taken.path)


def test_links_are_not_followed_out_of_the_office(office, manage, tmp_path):
    (tmp_path / "secret").write_text("of somebody else")
    folder = next(path for path in (tmp_path / "var" / "files").iterdir())
    (folder / "link").symlink_to(tmp_path / "secret")
    (folder / "folder").symlink_to(tmp_path)
    path = tmp_path / "office.zip"
    manage("tenant_export", office.slug, "-o", path)
    names = {name for name in manifest_of(path)["members"] if name.startswith("files/")}
    with tenant_transaction(office):
        document = f"files/documents/{Revision.objects.get().pk}"
        beside_task = f"files/task-files/{TaskFile.objects.get().pk}"
    assert names == {document, beside_task, "files/documents/2024/Bericht ä.pdf", "files/empty"}


def test_reminders_keep_what_their_trigger_computed(office, taken, manage):
    manage("tenant_import", taken.path, "--slug", "umbrella-2")
    with tenant_transaction(named("umbrella-2")):
        planned = list(Reminder.objects.values_list("next_at", flat=True).order_by("id"))
    with tenant_transaction(office):
        assert planned == list(Reminder.objects.values_list("next_at", flat=True).order_by("id"))
    assert planned.count(None) == 1


def test_an_office_moves_to_another_database_and_leaves_nothing_behind(taken, office, manage):
    """And back: the way that docs/operations.md describes."""
    slug = office.slug
    suspend_tenant(tenant=office)
    manage("tenant_import", taken.path, "--slug", "moved", "--database", "shard2")
    manage("tenant_erase", slug, "--yes")
    manage("tenant_rename", "moved", "--slug", slug)
    moved = named(slug)
    assert (moved.db_alias, moved.pk != office.pk) == ("shard2", True)
    assert (hashes(moved), files(moved)) == (taken.hashes, taken.files)
    assert LoginEntry.objects.using("shard2").filter(tenant=moved.pk).exists()
    assert not LoginEntry.objects.filter(tenant=moved.pk).exists()
    path = taken.path.with_name("again.zip")
    manage("tenant_export", slug, "-o", path)
    manage("tenant_suspend", slug)
    manage("tenant_erase", slug, "--yes", "--canary", CANARY)
    assert not LoginEntry.objects.using("shard2").filter(tenant=moved.pk).exists()
    manage("tenant_import", path)
    back = named(slug)
    assert (hashes(back), files(back)) == (taken.hashes, taken.files)

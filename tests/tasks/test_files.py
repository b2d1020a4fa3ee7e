"""Files beside tasks: taken in, given out, taken away, brought back, and never anybody else's."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import encode_multipart
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.undoing import undoably
from assistant.actions import undo_action
from tasks.attaching import MOST_FILES, add_file, delete_file, wake_leftovers
from tasks.leftovers import remove_contents
from tasks.models import LEFTOVER, LeftoverFile, TaskFile
from tasks.services import delete_task
from tasks.shelf import SHELF
from tasks.undoing import FILE, TASK
from tenants.context import public_context, tenant_context
from tenants.models import DueInstant
from tenants.stores import StoreAwayError, files_of
from tenants.uploads import MOST_BYTES, Upload
from tests.plan_limits import allow

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


@pytest.fixture
def url(task):
    return f"/api/v1/tasks/{task.pk}/files"


@pytest.fixture
def put(task, eve):
    def put(name="plants.csv", content=b"plant,day\npalm,Friday\n", by=eve):
        return add_file(task=task, upload=Upload(name, [content]), by=by)

    return put


def send(client, url, name, content):
    body = encode_multipart("limit", {"file": SimpleUploadedFile(name, content)})
    return client.post(url, body, content_type="multipart/form-data; boundary=limit")


def refusing(error):
    def refuse(*_given):
        raise error

    return refuse


def test_a_file_is_put_beside_a_task_listed_given_out_and_taken_away(url, api, ada, eve, acme):
    made = send(api(eve), url, "Plants & days.csv", b"plant,day\n")
    assert made.status_code == 201
    row = made.json()
    assert row == {
        "id": str(TaskFile.objects.get().pk),
        "task_id": url.split("/")[4],
        "author_id": str(eve.pk),
        "author_name": "Eve Employee",
        "filename": "Plants & days.csv",
        "media_type": "text/csv; charset=utf-8",
        "size": 10,
        "sha256": row["sha256"],
        "created_at": row["created_at"],
    }
    assert api(ada).get(url).json()["results"] == [row]
    assert (f"task-files/{row['id']}", 10) in set(files_of(acme.pk))
    assert api(eve).delete(f"{url}/{row['id']}").status_code == 204
    assert api(ada).get(url).json()["results"] == []
    assert api(ada).get(f"{url}/{row['id']}/content").status_code == 404


def test_a_file_is_given_out_as_a_download_that_no_page_can_show(put, url, api, ada):
    file = put("Plants & days.csv", b"plant,day\n")
    content = api(ada).get(f"{url}/{file.pk}/content")
    assert content.content == b"plant,day\n"
    assert content.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert content.headers["Content-Disposition"] == 'attachment; filename="Plants & days.csv"'
    assert content.headers["X-Content-Type-Options"] == "nosniff"
    assert content.headers["Content-Security-Policy"] == "sandbox"
    assert content.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("a.png", PNG, "image/png"),
        ("a.JPG", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("a.pdf", b"%PDF-1.7", "application/pdf"),
        ("../../etc/a.txt", "ü".encode(), "text/plain; charset=utf-8"),
        ("a.html", b"<script>alert(1)</script>", "application/octet-stream"),
        ("a.svg", b"<svg onload='alert(1)'/>", "application/octet-stream"),
        ("a", b"\0", "application/octet-stream"),
        ("a.zip", b"PK\x03\x04", "application/zip"),
        ("a.doc", b"\xd0\xcf\x11\xe0", "application/msword"),
    ],
)
def test_a_file_is_given_out_as_what_it_is(name, content, media_type, put):
    file = put(name, content)
    assert file.media_type == media_type
    assert file.filename == name.rpartition("/")[2]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.png", b"MZ\x90\0"),
        ("a.pdf", b"<html>"),
        ("a.docx", b"%PDF-1.7"),
        ("a.txt", b"MZ\x90\0\0"),
        ("a.csv", b"%PDF-1.7"),
        ("a.webp", b"RIFF\0\0\0\0WAVE"),
        ("a.txt", b""),
    ],
)
def test_what_is_not_what_its_name_says_is_refused(name, content, url, api, eve):
    answer = send(api(eve), url, name, content)
    assert answer.status_code == 400
    [error] = answer.json()["errors"]
    assert (error["code"], error["attr"]) == ("unreadable_file", "file")
    assert not TaskFile.objects.exists()
    assert not LeftoverFile.objects.exists()


def test_a_file_has_a_largest_size_and_a_task_a_largest_number(put, url, api, eve, task):
    with pytest.raises(Exception, match="larger than 25 MB"):
        put("a.bin", b"x" * (MOST_BYTES + 1))
    TaskFile.objects.bulk_create(
        TaskFile(task=task, author=eve, filename=str(number), media_type="x", size=1)
        for number in range(MOST_FILES)
    )
    answer = send(api(eve), url, "a.txt", b"x")
    assert answer.json()["errors"][0]["code"] == "too_many"
    # What was in the store already is gone again, and nothing is left to be done.
    assert not LeftoverFile.objects.exists()


def test_files_count_in_what_the_plan_allows_to_store(url, api, eve, acme, in_acme):
    allow(acme, storage_bytes=15)
    before = set(files_of(acme.pk))
    assert send(api(eve), url, "a.txt", b"x" * 10).status_code == 201
    answer = send(api(eve), url, "b.txt", b"x" * 10)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (402, "plan_limit_reached")
    assert TaskFile.objects.count() == 1
    assert set(files_of(acme.pk)) - before == {(f"task-files/{TaskFile.objects.get().pk}", 10)}


def test_what_one_may_not_see_one_can_neither_list_nor_fetch(put, url, api, sarah, mia_api):
    file = put()
    for client in (api(sarah), mia_api):
        assert client.get(url).status_code == 404
        assert client.get(f"{url}/{file.pk}/content").status_code == 404
        assert client.delete(f"{url}/{file.pk}").status_code == 404
        assert send(client, url, "a.txt", b"x").status_code == 404
    assert TaskFile.objects.count() == 1


def test_a_file_belongs_to_the_task_of_its_address(put, api, ada, sarah):
    file = put()
    other = type(file.task).objects.create(title="Other", creator=ada)
    url = f"/api/v1/tasks/{other.pk}/files"
    assert api(ada).get(f"{url}/{file.pk}/content").status_code == 404
    assert api(ada).delete(f"{url}/{file.pk}").status_code == 404


def test_another_office_has_no_such_content(put, globex):
    file = put()
    assert SHELF.exists(file.pk)
    with tenant_context(globex):
        assert not SHELF.exists(file.pk)


def test_reading_alone_puts_and_takes_away_nothing(put, url, api, eve):
    file = put()
    eve.role.permissions = ["task:read"]
    eve.role.save()
    assert api(eve).delete(f"{url}/{file.pk}").status_code == 403
    assert send(api(eve), url, "a.txt", b"x").status_code == 403
    assert api(eve).get(f"{url}/{file.pk}/content").status_code == 200


def test_the_trail_tells_of_both(put, eve):
    file = put()
    delete_file(file=file, by=eve)
    entries = AuditEntry.objects.filter(content_type__model="taskfile")
    changes = {entry.get_action_display(): entry.changes["filename"] for entry in entries}
    assert changes == {"create": [None, "plants.csv"], "delete": ["plants.csv", None]}


# --- Taking it back, and what stays in the store


def test_a_file_that_was_taken_away_comes_back_with_its_content(put, eve, url, api):
    file = put()
    token = undoably(FILE, file, "delete", by=eve, work=lambda: delete_file(file=file, by=eve))
    left = LeftoverFile.objects.get()
    assert left.remove_at > timezone.now() + timedelta(hours=24)
    undo_action(token=token, by=eve)
    assert not LeftoverFile.objects.exists()
    row = api(eve).get(url).json()["results"][0]
    assert api(eve).get(f"{url}/{row['id']}/content").content.startswith(b"plant,day")


def test_a_deleted_task_comes_back_with_its_files(put, task, ada):
    pk = put().pk
    token = undoably(TASK, task, "delete", by=ada, work=lambda: delete_task(task=task, by=ada))
    assert (TaskFile.objects.count(), LeftoverFile.objects.get().pk) == (0, pk)
    undo_action(token=token, by=ada)
    assert TaskFile.objects.get().pk == pk
    assert SHELF.exists(pk)
    assert not LeftoverFile.objects.exists()


def test_what_cannot_come_back_any_more_is_removed_from_the_store(
    put, eve, monkeypatch, django_capture_on_commit_callbacks
):
    kept, gone = put("kept.txt", b"x"), put("gone.txt", b"x").pk
    delete_file(file=TaskFile.objects.get(pk=gone), by=eve)
    with public_context():
        assert DueInstant.objects.get(kind=LEFTOVER).object_id == gone
    # Not before its time.
    wake_leftovers([gone], timezone.now())
    assert SHELF.exists(gone)
    later = timezone.now() + timedelta(hours=26)
    # A store that is away delays it.
    with monkeypatch.context() as patch:
        patch.setattr(type(SHELF), "remove", refusing(StoreAwayError("The store is away.")))
        with pytest.raises(StoreAwayError):
            remove_contents([gone])
    assert LeftoverFile.objects.filter(pk=gone).exists()
    with django_capture_on_commit_callbacks(execute=True):
        wake_leftovers([gone], later)
    assert not SHELF.exists(gone)
    assert not LeftoverFile.objects.exists()
    # Somebody who names what is needed removes nothing.
    remove_contents([kept.pk])
    assert SHELF.exists(kept.pk)


def test_what_was_killed_on_its_way_is_removed(put, task, eve, monkeypatch):
    """A process that dies between store and row leaves what the sweep finds."""
    monkeypatch.setattr("tasks.attaching.locked_task", refusing(KeyError()))
    monkeypatch.setattr("tasks.attaching.remove_contents", lambda _ids: None)
    with pytest.raises(KeyError):
        put()
    left = LeftoverFile.objects.get()
    assert SHELF.exists(left.pk)
    remove_contents([left.pk])
    assert not SHELF.exists(left.pk)
    assert not LeftoverFile.objects.exists()


def test_a_content_that_is_missing_is_said_to_be(put, url, api, eve):
    file = put()
    SHELF.remove([file.pk])
    answer = api(eve).get(f"{url}/{file.pk}/content")
    assert answer.status_code == 404
    assert "The content of this file is missing." in answer.json()["errors"][0]["detail"]

"""Documents in a bucket of a real S3-compatible server, and what happens while it is away."""

import tempfile

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils import timezone

from documents import indexing, jobs, storage
from documents.indexing import PAUSE, read_revision
from documents.models import Chunk, Document, Revision
from tenants.buckets import AWAY
from tenants.context import NoTenantError, public_context, tenant_context
from tenants.files import folder_of
from tenants.stores import StoreAwayError
from tests.documents.conftest import URL
from tests.documents.files import pdf, word
from tests.peers.s3 import contents, free_port, new_bucket, s3_server, storages_with

LEAVE = b"# Leave\n\nEverybody has thirty days of leave a year."


@pytest.fixture(scope="module")
def server():
    with s3_server() as endpoint:
        yield endpoint


@pytest.fixture
def bucket(server, settings):
    """Documents lie in a new bucket; `bucket.goes_away()` and `bucket.comes_back()`."""
    made, plain = new_bucket(server), settings.STORAGES

    def lie_at(endpoint):
        settings.STORAGES = storages_with(plain, endpoint, made.name)

    made.goes_away = lambda: lie_at(f"http://127.0.0.1:{free_port()}")
    made.comes_back = lambda: lie_at(server)
    made.comes_back()
    return made


def test_a_document_is_kept_read_and_given_out_there(bucket, take_in, api, eve, acme):
    document = take_in("Leave.md", LEAVE)
    key = f"{acme.pk}/documents/{document.revisions.get().pk}"
    assert contents(bucket) == {key: LEAVE}
    assert not (folder_of(acme.pk) / key.partition("/")[2]).exists()
    assert (document.status, Chunk.objects.count()) == ("ready", 1)
    answer = api(eve).get(f"{URL}/{document.pk}/download")
    assert (answer.content, answer.headers["Cache-Control"]) == (LEAVE, "no-store")


def test_a_document_is_deleted_there(bucket, take_in, api, ada, django_capture_on_commit_callbacks):
    document = take_in("Leave.md", LEAVE)
    with django_capture_on_commit_callbacks(execute=True):
        assert api(ada).delete(f"{URL}/{document.pk}").status_code == 204
    assert contents(bucket) == {}


@pytest.mark.parametrize(
    ("name", "content"), [("a.pdf", pdf("Ten days.")), ("a.docx", word("Ten days."))]
)
def test_every_parser_reads_what_is_fetched(bucket, take_in, name, content):
    take_in(name, content)
    assert Chunk.objects.get().text == "Ten days."


def test_nobody_but_the_owner_of_the_bucket_has_rights(bucket, take_in):
    take_in("Leave.md", LEAVE)
    [each] = bucket.objects.all()
    acl = each.Acl()
    assert [grant["Grantee"].get("ID") for grant in acl.grants] == [acl.owner["ID"]]
    with pytest.raises(NotImplementedError):
        storages["documents"].url(each.key)


@pytest.mark.parametrize("is_local", [True, False], ids=["folder", "bucket"])
def test_a_name_of_anybody_else_is_refused_whatever_is_done(
    is_local, request, take_in, acme, globex
):
    if not is_local:
        request.getfixturevalue("bucket")
    document = take_in("Leave.md", LEAVE)
    store, revision = storages["documents"], document.revisions.get().pk
    own = storage.name_of(revision)
    calls = (
        store.open,
        store.exists,
        store.size,
        store.delete,
        lambda name: store.save(name, ContentFile(b"mine")),
    )
    foreign = (own, f"{globex.pk}/../{own}", f"../files/{own}", f"/{own}", "x")
    for call in calls:
        with tenant_context(globex):
            for name in foreign:
                with pytest.raises(SuspiciousFileOperation):
                    call(name)
        with public_context(), pytest.raises(NoTenantError):
            call(own)
    with public_context(), pytest.raises(NoTenantError):
        storage.name_of(revision)
    with storage.opened(revision) as file:
        assert file.read() == LEAVE


def test_what_is_fetched_has_no_name_that_a_kill_could_leave(
    bucket, send_file, tmp_path, monkeypatch
):
    send_file("Leave.md", LEAVE)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    read_file, seen = indexing.read_file, []

    def look(file, kind):
        seen.append((file.size, list(tmp_path.iterdir())))
        return read_file(file, kind)

    monkeypatch.setattr(indexing, "read_file", look)
    read_revision(Revision.objects.get().pk)
    assert seen == [(len(LEAVE), [])]
    assert Document.objects.get().status == "ready"


def test_an_upload_while_it_is_away_says_so_and_leaves_nothing(bucket, send_file):
    bucket.goes_away()
    answer = send_file("Leave.md", LEAVE)
    assert answer.status_code == 503
    [error] = answer.json()["errors"]
    assert (error["code"], error["detail"]) == ("store_away", AWAY)
    assert not Document.objects.exists()
    bucket.comes_back()
    assert send_file("Leave.md", LEAVE).status_code == 202


def test_reading_waits_for_it_with_the_reason_and_goes_on(bucket, send_file, api, eve):
    told = send_file("Leave.md", LEAVE).json()
    revision = Revision.objects.get()
    bucket.goes_away()
    for _try in range(indexing.MOST_ATTEMPTS + 1):
        read_revision(revision.pk)
    revision.refresh_from_db()
    assert (revision.status, revision.attempts, revision.leased_until) == ("processing", 0, None)
    assert timezone.now() < revision.wake_at <= timezone.now() + PAUSE
    shown = api(eve).get(f"{URL}/{told['id']}").json()
    assert (shown["status"], shown["reason"]) == ("processing", AWAY)
    assert shown["state"] == f"It waits to be read. {AWAY}"
    assert api(eve).get(f"{URL}/{told['id']}/download").status_code == 503
    bucket.comes_back()
    read_revision(revision.pk)
    shown = api(eve).get(f"{URL}/{told['id']}").json()
    assert (shown["status"], shown["reason"], shown["revision"]) == ("ready", "", 1)


def test_a_bucket_that_is_not_there_is_away_and_no_missing_file(bucket, send_file):
    send_file("Leave.md", LEAVE)
    bucket.objects.all().delete()
    bucket.delete()
    read_revision(Revision.objects.get().pk)
    assert (Document.objects.get().status, Document.objects.get().reason) == ("processing", AWAY)


def test_a_file_that_is_missing_there_is_no_store_that_is_away(bucket, send_file):
    send_file("Leave.md", LEAVE)
    bucket.objects.all().delete()
    read_revision(Revision.objects.get().pk)
    assert (Document.objects.get().status, Document.objects.get().reason) == (
        "failed",
        "The file is missing.",
    )


def test_what_is_deleted_while_it_is_away_is_removed_later(
    bucket, take_in, api, ada, monkeypatch, django_capture_on_commit_callbacks
):
    document, kept = take_in("Leave.md", LEAVE), take_in("Other.md", b"# Other\n\nWords.")
    gone, stays = document.revisions.get().pk, kept.revisions.get().pk
    bucket.goes_away()
    queued = []
    monkeypatch.setattr(jobs.remove_files, "delay_on_commit", queued.append)
    with django_capture_on_commit_callbacks(execute=True):
        assert api(ada).delete(f"{URL}/{document.pk}").status_code == 204
    assert queued == [[str(gone)]]
    with pytest.raises(StoreAwayError):
        indexing.remove_leftovers([gone])
    bucket.comes_back()
    # A job never takes the file of a revision that is there.
    jobs.remove_files.apply_async([[str(gone), str(stays)]])
    assert (storage.exists(gone), storage.exists(stays)) == (False, True)

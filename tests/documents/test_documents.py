"""Documents over the API: taken in, read, shown, changed, fetched, deleted."""

from datetime import timedelta

import pytest
from django.utils import timezone

from documents import indexing, jobs, storage
from documents.index.embedding import embedder
from documents.indexing import MOST_ATTEMPTS, read_revision
from documents.models import Chunk, Document, Revision, Term
from documents.services import wake_revisions
from tenants.files import folder_of
from tests.documents.conftest import URL
from tests.documents.files import pdf, word

LEAVE = b"# Leave\n\nEverybody has thirty days of leave a year.\n\n## Sick leave\n\nCall by nine."


def one(document, rest=""):
    return f"{URL}/{document.pk}{rest}"


def test_a_document_is_taken_in_and_read(send_file, api, eve):
    answer = send_file("Leave policy.md", LEAVE, kind="policy", visibility="office")
    assert answer.status_code == 202
    told = answer.json()
    assert (told["title"], told["kind"], told["visibility"]) == ("Leave policy", "policy", "office")
    assert (told["status"], told["progress"], told["revision"]) == ("processing", 0, 0)
    assert (told["filename"], told["format"], told["size"]) == (
        "Leave policy.md",
        "markdown",
        len(LEAVE),
    )
    read_revision(Revision.objects.get().pk)
    told = api(eve).get(f"{URL}/{told['id']}").json()
    assert (told["status"], told["progress"], told["revision"]) == ("ready", 100, 1)
    chunks = list(Chunk.objects.values_list("heading", "text", "page"))
    assert chunks == [
        ("Leave", "Everybody has thirty days of leave a year.", None),
        ("Leave > Sick leave", "Call by nine.", None),
    ]
    assert not Chunk.objects.filter(vector=None).exists()


def test_pages_are_those_of_the_pdf(take_in):
    document = take_in("rules.pdf", pdf("First page.", "Second page."))
    assert list(Chunk.objects.order_by("page").values_list("page", "text")) == [
        (1, "First page."),
        (2, "Second page."),
    ]
    assert document.revisions.get().pages == 2


@pytest.mark.parametrize(
    ("pages", "notice"),
    [
        (("One.", "Two."), ""),
        (("One.", "", "Three."), "Page 2 has no text: if it is a picture, it needs OCR."),
        (
            ("One.", "", "", "Four.", "", "Six.", "", "", ""),
            "Pages 2–3, 5, 7–9 have no text: those that are pictures need OCR.",
        ),
    ],
)
def test_pages_without_text_are_told_of(pages, notice, take_in, api, eve):
    document = take_in("scan.pdf", pdf(*pages))
    told = api(eve).get(one(document)).json()
    assert (told["status"], told["pages"], told["notice"]) == ("ready", len(pages), notice)


def test_each_state_has_its_words_and_progress_goes_on(send_file, api, eve, monkeypatch):
    told = send_file("Leave.md", LEAVE).json()
    url, seen = f"{URL}/{told['id']}", [(told["progress"], told["state"])]

    def look(given, what):
        shown = api(eve).get(url).json()
        seen.append((shown["progress"], shown["state"]))
        return what(*given)

    read_file, embedder = indexing.read_file, indexing.embedder
    monkeypatch.setattr(indexing, "read_file", lambda *given: look(given, read_file))
    monkeypatch.setattr(indexing, "embedder", lambda: look((), embedder))
    read_revision(Revision.objects.get().pk)
    look((), dict)
    assert seen == [
        (0, "It waits to be read."),
        (20, "It is being read."),
        (50, "It is found by its words, and 0 % of it by its meaning."),
        (100, "It is found by its words and its meaning."),
    ]


def test_what_could_not_be_read_says_so_in_words(take_in, api, eve):
    told = api(eve).get(one(take_in("scan.pdf", pdf("", "")))).json()
    assert told["progress"] == 0
    assert told["state"] == f"It could not be read and was not kept: {told['reason']}"


def test_headings_are_those_of_word(take_in):
    take_in("rules.docx", word("# Travel", "Ask before you go.", "## Trains", "Second class."))
    found = Chunk.objects.order_by("position").values_list("heading", "text", "page")
    assert list(found) == [
        ("Travel", "Ask before you go.", None),
        ("Travel > Trains", "Second class.", None),
    ]


def test_a_text_can_be_sent_as_json(api, eve):
    answer = api(eve).post(URL, {"filename": "a.md", "text": "# Hello\n\nYou.", "title": "Hi"})
    assert answer.status_code == 202
    with storage.opened(Revision.objects.get().pk) as file:
        assert file.read() == b"# Hello\n\nYou."


def test_a_field_that_comes_twice_is_refused(send_file, api, eve):
    answer = send_file("a.txt", b"Hello.", title='x"\r\n\r\nA\r\n--limit\r\nContent-Disposition: '
                       'form-data; name="title"\r\n\r\nB')  # fmt: skip
    assert answer.status_code == 400
    assert not Document.objects.exists()


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({}, "file"),
        ({"text": "x"}, "filename"),
        ({"filename": "a.txt", "text": ""}, "text"),
        ({"filename": "a.exe", "text": "x"}, "file"),
        ({"filename": "a.pdf", "text": "x"}, "file"),
        ({"filename": "a.txt", "text": "x", "kind": "poem"}, "kind"),
        ({"filename": "a.txt", "text": "x", "title": "x" * 201}, "title"),
    ],
)
def test_a_bad_upload_names_the_field_and_leaves_nothing(api, acme, eve, body, attr):
    answer = api(eve).post(URL, body)
    assert answer.status_code == 400
    assert [error["attr"] for error in answer.json()["errors"]] == [attr]
    assert not Document.objects.exists()
    folder = folder_of(acme.pk) / "documents"
    assert not folder.exists() or not any(
        Revision.objects.filter(pk=path.name).exists() for path in folder.iterdir()
    )


def test_the_file_comes_back_as_it_was_sent(take_in, api, eve):
    document = take_in("Leave.md", LEAVE)
    answer = api(eve).get(one(document, "/download"))
    assert answer.content == LEAVE
    assert answer.headers["Content-Disposition"] == 'attachment; filename="Leave.md"'
    assert answer.headers["Content-Security-Policy"] == "sandbox"
    assert answer.headers["Cache-Control"] == "no-store"


def test_others_see_what_is_the_offices_only(take_in, api, eve, sarah, ada):
    mine = take_in("mine.txt", b"A secret.")
    ours = take_in("ours.txt", b"For all.", visibility="office")
    for person, seen in ((sarah, {ours}), (ada, {mine, ours}), (eve, {mine, ours})):
        rows = api(person).get(URL).json()["results"]
        assert {row["id"] for row in rows} == {str(document.pk) for document in seen}
    for rest in ("", "/download", "/revisions"):
        assert api(sarah).get(one(mine, rest)).status_code == 404
    assert api(sarah).patch(one(ours), {"title": "Mine now"}).status_code == 403
    upload = {"filename": "a.txt", "text": "Mine now"}
    assert api(sarah).post(one(ours, "/revisions"), upload).status_code == 403


def test_a_newer_file_takes_the_place_of_the_older_one_once_it_is_read(take_in, api, eve):
    document = take_in("rules.txt", b"Ten days.")
    upload = {"filename": "rules.txt", "text": "Twenty days."}
    answer = api(eve).post(one(document, "/revisions"), upload)
    assert (answer.status_code, answer.json()["number"]) == (202, 2)
    assert Chunk.objects.get().text == "Ten days."
    told = api(eve).get(one(document)).json()
    assert (told["status"], told["revision"], told["newest"]) == ("processing", 1, 2)
    read_revision(document.revisions.get(number=2).pk)
    assert Chunk.objects.get().text == "Twenty days."
    assert set(Term.objects.values_list("term", flat=True)) == {"twenti", "day"}
    rows = api(eve).get(one(document, "/revisions")).json()["results"]
    assert [row["number"] for row in rows] == [2, 1]
    old = api(eve).get(one(document, f"/revisions/{rows[1]['id']}/download"))
    assert old.content == b"Ten days."


def test_an_older_file_that_is_read_late_changes_nothing(take_in, api, eve):
    document = take_in("rules.txt", b"Ten days.")
    for text in ("Twenty days.", "Thirty days."):
        api(eve).post(one(document, "/revisions"), {"filename": "rules.txt", "text": text})
    for number in (3, 2):
        read_revision(document.revisions.get(number=number).pk)
    assert Chunk.objects.get().text == "Thirty days."
    document.refresh_from_db()
    assert (document.revision, document.status) == (3, "ready")


def test_a_file_that_cannot_be_read_leaves_the_older_one(take_in, api, eve):
    document = take_in("rules.pdf", pdf("Ten days."))
    broken = {"filename": "rules.pdf", "text": "%PDF-1.4 nothing"}
    api(eve).post(one(document, "/revisions"), broken)
    read_revision(document.revisions.get(number=2).pk)
    told = api(eve).get(one(document)).json()
    assert (told["status"], told["reason"]) == ("failed", "This PDF is damaged.")
    assert (told["revision"], Chunk.objects.get().text) == (1, "Ten days.")


def test_deleting_takes_text_vectors_and_file_away(
    take_in, api, ada, django_capture_on_commit_callbacks
):
    document = take_in("rules.txt", b"Ten days.")
    revision = document.revisions.get().pk
    assert storage.exists(revision)
    with django_capture_on_commit_callbacks(execute=True):
        assert api(ada).delete(one(document)).status_code == 204
    assert not storage.exists(revision)
    for model in (Document, Revision, Chunk, Term):
        assert not model.objects.exists()


def test_a_lost_job_is_queued_again(send_file, monkeypatch):
    send_file("rules.txt", b"Ten days.")
    revision = Revision.objects.get()
    queued = []
    monkeypatch.setattr("documents.services.read_revision.delay_on_commit", queued.append)
    later = timezone.now() + timedelta(minutes=1)
    wake_revisions([revision.pk], later)
    assert queued == [str(revision.pk)]
    revision.refresh_from_db()
    assert revision.wake_at > later


def test_a_file_that_kills_its_reader_is_given_up(send_file):
    send_file("rules.txt", b"Ten days.")
    revision = Revision.objects.get()
    revision.change(attempts=MOST_ATTEMPTS)
    read_revision(revision.pk)
    revision.refresh_from_db()
    assert (revision.status, revision.wake_at) == ("failed", None)
    assert "several times" in Document.objects.get().reason


def test_reading_goes_on_where_it_was_killed(send_file, monkeypatch):
    """The words are found already, and the vectors are still to come."""
    send_file("rules.txt", b"\n\n".join(b"%d days. " % n * 80 for n in range(30)))
    revision = Revision.objects.get()
    monkeypatch.setattr("documents.indexing.packed", _die)
    with pytest.raises(RuntimeError, match="killed"):
        read_revision(revision.pk)
    revision.refresh_from_db()
    assert revision.status == "ready"
    assert revision.wake_at is not None
    assert Chunk.objects.filter(vector=None).count() == revision.chunks > 8
    monkeypatch.undo()
    read_revision(revision.pk)
    assert Chunk.objects.filter(vector=None).count() == revision.chunks
    revision.change(leased_until=timezone.now())
    read_revision(revision.pk)
    revision.refresh_from_db()
    assert (revision.wake_at, revision.embedded) == (None, revision.chunks)
    assert not Chunk.objects.filter(vector=None).exists()


@pytest.mark.parametrize("is_over", [False, True], ids=["in time", "too late"])
def test_two_workers_never_do_the_same_work(send_file, monkeypatch, is_over):
    """The queue may hand a job out twice; whose lease is over has lost its turn."""
    send_file("rules.txt", b"\n\n".join(b"%d days. " % n * 80 for n in range(30)))
    revision, done = Revision.objects.get(), []
    worker = _Interrupted(revision, done, is_over)
    monkeypatch.setattr("documents.indexing.embedder", lambda: worker)
    read_revision(revision.pk)
    revision.refresh_from_db()
    assert (revision.wake_at, revision.leased_until) == (None, None)
    assert revision.embedded == revision.chunks == Chunk.objects.exclude(vector=None).count()
    # What was lost is one batch of the one who was too late.
    assert len(done) == revision.chunks + (8 if is_over else 0)


class _Interrupted:
    """Embeds, and while it does so for the first time another worker gets the job too."""

    def __init__(self, revision, done, is_over):
        self.revision, self.done, self.is_over = revision, done, is_over

    def vectors(self, texts):
        is_first = not self.done
        self.done += texts
        if is_first:
            if self.is_over:
                self.revision.change(leased_until=timezone.now())
            read_revision(self.revision.pk)
        return embedder().vectors(texts)


def test_a_long_reading_is_not_handed_out_again_by_the_queue():
    assert jobs.read_revision.acks_late is False


def _die(*_arguments):
    raise RuntimeError("killed")


def test_plans_count_documents_and_bytes(send_file, acme, monkeypatch):
    monkeypatch.setattr(
        "tenants.plans.limits_of", lambda _tenant: _limits(documents=1, storage_bytes=20)
    )
    assert send_file("a.txt", b"Ten days.").status_code == 202
    answer = send_file("b.txt", b"Ten days.")
    assert (answer.status_code, answer.json()["limit"]) == (402, "documents")
    monkeypatch.setattr(
        "tenants.plans.limits_of", lambda _tenant: _limits(documents=9, storage_bytes=20)
    )
    answer = send_file("b.txt", b"Ten days and more.")
    assert (answer.status_code, answer.json()["limit"]) == (402, "storage_bytes")
    assert "20 bytes of files" in answer.json()["errors"][0]["detail"].replace("\xa0", " ")
    assert Document.objects.count() == 1


def _limits(**values):
    from tenants.plan_models import LIMITS, Limits

    return Limits(**{**dict.fromkeys(LIMITS), **values})

"""Vectors of another model: never compared, and made anew whatever is killed."""

import io

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from documents import indexing
from documents.index import matrices
from documents.index.embedding import SIZE, embedder, packed
from documents.index.retrieval import passages_for
from documents.index.spaces import LOCAL
from documents.indexing import read_revision
from documents.models import Chunk, Document, Revision
from documents.reembedding import coverage, reembed
from tests.conftest import in_office, person
from tests.documents.conftest import taken_in

PARAGRAPHS = b"\n\n".join(b"%d days of holiday. " % n * 45 for n in range(18))
QUESTION = "How much vacation do I get?"


def older(chunks, model="older-model", size=SIZE):
    """Give these chunks vectors of another model that point just where the question does."""
    vector = np.resize(embedder().vectors([QUESTION])[0], size)
    chunks.update(vector=packed(vector), model=model, size=size)


@pytest.fixture(scope="module")
def standing_document(standing):
    with in_office("acme"):
        return taken_in("Holidays.txt", PARAGRAPHS, person("eve@acme.example"))


@pytest.fixture
def document(in_acme, standing_document, monkeypatch):
    """A document of three batches; no test finds the vectors that another one has changed."""
    monkeypatch.setattr(matrices, "_kept", type(matrices._kept)())
    return Document.objects.get(pk=standing_document.pk)


def revision_of(document):
    return document.revisions.get()


@pytest.mark.parametrize(
    "space", [("older-model", SIZE), (LOCAL.model, 2 * SIZE), (LOCAL.model, 8)], ids=str
)
@pytest.mark.parametrize("room", [10**9, 0], ids=["in memory", "read for the best by words"])
def test_vectors_of_another_model_or_size_take_no_part(
    space, room, take_in, eve, settings, document
):
    settings.VECTOR_CACHE_BYTES = room
    other = take_in("Parking.txt", b"Cars are parked below the vacation house.")
    older(Chunk.objects.filter(revision__document=other), *space)
    passages = passages_for(QUESTION, by=eve, limit=100).passages
    found = {each.document_id: each for each in passages}
    assert found[other.pk].cosine is None
    assert found[other.pk].bm25 > 0, "its words are found as before"
    if room:
        assert 0 < found[document.pk].cosine < 0.9


def test_each_vector_has_the_name_and_the_size_of_its_model(document):
    rows = Chunk.objects.values_list("model", "size", "vector")
    assert {(model, size, len(vector)) for model, size, vector in rows} == {(*LOCAL, 2 * SIZE)}


def test_a_killed_job_goes_on_where_it_was(document, eve, monkeypatch):
    chunks, revision = Chunk.objects.all(), revision_of(document)
    older(chunks)
    assert reembed() == 1
    assert (coverage().chunks, coverage().embedded) == (revision.chunks, 0)
    made = []
    monkeypatch.setattr(indexing, "packed", lambda vector: made.append(1) or _dies(made, vector))
    with pytest.raises(RuntimeError, match="killed"):
        read_revision(revision.pk)
    monkeypatch.undo()
    assert coverage().embedded == chunks.filter(model=LOCAL.model).count() == 8
    [passage, *_others] = passages_for(QUESTION, by=eve, limit=1).passages
    assert passage.text, "what was killed is found by its words, at least"
    again = []
    monkeypatch.setattr(indexing, "packed", lambda vector: again.append(1) or packed(vector))
    Revision.objects.update(leased_until=timezone.now())
    read_revision(revision.pk)
    assert len(again) == revision.chunks - 8, "what was done is not done again"
    revision.refresh_from_db()
    assert (revision.wake_at, revision.embedded) == (None, revision.chunks)
    assert not chunks.exclude(**LOCAL._asdict()).exists()
    assert reembed() == 0


def _dies(made, vector):
    if len(made) > 8:
        raise RuntimeError("killed")
    return packed(vector)


def test_whoever_is_at_work_loses_the_turn_when_it_is_asked_for(document, monkeypatch):
    """That one may have begun with the model before."""
    older(Chunk.objects.all())
    reembed()
    revision = revision_of(document)
    calls = []

    def interrupted():
        calls.append(1)
        if len(calls) == 1:
            reembed()
        return embedder()

    monkeypatch.setattr(indexing, "embedder", interrupted)
    read_revision(revision.pk)
    assert coverage().embedded == 0
    assert len(calls) == 1
    read_revision(revision.pk)
    assert coverage().embedded == revision.chunks


def test_what_lacks_nothing_is_left_alone_and_the_rest_comes_in_turns(take_in, document):
    first, second = (take_in(f"{n}.txt", b"Ten days.") for n in range(2))
    older(Chunk.objects.exclude(revision__document=document))
    Chunk.objects.filter(revision__document=first).update(vector=None, model="", size=0)
    assert reembed() == 2
    woken = Revision.objects.exclude(wake_at=None).order_by("wake_at")
    assert {row.document_id for row in woken} == {first.pk, second.pk}
    assert woken[0].wake_at < woken[1].wake_at


def test_the_document_says_how_far_it_is(document, api, eve):
    older(Chunk.objects.all())
    url = f"/api/v1/documents/{document.pk}"
    assert api(eve).get(url).json()["progress"] == 100
    reembed()
    told = api(eve).get(url).json()
    assert (told["status"], told["progress"]) == ("ready", 50)
    assert told["state"] == "It is found by its words, and 0 % of it by its meaning."
    read_revision(revision_of(document).pk)
    assert api(eve).get(url).json()["state"] == "It is found by its words and its meaning."


def test_a_command_hands_it_on_for_one_office_or_all(document, acme):
    older(Chunk.objects.all())
    chunks = revision_of(document).chunks
    for options in ({"tenant": "acme"}, {"tenant": str(acme.pk)}, {}):
        Revision.objects.update(wake_at=None)
        said = io.StringIO()
        call_command("reembed_documents", stdout=said, **options)
        line = (
            f"acme: 0 of {chunks} chunks have vectors of {LOCAL.model} (384 numbers); 1 documents"
        )
        assert line in said.getvalue()
        assert revision_of(document).wake_at is not None
    with pytest.raises(CommandError, match="no organisation 'nowhere'"):
        call_command("reembed_documents", tenant="nowhere")


def test_a_failed_or_waiting_file_is_none_of_it(take_in, send_file, document):
    take_in("broken.pdf", b"%PDF-1.4 nothing")
    send_file("waits.txt", b"Ten days.")
    assert reembed() == 0
    assert Document.objects.count() == 3

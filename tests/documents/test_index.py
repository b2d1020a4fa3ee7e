"""The index itself: what it weighs, and what is kept of it in memory."""

import random
from importlib import import_module
from time import process_time

import numpy as np
import pytest
from django.db import connection

from documents.index import matrices
from documents.index.chunking import Piece, pieces_of
from documents.index.embedding import SIZE, packed
from documents.index.lexical import best_by_words, drop_chunks
from documents.index.matrices import matrix_now
from documents.index.postings import best_of, packed_postings, unpacked_postings
from documents.index.reach import Reach, scope_of
from documents.index.retrieval import passages_for
from documents.index.spaces import LOCAL
from documents.index.texts import passages_in
from documents.indexing import replace_index
from documents.language.stems import codes_in, codes_meant_by
from documents.models import Chunk, Document, Revision, Term
from documents.reading.sections import Section
from tests.conftest import person

WORDS = ["leave", "travel", "form", "day", "office", "plant", "lamp", "ticket", "hotel", "claim"]


@pytest.fixture
def dice():
    return random.Random(7)


@pytest.fixture
def index(in_acme, dice):
    """`index(3)` indexes a document of three chunks with vectors; it returns its revision."""

    def make(chunks, visibility="office", owner=None):
        document = Document.objects.create(
            title="Rules", owner=owner or person("eve@acme.example"), visibility=visibility
        )
        revision = Revision.objects.create(
            document=document, number=1, filename="x.txt", format="text", size=1, sha256=""
        )
        texts = [" ".join(dice.choices(WORDS, k=dice.randrange(3, 40))) for _ in range(chunks)]
        replace_index(revision.pk, [Piece(text) for text in texts], pages=None)
        for row in Chunk.objects.filter(revision=revision):
            vector = np.array([dice.gauss(0, 1) for _ in range(SIZE)], np.float32)
            row.vector, (row.model, row.size) = packed(vector / np.linalg.norm(vector)), LOCAL
            row.save()
        revision.refresh_from_db()
        revision.change(embedded=chunks)
        return revision

    return make


# --- By words


def test_words_weigh_as_bm25_says(index, ada, dice):
    """Twice the same sum: out of the postings, and over the texts themselves."""
    for _ in range(4):
        index(dice.randrange(1, 9))
    rows = list(Chunk.objects.order_by("pk"))
    reach = Reach(ada)
    for _ in range(20):
        question = " ".join(dice.choices(WORDS, k=4))
        words, found, *_others = best_by_words(question, reach, scope_of(reach), 10)
        pieces = [Piece(row.text) for row in rows]
        other = passages_in(question, pieces, title="", note_id=ada.pk, limit=10)
        assert words == other.words
        assert list(found) == [rows[each.chunk].pk for each in other.passages]
        assert list(found.values()) == pytest.approx([each.bm25 for each in other.passages])


def test_postings_come_back_as_they_were():
    rows = [(1, 2, 3), (4_000_000_000, 90_000, 65_000)]
    assert unpacked_postings(packed_postings(rows)).tolist() == [
        (1, 2, 3),
        (4_000_000_000, 32_767, 32_767),
    ]


def test_a_migration_packs_what_stood_there_and_unpacks_it_again(index):
    index(5)
    migration = import_module("documents.migrations.0004_fill_terms")
    insert, unpack = migration.BACK.partition(";")[0].strip().split("\n", 1)
    assert insert.endswith("(term, revision_id, chunk, times, length)")
    insert, pack = migration.FILL.strip().rstrip(";").split("\n", 1)
    assert insert.endswith("(term, revision_id, postings)")
    old = "documents_posting (term, revision_id, chunk, times, length)"
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {old} AS ({unpack}) {pack}")
        found = cursor.fetchall()
    assert set(found) == set(Term.objects.values_list("term", "revision", "postings"))
    assert len(found) == len(WORDS)


@pytest.mark.parametrize("far", [0, 1_000_000_000], ids=["near", "far apart"])
def test_the_best_are_the_same_however_chunks_are_numbered(far):
    chunks = np.array([5, 7, 9 + far, 7, 5, 11 + far])
    scores = np.array([1.0, 2.0, 3.5, 1.0, 2.0, 0.5])
    assert list(best_of(chunks, scores, 2).items()) == [(9 + far, 3.5), (5, 3.0)]
    assert len(best_of(chunks, scores, 9)) == 4
    assert best_of(chunks[:0], scores[:0], 9) == {}


@pytest.mark.parametrize("written", ["HR-7b", "HR7b", "HR 7b"])
def test_a_code_is_found_however_it_is_written(in_acme, eve, take_in, written):
    others = "Whoever claims travel expenses fills in a form for claims of travel expenses. " * 3
    for number in range(5):
        take_in(f"{number}.txt", f"{others} See HR-{number}.".encode())
    wanted = take_in("Wanted.txt", f"{written} is yellow.".encode())
    for asked in ("hr-7b", "HR7B", "hr 7b", "HR 7b"):
        found = passages_for(f"Which form for travel expenses is {asked}?", by=eve, limit=5)
        assert found.passages[0].document_id == wanted.pk, asked


def test_terms_hold_codes_in_one_way():
    for text in ("HR-7b", "HR 7b", "HR.7b"):
        assert codes_in(text) == ["hr7b"]
    assert codes_in("See 4.2.1 and 24/7") == ["4.2.1", "24/7"]
    assert codes_meant_by("What does hr 7b say of 4.2.1, 24/7 or room 5?") == [
        *("4.2.1", "hr7b", "room5"),
    ]


def test_a_number_beside_a_word_is_no_code(in_acme, eve, take_in):
    """Where no text has it as one, nothing is added to the question."""
    take_in("Rooms.txt", b"Room five has chairs.")
    found = passages_for("How many chairs are in room 5?", by=eve, limit=5)
    assert "room5" not in found.words.terms


# --- By meaning


def by_hand(question, revisions):
    rows = Chunk.objects.filter(revision__in=revisions).values_list("pk", "vector")
    cosines = {pk: float(np.frombuffer(v, "<f2").astype(np.float32) @ question) for pk, v in rows}
    return sorted(cosines, key=lambda pk: -cosines[pk])


@pytest.fixture
def read_rows(monkeypatch):
    """How many vectors were read from the database, each time."""
    counts = []

    def counting(rows, size):
        counts.append(len(rows))
        return unpacked(rows, size)

    unpacked = matrices.unpacked
    monkeypatch.setattr(matrices, "unpacked", counting)
    monkeypatch.setattr(matrices, "_kept", type(matrices._kept)())
    return counts


def test_what_changes_alone_is_read_again(index, read_rows):
    index(40)
    matrix_now(LOCAL)
    matrix_now(LOCAL)
    assert read_rows == [40]
    newer = index(3)
    matrix_now(LOCAL)
    assert read_rows == [40, 3]
    newer.change(steps=newer.steps + 1)
    matrix_now(LOCAL)
    assert read_rows == [40, 3, 3]


@pytest.mark.parametrize("chunks", [4, 5])
def test_vectors_are_read_some_by_some_and_none_is_left_out(chunks, index, read_rows, monkeypatch):
    """However many there are, no more are held than a page of them, beside the matrix."""
    monkeypatch.setattr(matrices, "READ_AT_ONCE", 2)
    index(2)
    index(chunks - 2)
    matrix = matrix_now(LOCAL)
    assert max(read_rows) == 2
    assert sum(read_rows) == matrix.count == chunks
    wanted = Chunk.objects.order_by("pk").values_list("pk", flat=True)
    assert matrix.rows.first(matrix.count).chunks.tolist() == list(wanted)


def test_the_nearest_are_right_however_the_index_changes(index, read_rows, dice):
    """Also for who holds the vectors of before in hand meanwhile."""
    revisions = [index(dice.randrange(1, 6)) for _ in range(4)]
    before, old = matrix_now(LOCAL), list(revisions)
    question = np.array([dice.gauss(0, 1) for _ in range(SIZE)], np.float32)
    first = before.best(question, None, 100, [])
    for _ in range(25):
        if len(revisions) > 2 and dice.random() < 0.5:
            gone = revisions.pop(dice.randrange(len(revisions)))
            drop_chunks([gone.pk])
            gone.change(chunks=0)
        else:
            revisions.append(index(dice.randrange(1, 6)))
        now = matrix_now(LOCAL)
        expected = by_hand(question, revisions)
        assert sorted(now.best(question, None, 3, [])) == sorted(expected[:3])
        some = [revisions[0].pk, revisions[-1].pk, old[0].pk]
        expected = by_hand(question, some)
        wanted = list(Chunk.objects.values_list("pk", flat=True))
        found = now.best(question, some, 2, wanted)
        assert sorted(found) == sorted(expected)
    assert before.best(question, None, 100, []) == first
    assert sum(read_rows) < 150


def test_a_reach_is_what_one_may_read(index, ada, max_, eve, sarah):
    index(2)
    index(3, visibility="private")
    index(4, visibility="private", owner=sarah)
    assert [scope_of(Reach(who)).chunks for who in (ada, eve, sarah, max_)] == [9, 5, 6, 2]


# --- Chunks


@pytest.mark.parametrize("seed", range(20))
def test_chunks_keep_every_word_and_are_neither_long_nor_short(seed):
    dice = random.Random(seed)
    paragraphs = [
        " ".join(dice.choice(["word", "word", "end."]) for _ in range(dice.choice(SIZES)))
        for _ in range(dice.randrange(1, 40))
    ]
    pieces = pieces_of([Section(paragraphs, page=3, heading="Rules")])
    assert {(piece.page, piece.heading) for piece in pieces} == {(3, "Rules")}
    assert " ".join(piece.text for piece in pieces).split() == " ".join(paragraphs).split()
    sizes = [len(piece.text.split()) for piece in pieces]
    assert max(sizes) <= 180
    if sum(sizes) >= 300:
        assert min(sizes) >= 60
        assert sum(size < 120 for size in sizes) <= len(sizes) / 4


SIZES = [3, 10, 25, 40, 400]


def test_a_million_short_lines_are_cut_in_seconds():
    start = process_time()
    pieces = pieces_of([Section(["w"] * 300_000)])
    assert process_time() - start < 10
    assert sum(len(piece.text.split()) for piece in pieces) == 300_000


def test_a_chunk_never_crosses_a_heading():
    sections = [Section(["One two."], heading="A"), Section(["Three."], heading="B")]
    assert [(each.heading, each.text) for each in pieces_of(sections)] == [
        ("A", "One two."),
        ("B", "Three."),
    ]

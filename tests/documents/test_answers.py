"""Questions: answered in the documents' own words and cited, or refused; by what one may read."""

import json
import re
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.permissions import Permission
from accounts.services import create_user
from accounts.staff import create_role
from assistant.chat import answer
from documents.answers.answering import NOT_AT_ALL
from documents.answers.asking import ask_documents
from documents.index.embedding import embedder
from documents.index.wordpiece import token_ids
from documents.language.stems import terms_of
from documents.models import Chunk
from tests.conftest import PASSWORD
from tests.documents.conftest import URL
from tests.documents.files import pdf

LEAVE = b"""# Leave

Employees receive twenty-five days of paid vacation in each calendar year. New employees accrue two
days of vacation in every month of their first year.

## Sick leave

Call your manager before nine o'clock on the first day of an illness. After three days a note from a
doctor is needed.

# Expenses

Travel expenses are paid back within thirty days. Form HR-7b is used for all claims of expenses.
"""
PLANTS = b"""# Plants

The ferns in the lobby are watered on Mondays by the facilities team.
"""
SHARED = Path(__file__).parents[3] / "shared" / "data" / "policy-docs"


@pytest.fixture
def office(take_in, eve):
    take_in("Leave.md", LEAVE, visibility="office")
    take_in("Plants.md", PLANTS, visibility="office")
    return eve


@pytest.mark.parametrize(
    ("question", "document", "words"),
    [
        ("How many days of vacation do new employees accrue?", "Leave", "two days of vacation"),
        ("When do I need a note from a doctor?", "Leave", "After three days"),
        ("Which form is used for claims?", "Leave", "Form HR-7b"),
        ("What is HR-7b?", "Leave", "Form HR-7b"),
        ("Who waters the ferns in the lobby?", "Plants", "facilities team"),
    ],
)
def test_an_answer_quotes_and_cites(office, api, question, document, words):
    told = api(office).post(f"{URL}/ask", {"question": question}).json()
    assert told["grounded"] is True
    assert words in " ".join(told["answer"].split())
    source = told["sources"][0]
    assert source["document"] == document
    assert (source["page"], source["revision"], told["mode"]) == (None, 1, "local")
    assert 0 < source["relevance_score"] <= 1
    for each in told["sources"]:
        [text] = Chunk.objects.filter(
            revision__document=each["document_id"], heading=each["heading"]
        ).values_list("text", flat=True)
        for piece in each["excerpt"].split(" … "):
            assert piece in text


@pytest.mark.parametrize(
    "question",
    [
        "Who won the chess championship in 1972?",
        "What is the boiling point of mercury?",
        "xyzzy",
        "???",
        "the of and",
        "🙂",
    ],
)
def test_what_no_document_says_is_refused(office, api, question):
    told = api(office).post(f"{URL}/ask", {"question": question}).json()
    assert (told["answer"], told["grounded"], told["sources"]) == (NOT_AT_ALL, False, [])


def test_an_office_without_documents_says_so(api, eve):
    told = api(eve).post(f"{URL}/ask", {"question": "How many days of vacation?"}).json()
    assert (told["answer"], told["sources"]) == (NOT_AT_ALL, [])


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({}, "question"),
        ({"question": ""}, "question"),
        ({"question": "x" * 1001}, "question"),
        ({"question": "x", "document_ids": []}, "document_ids"),
        ({"question": "x", "document_ids": ["y"]}, "document_ids.0"),
    ],
)
def test_a_bad_question_names_the_field(api, eve, body, attr):
    answer = api(eve).post(f"{URL}/ask", body)
    assert answer.status_code == 400
    assert [error["attr"] for error in answer.json()["errors"]] == [attr]


def test_a_question_can_name_documents(take_in, api, eve):
    old = take_in("Old.txt", b"The office opens at nine in the morning.")
    new = take_in("New.txt", b"The office opens at ten in the morning.")
    body = {"question": "When does the office open in the morning?"}
    for document, words in ((old, "nine"), (new, "ten")):
        told = api(eve).post(f"{URL}/ask", {**body, "document_ids": [str(document.pk)]}).json()
        assert {source["document_id"] for source in told["sources"]} == {str(document.pk)}
        assert words in told["answer"]


def test_a_newer_revision_is_the_one_that_answers(take_in, api, eve):
    from documents.indexing import read_revision

    document = take_in("Hours.txt", b"The office opens at nine in the morning.")
    text = "The office opens at ten in the morning."
    api(eve).post(f"{URL}/{document.pk}/revisions", {"filename": "Hours.txt", "text": text})
    read_revision(document.revisions.get(number=2).pk)
    told = api(eve).post(f"{URL}/ask", {"question": "When does the office open?"}).json()
    assert told["answer"] == text
    assert [source["revision"] for source in told["sources"]] == [2]


# --- What one may not read


def test_nobody_learns_of_what_they_may_not_read(take_in, api, eve, sarah, ada):
    secret = "The Falcon merger closes in March for ninety million."
    take_in("Falcon.txt", secret.encode())
    take_in("Hours.txt", b"The office opens at nine in the morning.", visibility="office")
    body = {"question": "When does the Falcon merger close?"}
    assert secret in api(eve).post(f"{URL}/ask", body).json()["answer"]
    assert secret in api(ada).post(f"{URL}/ask", body).json()["answer"]
    seen = api(sarah).post(f"{URL}/ask", body)
    assert "Falcon" not in seen.content.decode().replace(body["question"], "")
    assert seen.json()["grounded"] is False


def test_a_score_does_not_depend_on_what_one_may_not_read(take_in, api, eve, sarah):
    """How rare a word is elsewhere would tell that it stands there."""
    take_in("Hours.txt", b"The office opens at nine in the morning.", by=sarah)
    body = {"question": "When does the office open?"}
    before = api(sarah).post(f"{URL}/ask", body).json()
    for number in range(5):
        take_in(f"{number}.txt", b"The office office office opens a morning in the office.", by=eve)
    assert api(sarah).post(f"{URL}/ask", body).json() == before


def test_a_document_that_is_hidden_again_is_not_quoted(take_in, api, eve, sarah):
    """Vectors are kept in memory; what may be read is asked each time."""
    document = take_in("Hours.txt", b"The office opens at nine o'clock.", visibility="office")
    body = {"question": "When does the office open?"}
    assert api(sarah).post(f"{URL}/ask", body).json()["grounded"] is True
    api(eve).patch(f"{URL}/{document.pk}", {"visibility": "private"})
    assert api(sarah).post(f"{URL}/ask", body).json()["sources"] == []


def test_a_deleted_document_is_not_quoted(take_in, api, ada):
    document = take_in("Hours.txt", b"The office opens at nine o'clock.", visibility="office")
    body = {"question": "When does the office open?"}
    assert api(ada).post(f"{URL}/ask", body).json()["grounded"] is True
    api(ada).delete(f"{URL}/{document.pk}")
    assert api(ada).post(f"{URL}/ask", body).json()["sources"] == []


# --- Without vectors, and what it costs


def test_words_alone_answer_too(office, api, monkeypatch):
    monkeypatch.setattr("documents.index.retrieval.embedder", lambda: None)
    told = ask_documents("Who waters the ferns in the lobby?", by=office)
    assert told.grounded
    assert "facilities team" in told.answer


def test_vectors_that_do_not_fit_into_memory_are_read_for_the_best_by_words(office, settings):
    settings.VECTOR_CACHE_BYTES = 100
    told = ask_documents("Who waters the ferns in the lobby?", by=office)
    assert told.grounded
    assert "facilities team" in told.answer


def test_a_question_costs_the_same_queries_however_much_there_is(take_in, eve):
    counts = []
    for number in range(12):
        take_in(f"{number}.txt", f"Room {number} has {number + 2} chairs.".encode())
        if number not in {1, 11}:
            continue
        ask_documents("How many chairs are in room 1?", by=eve)
        with CaptureQueriesContext(connection) as caught:
            ask_documents("How many chairs are in room 1?", by=eve)
        counts.append(len(caught))
    assert counts[0] == counts[1] <= 8


# --- In a conversation


def test_a_question_in_a_chat_is_answered_with_its_place(take_in, eve):
    take_in("Plants.md", PLANTS)
    said = answer(text="Who waters the ferns in the lobby?", by=eve, source="api")
    assert "facilities team" in said.reply
    assert "(Plants, “Plants”)" in said.reply


def test_who_may_not_read_documents_is_not_answered_from_them_in_a_chat(take_in, ada, api):
    """A conversation opens to everybody: the grant is asked where the documents are."""
    take_in("Plants.md", PLANTS, visibility="office")
    role = create_role(name="gardener", permissions=[Permission.TASK_READ], by=ada)
    gus = create_user(
        email="gus@acme.example", full_name="Gus", role=role.name, password=PASSWORD, by=ada
    )
    body = {"message": "Who waters the ferns in the lobby?"}
    told = api(gus).post("/api/v1/assistant/chat", body).json()
    assert told["reply"] == "You may not read documents."
    assert "facilities" in api(ada).post("/api/v1/assistant/chat", body).json()["reply"]


def test_a_page_is_named(take_in, eve):
    take_in("Plants.pdf", pdf("Nothing here.", "The ferns in the lobby are watered on Mondays."))
    said = answer(text="When are the ferns in the lobby watered?", by=eve, source="api")
    assert said.reply.endswith("(Plants, page 2)")


# --- The parts


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("", [101, 102]),
        ("Hello, world!", [101, 7592, 1010, 2088, 999, 102]),
        ("naïve Ünïcode", [101, 15743, 27260, 102]),
        ("北京", [101, 1781, 1755, 102]),
        ("x" * 150, [101, 100, 102]),
        ("a\x00b \u200bc", [101, 11113, 1039, 102]),
    ],
)
def test_tokens_are_those_of_the_model(text, ids):
    assert token_ids(text, 256) == ids


def test_a_long_text_is_cut():
    ids = token_ids("word " * 1000, 256)
    assert (len(ids), ids[0], ids[-1]) == (256, 101, 102)


def test_texts_that_mean_the_same_are_near():
    vectors = embedder().vectors(["How much holiday do I get?", "Days of vacation", "A red car"])
    near, far = vectors[0] @ vectors[1], vectors[0] @ vectors[2]
    assert near > far + 0.2


def test_terms_are_stems_and_codes():
    assert terms_of("Employees' vacations: form HR-7b") == [
        *("employe", "vacat", "form", "hr", "7b"),
        "hr7b",
    ]


@pytest.mark.parametrize(
    "asked", ["Important notes:", "important  NOTES", "Click Search to go on."]
)
def test_a_line_that_is_no_question_leads_to_where_it_stands(asked, take_in, api, eve, sarah):
    for number in range(4):
        text = (
            f"Notes on search {number}. Search for what is important, then go on and click on it."
        )
        take_in(f"{number}.txt", f"{text} {text}".encode())
    filler = b"Rooms are booked at the desk, as are lamps and plants. " * 9
    wanted = take_in("Wanted.txt", filler + b"\n\nImportant notes:\n\nClick Search to go on.")
    told = api(eve).post("/api/v1/documents/ask", {"question": asked}).json()
    assert told["sources"][0]["document_id"] == str(wanted.pk)
    told = api(sarah).post("/api/v1/documents/ask", {"question": asked}).json()
    assert told["sources"] == [], "who may not read it is not led there"


# --- The documents of the demo


@pytest.mark.skipif(not SHARED.exists(), reason="../shared/data/policy-docs is missing")
def test_every_paragraph_of_a_real_pdf_is_cited_on_its_page(take_in, eve):
    """Who asks in its words is sent to the page where it stands, and shown what stands there."""
    take_in("Travel.pdf", (SHARED / "tts-travel-guide-faq.pdf").read_bytes())
    told = json.loads((SHARED / "tts-travel-guide-faq.pages.json").read_text(encoding="utf-8"))
    pages = {}
    for page, text in Chunk.objects.order_by("position").values_list("page", "text"):
        pages[page] = pages.get(page, "") + letters(text)
    paragraphs = [(int(page), text) for page, texts in told.items() for text in texts
                  if len(letters(text)) >= FEWEST_LETTERS]  # fmt: skip
    assert len(paragraphs) == 261
    assert [pair for pair in paragraphs if letters(pair[1]) not in pages[pair[0]]] == []
    missed = []
    for page, text in paragraphs:
        sources = ask_documents(text[:1000], by=eve).sources
        for source in sources:
            for piece in source.excerpt.split(" … "):
                assert letters(piece) in pages[source.page]
        where = {number for number, all_of_it in pages.items() if letters(text) in all_of_it}
        if not where & {source.page for source in sources}:
            missed.append((page, text))
    assert missed == []


FEWEST_LETTERS = 12


def letters(text):
    return re.sub(r"[^\w]", "", text)

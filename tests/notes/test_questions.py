"""Questions to a note: from its own words, and from those of its documents that one may read."""

import pytest

from documents.answers.answering import NOT_AT_ALL
from documents.indexing import read_revision
from documents.services import create_document
from notes.services import NewNote, create_note
from tenants.uploads import Upload

BODY = """# Kick-off

Ada: Welcome. The budget of the Acme project is forty thousand euros.
Max: We begin on the first of June, and the review is in September.
Eve: I will order the new badges at the print shop in Leith Street.
"""


@pytest.fixture
def note(eve):
    return create_note(new=NewNote(title="Kick-off", body=BODY, visibility="office"), by=eve)


def document_of(user, text, visibility="private"):
    document = create_document(
        upload=Upload("Terms.txt", [text.encode()]), by=user, visibility=visibility
    )
    read_revision(document.revisions.get().pk)
    return document


def ask(client, note, question):
    return client.post(f"/api/v1/notes/{note.pk}/qa", {"question": question}).json()


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What is the budget of the Acme project?", "forty thousand euros"),
        ("When is the review?", "September"),
        ("Where will Eve order the badges?", "Leith Street"),
    ],
)
def test_a_note_answers_in_its_own_words(note, api, max_, question, words):
    told = ask(api(max_), note, question)
    assert told["grounded"] is True
    assert words in told["answer"]
    [source] = told["sources"]
    assert (source["document"], source["document_id"], source["page"]) == ("Kick-off", None, None)
    assert source["note_id"] == str(note.pk)


def test_what_it_does_not_say_is_refused(note, api, max_):
    told = ask(api(max_), note, "Who won the chess championship in 1972?")
    assert (told["answer"], told["grounded"], told["sources"]) == (NOT_AT_ALL, False, [])


def test_an_empty_note_says_nothing(eve, api):
    note = create_note(new=NewNote(title="Empty"), by=eve)
    assert ask(api(eve), note, "What is the budget?")["sources"] == []


def test_its_documents_answer_those_who_may_read_them(note, api, eve, max_):
    terms = document_of(eve, "The penalty for late delivery is two percent a week.")
    body = {"document_ids": [str(terms.pk)]}
    assert api(eve).patch(f"/api/v1/notes/{note.pk}", body).json()["document_ids"] == [
        str(terms.pk)
    ]
    question = "What is the penalty for late delivery?"
    told = ask(api(eve), note, question)
    assert "two percent" in told["answer"]
    assert told["sources"][0]["document_id"] == str(terms.pk)
    hidden = ask(api(max_), note, question)
    assert hidden["grounded"] is False
    assert "two percent" not in str(hidden)


def test_nobody_names_a_document_that_they_may_not_read(note, api, eve, sarah):
    secret = document_of(sarah, "A secret.")
    answer = api(eve).patch(f"/api/v1/notes/{note.pk}", {"document_ids": [str(secret.pk)]})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == "document_ids"


def test_a_document_is_named_to_those_who_may_read_it_alone(note, api, eve, sarah, ada):
    """An id in a note would tell that there is a document."""
    hidden = document_of(sarah, "A secret.")
    shown = document_of(eve, "The terms.", "office")
    ids = [str(hidden.pk), str(shown.pk)]
    url = f"/api/v1/notes/{note.pk}"
    assert api(ada).patch(url, {"document_ids": ids}).json()["document_ids"] == ids
    client = api(eve)
    [listed] = client.get("/api/v1/notes").json()["results"]
    assert listed["document_ids"] == client.get(url).json()["document_ids"] == [str(shown.pk)]
    [first] = client.get(f"{url}/versions").json()["results"]
    restored = client.post(f"{url}/versions/{first['id']}/restore").json()
    assert restored["document_ids"] == [str(shown.pk)]


def test_who_changes_the_documents_of_a_note_keeps_those_that_they_may_not_read(
    note, api, eve, sarah, ada
):
    hidden = document_of(sarah, "A secret.")
    url = f"/api/v1/notes/{note.pk}"
    api(ada).patch(url, {"document_ids": [str(hidden.pk)]})
    assert api(eve).patch(url, {"document_ids": []}).json()["document_ids"] == []
    guess = api(eve).patch(url, {"document_ids": [str(hidden.pk)]})
    assert guess.status_code == 400
    assert api(ada).get(url).json()["document_ids"] == [str(hidden.pk)]


def test_strangers_to_a_private_note_ask_nothing(eve, sarah, api):
    note = create_note(new=NewNote(title="Mine", body=BODY), by=eve)
    answer = api(sarah).post(f"/api/v1/notes/{note.pk}/qa", {"question": "What is the budget?"})
    assert answer.status_code == 404

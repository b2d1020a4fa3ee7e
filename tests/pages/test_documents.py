"""Documents as people hand them in, read and sign them, and what they answer."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from documents.indexing import read_revision
from documents.models import Document, Revision, SignOff
from documents.services import create_document, update_document
from messaging.models import OutgoingMessage
from tenants.context import tenant_context
from tenants.uploads import Upload
from tests.pages.conftest import text_of

LEAVE = b"""\
# Vacation policy

Everybody has 28 days of paid vacation in each calendar year.

## What is left over

Up to five days may be taken until the end of March of the next year.
"""

# Who sends a line wants the place where it stands, and no answer to it.
LINE = "Up to five days may be taken until the end of March of the next year."


def file(name="leave.md", content=LEAVE):
    return SimpleUploadedFile(name, content)


def take_in(by, title="Vacation policy", content=LEAVE, **facts):
    upload = Upload("leave.md", [content])
    document = create_document(upload=upload, by=by, title=title, **facts)
    read_revision(document.revisions.get().pk)
    return Document.objects.get(pk=document.pk)


def titles(answer) -> list[str]:
    return [document.title for document, *_said in answer.context["rows"]]


# --- Which there are


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("search=vac", ["Vacation policy"]),
        ("kind=policy", []),
        ("status=failed", ["Broken"]),
        ("status=to_sign", ["Broken"]),
    ],
)
def test_documents_are_found_by_title_kind_and_state(browser, ada, query, found):
    take_in(ada)
    facts = {"status": "failed", "revision": 1, "sign_by_all": True}
    Document.objects.create(title="Broken", owner=ada, **facts)
    answer = browser(ada).get(f"/documents?{query}")
    assert titles(answer) == found
    assert found or "No document fits." in text_of(answer)


def test_what_i_may_not_read_does_not_exist(browser, ada, eve, mia, globex):
    with tenant_context(globex):
        foreign = Document.objects.create(title="Theirs", owner=mia)
    private = take_in(ada)
    own = private.revisions.get()
    assert titles(browser(eve).get("/documents")) == []
    for client, document in ((browser(eve), private), (browser(ada), foreign)):
        here = f"/documents/{document.pk}"
        assert client.get(here).status_code == 404
        assert client.get(f"{here}/files/{own.pk}").status_code == 404
        for path, form in (("files", {"file": file()}), ("sign", {"revision": 1}), ("remind", {})):
            assert client.post(f"{here}/{path}", form).status_code == 404
    assert browser(ada).post(f"/documents/{foreign.pk}/delete").status_code == 404


def test_a_role_without_the_right_is_refused(browser, eve):
    document = take_in(eve)
    eve.role.permissions = ["task:read"]
    eve.role.save()
    client, here = browser(eve), f"/documents/{document.pk}"
    for path in ("/documents", "/documents/new", "/ask", here):
        assert client.get(path).status_code == 403
    for path in ("files", "sign", "remind", "delete"):
        assert client.post(f"{here}/{path}").status_code == 403


@pytest.mark.parametrize("path", ["/documents", "/documents/{pk}"])
def test_fifty_cost_the_queries_of_one(browser, ada, max_, path):
    document, client = take_in(ada), browser(ada)
    path = path.format(pk=document.pk)

    def cost():
        with CaptureQueriesContext(connection) as caught:
            assert client.get(path).status_code == 200
        return len(caught)

    client.get(path)
    few = cost()
    for number in range(25):
        other = Document.objects.create(title=f"{number}", owner=max_, visibility="office")
        for which, place in ((other, 1), (document, number + 2)):
            Revision.objects.create(
                document=which, number=place, filename="a.txt", format="text", size=1, author=max_
            )
    assert cost() == few


# --- Handing in


def test_a_file_is_handed_in_and_its_page_says_how_far_it_is(browser, eve):
    client = browser(eve)
    form = {"file": file(), "title": "", "kind": "policy", "visibility": "office"}
    answer = client.post("/documents/new", form)
    document = Document.objects.get()
    assert answer.url == f"/documents/{document.pk}"
    assert (document.title, document.kind, document.visibility) == ("leave", "policy", "office")
    assert "It waits to be read." in text_of(client.get(answer.url))
    read_revision(document.revisions.get().pk)
    assert "It is found by its words and its meaning." in text_of(client.get(answer.url))


@pytest.mark.parametrize(
    "sent", [None, file("picture.exe", b"MZ\0\0"), file("a.pdf", b"no pdf at all")]
)
def test_what_cannot_be_read_is_refused_at_its_field(browser, eve, sent):
    form = {"kind": "document", "visibility": "private"} | ({"file": sent} if sent else {})
    answer = browser(eve).post("/documents/new", form)
    assert (answer.status_code, list(answer.context["form"].errors)) == (400, ["file"])
    assert not Document.objects.exists()


@pytest.mark.parametrize("path", ["/documents/new", "/documents/{pk}/files"])
def test_a_file_that_is_too_long_is_refused_before_it_is_read(browser, eve, path):
    here = path.format(pk=take_in(eve).pk)
    answer = browser(eve).post(here, {"file": file()}, CONTENT_LENGTH=str(27 * 1024 * 1024))
    assert answer.status_code == 413
    assert "This file is too long." in text_of(answer)
    assert Revision.objects.count() == 1


@pytest.mark.parametrize("path", ["/documents/new", "/documents/{pk}/files"])
def test_a_form_of_another_site_hands_nothing_in(browser, eve, path):
    here = path.format(pk=take_in(eve).pk)
    client = browser(eve)
    client.handler.enforce_csrf_checks = True
    assert client.post(here, {"file": file()}).status_code == 403
    assert Revision.objects.count() == 1


def test_a_newer_file_is_handed_in_by_its_owner(browser, ada, eve):
    document = take_in(ada, visibility="office")
    here = f"/documents/{document.pk}"
    assert browser(eve).post(f"{here}/files", {"file": file()}).status_code == 403
    assert "newer file" not in text_of(browser(eve).get(here))
    empty = browser(ada).post(f"{here}/files")
    assert (empty.status_code, list(empty.context["form"].errors)) == (400, ["file"])
    assert browser(ada).post(f"{here}/files", {"file": file("new.md")}).url == here
    assert [each.number for each in document.revisions.all()] == [2, 1]


def test_a_file_comes_back_as_it_was_sent(browser, ada):
    document = take_in(ada)
    answer = browser(ada).get(f"/documents/{document.pk}/files/{document.revisions.get().pk}")
    assert b"".join(answer.streaming_content) == LEAVE
    assert "attachment" in answer["Content-Disposition"]
    assert answer["Content-Security-Policy"] == "sandbox"
    answer.close()


def test_a_document_is_deleted_once(browser, ada):
    document, client = take_in(ada), browser(ada)
    assert client.post(f"/documents/{document.pk}/delete").url == "/documents"
    assert client.post(f"/documents/{document.pk}/delete").status_code == 404


# --- Signing


@pytest.fixture
def signed(ada):
    document = take_in(ada, visibility="office", kind="policy")
    return update_document(document=document, changes={"sign_by_all": True}, by=ada)


def test_who_is_asked_signs_once(browser, signed, eve):
    client, here = browser(eve), f"/documents/{signed.pk}"
    assert "To be signed by you" in text_of(client.get("/documents"))
    assert "I have read and understood it" in text_of(client.get(here))
    for _click in range(2):
        assert client.post(f"{here}/sign", {"revision": 1}).url == here
    assert SignOff.objects.get().person == eve
    page = text_of(client.get(here))
    assert "I have read and understood it" not in page
    assert "Eve Employee signed Today" in page
    # Others are told to those who may know everybody.
    assert "Ada Admin not yet" not in page
    assert "Ada Admin not yet" in text_of(browser(signed.owner).get(here))


def test_another_revision_than_the_one_that_was_read_is_not_signed(browser, signed, eve):
    client, here = browser(eve), f"/documents/{signed.pk}"
    client.post(f"{here}/sign", {"revision": 2})
    assert "Revision 1 holds now: read that one." in text_of(client.get(here))
    assert client.post(f"{here}/sign", {"revision": "x"}).status_code == 400
    assert not SignOff.objects.exists()


def test_its_owner_reminds_those_who_have_not_signed(browser, signed, ada, eve):
    here = f"/documents/{signed.pk}"
    assert browser(eve).post(f"{here}/remind").status_code == 403
    browser(ada).post(f"{here}/remind")
    assert OutgoingMessage.objects.filter(kind="document_signing", recipient=eve).count() == 1


# --- Asking


def test_an_answer_quotes_the_document_and_its_place(browser, ada):
    document = take_in(ada)
    question = "How many days of paid vacation does everybody have?"
    answer = browser(ada).post("/ask", {"question": question})
    page = text_of(answer)
    assert "It is written Everybody has 28 days of paid vacation" in page
    assert f'href="/documents/{document.pk}"' in answer.content.decode()
    assert "Vacation policy" in page
    assert f'value="{question}"' in answer.content.decode()


def test_what_is_not_stated_clearly_and_what_is_not_there_are_told_apart(browser, ada):
    take_in(ada)
    client = browser(ada)
    unclear = client.post("/ask", {"question": LINE})
    missing = client.post("/ask", {"question": "What does the moon weigh?"})
    said = [answer.context["answered"] for answer in (unclear, missing)]
    assert [bool(each.sources) for each in said] == [True, False]
    assert "Not stated clearly" in text_of(unclear)
    assert "<blockquote>" in unclear.content.decode()
    assert "Not in the documents you can read" in text_of(missing)


def test_nobody_is_answered_from_what_they_may_not_read(browser, ada, eve):
    take_in(ada)
    client = browser(eve)
    assert "There is nothing to ask yet." in text_of(client.get("/ask"))
    answer = client.post("/ask", {"question": "How many days of vacation does everybody have?"})
    assert "28" not in text_of(answer)
    assert "Not in the documents you can read" in text_of(answer)


@pytest.mark.parametrize("question", ["", "  ", "x" * 1_001])
def test_what_is_no_question_is_refused_at_its_field(browser, ada, question):
    answer = browser(ada).post("/ask", {"question": question})
    assert (answer.status_code, list(answer.context["form"].errors)) == (400, ["question"])

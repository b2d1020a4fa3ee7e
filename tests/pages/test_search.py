"""Search over everything: what fits, only what one may read, and slips of the finger."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from calendar_app.models import Visibility
from calendar_app.services import NewEvent, create_event
from common.likeness import words_of
from documents.index.chunking import Piece
from documents.indexing import replace_index
from documents.models import Document, Revision
from notes.services import NewNote, create_note
from tasks.models import Task
from tasks.services import NewTask, create_task
from tenants.context import tenant_context
from tests.pages.conftest import text_of


def found(client, text) -> dict[str, list[str]]:
    answer = client.get("/search", {"q": text})
    assert answer.status_code == 200
    return {group.title: [each.title for each in group.found] for group in answer.context["groups"]}


def call(by, title, **facts):
    start = timezone.now() + timezone.timedelta(days=1)
    return create_event(new=NewEvent(title=title, start=start, **facts), by=by)


def hand_in(by, title, text, **facts):
    document = Document.objects.create(title=title, owner=by, revision=1, **facts)
    revision = Revision.objects.create(
        document=document, number=1, filename="a.txt", format="text", size=1, author=by
    )
    replace_index(revision.pk, [Piece(text)], pages=None)
    return document


def test_without_words_it_says_what_to_do(browser, eve):
    client = browser(eve)
    assert "What are you looking for?" in text_of(client.get("/search"))
    assert "What are you looking for?" in text_of(client.get("/search?q="))
    assert "Nothing fits." in text_of(client.get("/search?q=!!"))
    assert text_of(client.get("/search/glance")) == ""


def test_everything_is_found_by_its_words(browser, task, ada):
    call(ada, "Garden party", location="Roof")
    create_note(new=NewNote(title="Minutes", body="The plants are thirsty."), by=ada)
    hand_in(ada, "Handbook", "Whoever is in early waters the plants.")
    client = browser(ada)
    assert found(client, "plants") == {
        "Tasks": ["Water the plants"],
        "Notes": ["Minutes"],
        "Documents": ["Handbook"],
    }
    assert found(client, "roof party") == {"Events": ["Garden party"]}
    assert found(client, "employee") == {"People": ["Eve Employee"]}
    assert found(client, "plants nowhere") == {}
    links = client.get("/search?q=eve").content.decode()
    assert f"/tasks?assignee={task.assignee_id}" in links


@pytest.mark.parametrize("typed", ["plnats", "plamts", "plats", "plantss", "watre plants"])
def test_a_slip_of_the_finger_does_not_matter(browser, task, ada, typed):
    assert found(browser(ada), typed) == {"Tasks": ["Water the plants"]}


@pytest.mark.parametrize("typed", ["xyz", "plnst", "water.roses", "(", "100%", "p_q_z", "\\m"])
def test_what_is_like_nothing_finds_nothing(browser, task, ada, typed):
    assert found(browser(ada), typed).get("Tasks", []) == []


def test_what_i_may_not_read_is_not_found(browser, task, ada, sarah, mia, globex):
    call(ada, "Secret plants", visibility=Visibility.BUSY)
    create_note(new=NewNote(title="Plants", body="plants"), by=ada)
    hand_in(ada, "Plants", "plants", visibility="private")
    with tenant_context(globex):
        create_task(new=NewTask(title="Their plants", assignee_id=mia.pk), by=mia)
    client = browser(sarah)
    assert found(client, "plants") == found(client, "plnats") == found(client, "ada admin") == {}
    assert found(browser(ada), "plants").keys() == {"Tasks", "Events", "Notes", "Documents"}
    assert found(browser(ada), "their") == {}


def test_a_role_finds_only_the_kinds_it_may_read(browser, task, eve):
    create_note(new=NewNote(title="Plants", body=""), by=eve)
    eve.role.permissions = ["note:read"]
    eve.role.save()
    assert found(browser(eve), "plants") == {"Notes": ["Plants"]}


def test_many_end_with_a_way_to_all_and_cost_the_queries_of_one(browser, ada):
    client = browser(ada)

    def cost(text):
        with CaptureQueriesContext(connection) as caught:
            groups = client.get("/search", {"q": text}).context["groups"]
        sent = [each["sql"] for each in caught if "SAVEPOINT" not in each["sql"]]
        return len(sent), sum(len(group.found) for group in groups)

    def add(number):
        create_task(new=NewTask(title=f"Badge {number}", assignee_id=ada.pk), by=ada)
        create_note(new=NewNote(title=f"Badge {number}", body="Badge"), by=ada)
        call(ada, f"Badge {number}")
        hand_in(ada, f"Badge {number}", "badge")

    add(0)
    cost("badge")
    few = [cost("badge"), cost("bagde")]
    assert [one[1] for one in few] == [4, 4]
    for number in range(1, 12):
        add(number)
    many = [cost("badge"), cost("bagde")]
    assert [one[0] for one in many] == [one[0] for one in few]
    assert [one[1] for one in many] == [32, 32]
    assert [one[0] <= most for one, most in zip(many, (12, 16), strict=True)] == [True, True]
    page = client.get("/search?q=badge").content.decode()
    assert "/tasks?search=badge" in page
    assert "/notes?search=badge" in page


def test_too_long_a_text_is_refused_at_its_field(browser, ada):
    answer = browser(ada).get("/search", {"q": "x" * 201})
    assert (answer.status_code, "at most 200 characters" in text_of(answer)) == (400, True)
    assert len(words_of("a " * 100)) == 8


def test_titles_are_only_text_and_strangers_sign_in(browser, task, ada):
    Task.objects.filter(pk=task.pk).update(title="<b>plants")
    assert b"<b>plants" not in browser(ada).get("/search?q=plants").content
    assert browser().get("/search?q=plants").url.startswith("/sign-in")

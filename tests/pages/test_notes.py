"""Notes as people find, read and write them; meetings; and what was said before."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notes.models import Note, NoteVersion
from notes.services import NewNote, create_note, update_note
from tasks.models import Task
from tenants.context import tenant_context
from tests.pages.conftest import text_of

MINUTES = """\
# Weekly meeting

Ada: We decided to open the second shop in Leipzig in autumn.
Max: I will send the contract to the landlord by Friday.
Eve: The old printer is broken again.
"""
FORM = {"title": "Minutes", "kind": "meeting", "visibility": "private", "body": MINUTES}


def write(by, title="Minutes", body="Text", **facts):
    return create_note(new=NewNote(title=title, body=body, **facts), by=by)


def titles(answer) -> list[str]:
    return [note.title for note, _when in answer.context["rows"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("search=landlord", ["Lease"]),
        ("search=nothing-like-it", []),
        ("kind=meeting", ["Weekly"]),
        ("tag=acme", ["Weekly"]),
        ("tag=acme&search=landlord", []),
    ],
)
def test_notes_are_found_by_words_kind_and_tag(browser, ada, query, found):
    write(ada, "Lease", "The landlord agrees.")
    write(ada, "Weekly", "We met.", kind="meeting", tags=["acme"])
    answer = browser(ada).get(f"/notes?{query}")
    assert titles(answer) == found
    assert found or "No note fits." in text_of(answer)


def test_a_note_is_shown_as_markdown_that_cannot_act(browser, ada):
    note = write(ada, body="# Head\n\n*soft* <script>alert(1)</script> [x](javascript:alert(1))")
    html = browser(ada).get(f"/notes/{note.pk}").content.decode()
    assert "<em>soft</em>" in html
    assert "<script>alert" not in html
    assert 'href="javascript' not in html


def test_what_i_may_not_read_does_not_exist(browser, ada, eve, mia, globex):
    with tenant_context(globex):
        foreign = write(mia)
    private = write(ada)
    assert titles(browser(eve).get("/notes")) == []
    for client, note in ((browser(eve), private), (browser(ada), foreign)):
        here = f"/notes/{note.pk}"
        for path in ("", "/edit", "/versions"):
            assert client.get(here + path).status_code == 404
        posts = {"/edit": FORM, "/summarize": {}, "/tasks": {"item": 0}}
        for path, form in posts.items():
            assert client.post(here + path, form).status_code == 404
    assert browser(ada).post(f"/notes/{foreign.pk}/delete").status_code == 404


def test_a_role_without_the_right_is_refused(browser, ada, eve):
    note = write(eve)
    eve.role.permissions = ["note:read"]
    eve.role.save()
    client = browser(eve)
    assert client.get(f"/notes/{note.pk}").status_code == 200
    for path in ("new", f"{note.pk}/edit", f"{note.pk}/summarize", f"{note.pk}/tasks"):
        assert client.post(f"/notes/{path}", FORM).status_code == 403
    assert client.post(f"/notes/{note.pk}/delete").status_code == 403
    eve.role.permissions = ["task:read"]
    eve.role.save()
    assert browser(eve).get("/notes").status_code == 403


@pytest.mark.parametrize("path", ["/notes", "/notes?search=text", "/notes/{pk}/versions"])
def test_fifty_cost_the_queries_of_one(browser, ada, max_, path):
    note, client = write(ada), browser(ada)
    path = path.format(pk=note.pk)

    def cost():
        with CaptureQueriesContext(connection) as caught:
            assert client.get(path).status_code == 200
        return len(caught)

    client.get(path)
    few = cost()
    for number in range(25):
        write(max_, f"Text {number}", tags=["acme"], visibility="office")
        NoteVersion.objects.create(note=note, number=number + 2, author=max_, title="x")
    assert cost() == few


# --- Writing


def test_a_note_is_written_down(browser, max_, eve):
    form = {**FORM, "tags": "acme, lease", "people": [eve.pk], "held_at": "2030-05-14T10:00"}
    answer = browser(max_).post("/notes/new", form)
    note = Note.objects.get()
    assert answer.url == f"/notes/{note.pk}"
    assert (note.body, note.tags, note.source) == (MINUTES, ["acme", "lease"], "page")
    assert (note.attendee_ids, f"{note.held_at:%F %R}") == ([eve.pk], "2030-05-14 10:00")
    assert "There: Eve Employee" in text_of(browser(eve).get(f"/notes/{note.pk}"))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"kind": "x"}, "kind"),
        ({"held_at": "x"}, "held_at"),
        ({"tags": "x" * 51}, "tags"),
        ({"people": "11111111-1111-4111-8111-111111111111"}, "people"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(browser, max_, changes, field):
    answer = browser(max_).post("/notes/new", {**FORM, **changes})
    assert (answer.status_code, list(answer.context["form"].errors)) == (400, [field])
    assert not Note.objects.exists()


def test_an_employee_names_only_people_that_the_page_knows(browser, ada, eve):
    answer = browser(eve).post("/notes/new", {**FORM, "people": ada.pk})
    assert (answer.status_code, list(answer.context["form"].errors)) == (400, ["people"])


def test_a_change_is_a_version_and_keeps_who_was_there(browser, max_, eve):
    note = write(max_, attendee_ids=[eve.pk])
    client, here = browser(max_), f"/notes/{note.pk}/edit"
    form = {**FORM, "version": 1, "people": [eve.pk]}
    assert client.post(here, form).status_code == 302
    note.refresh_from_db()
    assert (note.version, note.body, note.attendee_ids) == (2, MINUTES, [eve.pk])


def test_a_change_of_an_old_text_is_not_lost_and_loses_nothing(browser, ada):
    note = write(ada)
    update_note(note=Note.objects.get(), changes={"body": "Newer"}, by=ada)
    answer = browser(ada).post(f"/notes/{note.pk}/edit", {**FORM, "version": 1})
    assert answer.status_code == 412
    assert "Somebody has changed this note meanwhile." in text_of(answer)
    assert "second shop" in text_of(answer)
    assert Note.objects.get().body == "Newer"


def test_somebody_elses_note_is_read_and_not_changed(browser, ada, eve):
    note = write(ada, visibility="office")
    client = browser(eve)
    assert "Change" not in text_of(client.get(f"/notes/{note.pk}"))
    answer = client.post(f"/notes/{note.pk}/edit", {**FORM, "version": 1})
    assert answer.status_code == 403
    assert Note.objects.get().body == "Text"


def test_a_note_is_deleted_once(browser, ada):
    note, client = write(ada), browser(ada)
    assert client.post(f"/notes/{note.pk}/delete").url == "/notes"
    assert client.post(f"/notes/{note.pk}/delete").status_code == 404


# --- What it said before


def test_versions_show_what_was_changed_and_are_restored(browser, ada):
    note, client = write(ada, body="One\nTwo"), browser(ada)
    update_note(note=Note.objects.get(), changes={"body": "One\nThree"}, by=ada)
    assert "2 · Minutes" in text_of(client.get(f"/notes/{note.pk}/versions"))
    first, second = NoteVersion.objects.order_by("number")
    html = client.get(f"/notes/{note.pk}/versions/{second.pk}").content.decode()
    assert re.findall(r"<(?:ins|del)>[^<]*", html) == ["<del>Two", "<ins>Three"]
    assert "Say this again" not in html
    here = f"/notes/{note.pk}/versions/{first.pk}"
    assert "Say this again" in text_of(client.get(here))
    assert client.post(f"{here}/restore").url == f"/notes/{note.pk}"
    note.refresh_from_db()
    assert (note.body, note.version) == ("One\nTwo", 3)


def test_a_version_belongs_to_its_note(browser, ada, eve):
    note, other = write(ada), write(ada, "Other")
    version = NoteVersion.objects.get(note=other)
    here = f"/notes/{note.pk}/versions/{version.pk}"
    assert browser(ada).get(here).status_code == 404
    assert browser(ada).post(f"{here}/restore").status_code == 404
    theirs = f"/notes/{other.pk}/versions/{version.pk}"
    assert browser(eve).get(theirs).status_code == 404


# --- Meetings


@pytest.fixture
def meeting(ada, max_, in_acme):
    return write(ada, body=MINUTES, kind="meeting", visibility="office")


def item_of(client, note):
    """The item about the contract."""
    items = client.get(f"/notes/{note.pk}").context["items"]
    return next(item for item in items if "contract" in item.evidence)


def test_a_meeting_is_summarised_and_says_who_does_what(browser, meeting, ada):
    client = browser(ada)
    answer = client.post(f"/notes/{meeting.pk}/summarize", {"length": "short"})
    assert answer.url == f"/notes/{meeting.pk}"
    page = text_of(client.get(answer.url))
    assert "In short" in page
    item = item_of(client, meeting)
    assert (item.who, item.is_task) == ("Max Manager", False)
    assert "send the contract to the landlord by Friday" in item.evidence
    assert item.evidence in page


def test_an_item_becomes_a_task_with_one_click_and_once(browser, meeting, ada, max_):
    client = browser(ada)
    client.post(f"/notes/{meeting.pk}/summarize")
    item = item_of(client, meeting).number
    for _click in range(2):
        answer = client.post(f"/notes/{meeting.pk}/tasks", {"item": item})
        assert answer.url == f"/notes/{meeting.pk}"
    task = Task.objects.get()
    assert (task.assignee, task.source) == (max_, "note")
    assert "send the contract to the landlord by Friday" in task.description
    page = client.get(f"/notes/{meeting.pk}")
    assert "It is a task already." in text_of(page)
    assert f'href="/tasks/{task.pk}"' in page.content.decode()


def test_who_may_not_see_the_task_sees_that_it_is_one(browser, meeting, ada, eve):
    browser(ada).post(f"/notes/{meeting.pk}/summarize")
    item = item_of(browser(ada), meeting).number
    browser(ada).post(f"/notes/{meeting.pk}/tasks", {"item": item})
    html = browser(eve).get(f"/notes/{meeting.pk}").content.decode()
    assert "A task" in html
    assert f"/tasks/{Task.objects.get().pk}" not in html


def test_who_may_not_give_work_to_others_is_told(browser, meeting, ada, eve):
    browser(ada).post(f"/notes/{meeting.pk}/summarize")
    client = browser(eve)
    client.post(f"/notes/{meeting.pk}/tasks", {"item": item_of(client, meeting).number})
    assert "You may not give work to others." in text_of(client.get(f"/notes/{meeting.pk}"))
    assert not Task.objects.exists()


@pytest.mark.parametrize("item", ["", "x", "-1", "99"])
def test_an_item_that_there_is_not_is_no_task(browser, meeting, ada, item):
    browser(ada).post(f"/notes/{meeting.pk}/summarize")
    browser(ada).post(f"/notes/{meeting.pk}/tasks", {"item": item})
    assert not Task.objects.exists()


def test_a_long_note_is_summarised_in_the_background(browser, ada):
    note, client = write(ada, body=MINUTES * 400), browser(ada)
    client.post(f"/notes/{note.pk}/summarize")
    page = text_of(client.get(f"/notes/{note.pk}"))
    assert "This is a long note." in page
    assert "The summary is being made: 0 %." in page


def test_an_old_summary_says_so(browser, meeting, ada):
    client = browser(ada)
    client.post(f"/notes/{meeting.pk}/summarize")
    update_note(note=Note.objects.get(), changes={"body": f"{MINUTES}\nMore."}, by=ada)
    page = text_of(client.get(f"/notes/{meeting.pk}"))
    assert "The text has changed since it was summarised." in page

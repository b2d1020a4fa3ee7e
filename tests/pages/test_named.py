"""Names on pages: marked in comments, offered while one types, told on the page of today."""

import pytest

from tasks.models import Comment, Mention, Task
from tasks.talking import add_comment
from tests.pages.conftest import HTMX, text_of


@pytest.fixture
def shared(ada, sarah, finance):
    """A task of the finance team that Ada gave to Sarah; Max leads the team."""
    return Task.objects.create(title="Approve it", creator=ada, assignee=sarah, team=finance)


def unread(person) -> int:
    return Mention.objects.filter(person=person, read_at=None).count()


def test_names_are_marked_and_everything_else_is_only_text(browser, shared, ada, sarah):
    add_comment(task=shared, body="<b>@Sarah Finance</b> & @Max,\nnot x@Sarah.", by=ada)
    html = browser(sarah).get(f"/tasks/{shared.pk}").content.decode()
    assert '&lt;b&gt;<mark class="mention is-me">@Sarah Finance</mark>&lt;/b&gt; &amp; ' in html
    assert '<mark class="mention">@Max</mark>,<br>not x@Sarah.' in html


def test_who_is_not_told_is_said_in_place(browser, shared, ada, eve):
    client = browser(ada)
    client.post(f"/tasks/{shared.pk}/comments", {"body": "@Eve, look"})
    page = client.get(f"/tasks/{shared.pk}")
    assert "Not told, because they may not see this task: Eve Employee." in text_of(page)
    assert "<mark" not in page.content.decode()
    assert unread(eve) == 0


def test_today_tells_until_it_is_read(browser, shared, ada, sarah):
    for number in range(7):
        add_comment(task=shared, body=f"@Sarah, number {number}", by=ada)
    client = browser(sarah)
    page = text_of(client.get("/"))
    assert "You are mentioned 7" in page
    assert "… and 2 more." in page
    newest = Mention.objects.filter(person=sarah).latest("created_at")
    assert client.post(f"/mentions/{newest.pk}/read", **HTMX).status_code == 200
    assert client.post(f"/mentions/{newest.pk}/read").url == "/"
    assert unread(sarah) == 6
    client.post("/mentions/read")
    assert unread(sarah) == 0
    assert "You are mentioned" not in text_of(client.get("/"))


def test_opening_the_task_reads_it_and_a_page_that_asks_by_itself_does_not(
    browser, shared, ada, sarah, task
):
    add_comment(task=shared, body="@Sarah @Max", by=ada)
    add_comment(task=task, body="@Eve", by=ada)
    client = browser(sarah)
    client.get(f"/tasks/{shared.pk}", headers={"x-refresh": "1"})
    assert unread(sarah) == 1
    client.get(f"/tasks/{shared.pk}")
    assert unread(sarah) == 0
    assert Mention.objects.filter(read_at=None).count() == 2


def test_what_names_others_is_not_there_for_one(browser, shared, ada, sarah, max_):
    add_comment(task=shared, body="@Sarah", by=ada)
    mention = Mention.objects.get()
    assert browser(max_).post(f"/mentions/{mention.pk}/read").status_code == 404
    browser(max_).post("/mentions/read")
    assert unread(sarah) == 1


def test_names_are_offered_of_those_who_may_see_the_task(browser, shared, ada, max_, eve):
    client, path = browser(max_), f"/tasks/{shared.pk}/people"
    assert "Sarah Finance" in text_of(client.get(path, {"start": "sa"}))
    assert "Finance Team" in text_of(client.get(path, {"start": "fi"}))
    for start in ("", "Eve", "Max", "x", "%", "a b c"):
        assert text_of(client.get(path, {"start": start})).strip() == ""
    assert browser(eve).get(path, {"start": "sa"}).status_code == 404


def test_two_of_one_name_are_offered_by_their_addresses(browser, shared, ada, sarah, max_):
    max_.full_name = "Sarah Finance"
    max_.save()
    html = browser(ada).get(f"/tasks/{shared.pk}/people", {"start": "Sarah"}).content.decode()
    assert 'data-name="max@acme.example"' in html
    assert 'data-name="sarah@acme.example"' in html


def test_a_comment_is_said_in_other_words_by_its_author_alone(browser, shared, ada, sarah):
    said = add_comment(task=shared, body="Look.", by=sarah)
    client, path = browser(sarah), f"/tasks/comments/{said.pk}/edit"
    assert client.post(path, {"body": "@Ada, look."}).url == f"/tasks/{shared.pk}"
    assert (Comment.objects.get().body, unread(ada)) == ("@Ada, look.", 1)
    client.post(path, {"body": " "})
    assert "Write something first." in text_of(client.get(f"/tasks/{shared.pk}"))
    other = browser(ada)
    assert path not in other.get(f"/tasks/{shared.pk}").content.decode()
    other.post(path, {"body": "Mine"})
    assert "Only its author can change a comment." in text_of(other.get(f"/tasks/{shared.pk}"))
    assert Comment.objects.get().body == "@Ada, look."

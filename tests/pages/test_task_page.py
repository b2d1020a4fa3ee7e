"""One task: its page, its comments, and completing it."""

import pytest
from django.utils import timezone

from tasks.models import Comment, Reminder, Task
from tenants.context import tenant_context
from tests.pages.conftest import HTMX, text_of


def test_the_page_shows_the_task(browser, task, eve, finance):
    Task.objects.filter(pk=task.pk).update(
        due_date="2030-05-14T10:00:00Z",
        timezone="UTC",
        recurrence="FREQ=WEEKLY;INTERVAL=2;BYDAY=MO",
        team=finance,
        labels=["office", "green"],
        priority="urgent",
        description="The ones in the hall.\nNot the cactus.",
    )
    Reminder.objects.create(task=task, minutes_before=1440)
    Comment.objects.create(task=task, author=eve, body="They look fine.")
    page = text_of(browser(eve).get(f"/tasks/{task.pk}"))
    for words in (
        "Water the plants",
        "Written down by Ada Admin",
        "Due Tue 14 May 2030, 10:00",
        "Who Eve Employee",
        "Team Finance",
        "Priority Urgent",
        "Repeats Every 2 weeks on Monday",
        "Labels office, green",
        "Mon 13 May 2030, 10:00 · 1 day before",
        "The ones in the hall. Not the cactus.",
        "Eve Employee Today",
        "They look fine.",
    ):
        assert words in page


@pytest.mark.parametrize(
    ("method", "path"), [("get", ""), ("post", "/complete"), ("post", "/comments")]
)
def test_what_i_may_not_see_does_not_exist(browser, task, sarah, method, path):
    answer = getattr(browser(sarah), method)(f"/tasks/{task.pk}{path}", {"body": "hi"})
    assert answer.status_code == 404
    assert "There is nothing here." in text_of(answer)
    task.refresh_from_db()
    assert task.is_open
    assert not Comment.objects.exists()


def test_a_task_of_another_office_does_not_exist(browser, ada, mia, globex, acme):
    with tenant_context(globex):
        foreign = Task.objects.create(title="Theirs", creator=mia, assignee=mia)
    assert browser(ada).get(f"/tasks/{foreign.pk}").status_code == 404
    assert browser(ada).post(f"/tasks/{foreign.pk}/complete").status_code == 404


def test_completing_leads_back_with_a_message(browser, task, eve):
    client = browser(eve)
    answer = client.post(f"/tasks/{task.pk}/complete")
    assert (answer.status_code, answer.url) == (302, "/")
    assert "“Water the plants” is done." in text_of(client.get("/"))
    task.refresh_from_db()
    assert task.status == "done"


def test_completing_leads_back_to_the_page_it_came_from(browser, task, eve):
    here = f"/tasks/{task.pk}"
    assert browser(eve).post(f"{here}/complete", {"next": here}).url == here


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/x", "word"])
def test_completing_never_leads_to_another_site(browser, task, eve, target):
    assert browser(eve).post(f"/tasks/{task.pk}/complete", {"next": target}).url == "/"


def test_a_second_click_is_calm_and_changes_nothing(browser, task, eve):
    client = browser(eve)
    client.post(f"/tasks/{task.pk}/complete")
    first = Task.objects.get(pk=task.pk).completed_at
    client.get("/")
    assert client.post(f"/tasks/{task.pk}/complete").status_code == 302
    assert "“Water the plants” is already closed." in text_of(client.get("/"))
    assert Task.objects.get(pk=task.pk).completed_at == first


def test_htmx_gets_the_row_of_the_done_task_each_time(browser, task, eve):
    client = browser(eve)
    for sentence in ("“Water the plants” is done.", "“Water the plants” is already closed."):
        answer = client.post(f"/tasks/{task.pk}/complete", **HTMX)
        html = answer.content.decode()
        assert answer.status_code == 200
        assert html.lstrip().startswith('<li class="row is-done"')
        assert "/complete" not in html
        assert sentence in html


def test_a_repeating_task_says_that_it_comes_again(browser, task, eve):
    due = timezone.now() + timezone.timedelta(hours=1)
    Task.objects.filter(pk=task.pk).update(due_date=due, recurrence="FREQ=DAILY")
    answer = browser(eve).post(f"/tasks/{task.pk}/complete", **HTMX)
    assert "It repeats: show the next one" in text_of(answer)
    assert Task.objects.filter(title=task.title).count() == 2


def test_looking_completes_nothing(browser, task, eve):
    assert browser(eve).get(f"/tasks/{task.pk}/complete").status_code == 405


def test_a_comment_is_kept_under_the_name_of_its_author(browser, task, eve):
    client = browser(eve)
    answer = client.post(f"/tasks/{task.pk}/comments", {"body": "<i>Done</i> soon"})
    assert answer.url == f"/tasks/{task.pk}"
    comment = Comment.objects.get()
    assert (comment.body, comment.author, comment.task) == ("<i>Done</i> soon", eve, task)
    assert b"<i>Done" not in client.get(answer.url).content


def test_an_empty_comment_is_refused_at_its_field(browser, task, eve):
    answer = browser(eve).post(f"/tasks/{task.pk}/comments", {"body": "  "})
    assert answer.status_code == 400
    assert "Write something first." in text_of(answer)


def test_reading_alone_writes_nothing(browser, task, eve):
    eve.role.permissions = ["task:read"]
    eve.role.save()
    client = browser(eve)
    assert client.post(f"/tasks/{task.pk}/complete").status_code == 403
    assert client.post(f"/tasks/{task.pk}/comments", {"body": "hi"}).status_code == 403
    html = client.get(f"/tasks/{task.pk}").content.decode()
    assert "/complete" not in html
    assert "/comments" not in html


def test_a_title_is_only_text(browser, task, eve):
    Task.objects.filter(pk=task.pk).update(title='</title><script>alert("x")</script>')
    html = browser(eve).get(f"/tasks/{task.pk}").content.decode()
    assert "<script>alert" not in html
    assert (
        "<script>alert"
        not in browser(eve).post(f"/tasks/{task.pk}/complete", **HTMX).content.decode()
    )

"""The two forms of the reminder mail."""

from datetime import UTC, datetime

import pytest
from django.template.loader import render_to_string

from tasks.models import Task

URL = "https://acme.example.com"


def mail(kind: str, task: Task, acme, due=None) -> str:
    words = {"task": task, "person": task.assignee, "due": due, "office": acme, "url": URL}
    return render_to_string(f"emails/reminder.{kind}", words)


@pytest.mark.parametrize("kind", ["txt", "html"])
def test_it_says_what_when_from_whom_and_where(kind, task, eve, acme):
    eve.timezone = "Asia/Kolkata"
    task.assignee = eve
    body = mail(kind, task, acme, due=datetime(2024, 5, 15, 13, 0, tzinfo=UTC))
    for words in (
        "Water the plants",
        "Wednesday, 15 May 2024, 18:30",
        "Asia/Kolkata",
        "Ada Admin",
        f"{URL}/tasks/{task.pk}",
        "Acme",
    ):
        assert words in body


@pytest.mark.parametrize("kind", ["txt", "html"])
def test_without_a_date_it_says_none_and_to_oneself_it_says_so(kind, task, ada, acme):
    task.assignee = ada
    body = mail(kind, task, acme)
    assert "When" not in body
    assert "yourself" in body


def test_the_text_is_not_escaped_and_the_html_is(task, acme):
    task.title = "Fish & <b>chips</b>"
    assert "Fish & <b>chips</b>" in mail("txt", task, acme)
    assert mail("html", task, acme).count("Fish &amp; &lt;b&gt;chips&lt;/b&gt;") == 2

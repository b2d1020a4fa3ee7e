"""What people say about a task."""

from datetime import UTC, datetime

import pytest
import time_machine

from tasks.models import Comment

START = datetime(2024, 5, 14, 10, tzinfo=UTC)


@pytest.fixture
def url(task):
    return f"/api/v1/tasks/{task.pk}/comments"


def test_everybody_who_sees_the_task_can_say_something(url, api, ada, eve, task):
    with time_machine.travel(START, tick=False) as clock:
        first = api(ada).post(url, {"body": "Twice a week."})
        clock.shift(1)
        second = api(eve).post(url, {"body": "<b>All right</b> 🪴"})
        rows = api(ada).get(url).json()["results"]
    assert (first.status_code, second.status_code) == (201, 201)
    assert rows == [first.json(), second.json()]
    assert second.json() == {
        "id": str(Comment.objects.get(author=eve).pk),
        "task_id": str(task.pk),
        "author_id": str(eve.pk),
        "author_name": "Eve Employee",
        "body": "<b>All right</b> 🪴",
        "mentioned_ids": [],
        "created_at": "2024-05-14T10:00:01Z",
        "updated_at": "2024-05-14T10:00:01Z",
    }


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({}, "body"),
        ({"body": ""}, "body"),
        ({"body": " \n "}, "body"),
        ({"body": None}, "body"),
        ({"body": 7}, "body"),
        ({"body": True}, "body"),
        ({"body": ["a"]}, "body"),
        ({"body": {}}, "body"),
        ({"body": "a\0b"}, "body"),
        ({"body": "x" * 10_001}, "body"),
        ({"body": "x", "author_id": "me"}, "author_id"),
        ({"body": "x", "mood": "good"}, "mood"),
    ],
)
def test_a_comment_has_a_body_and_nothing_else(body, attr, url, api, ada):
    answer = api(ada).post(url, body)
    assert answer.status_code == 400
    assert [error["attr"] for error in answer.json()["errors"]] == [attr]
    assert not Comment.objects.exists()


def test_a_long_comment_is_kept_whole(url, api, ada):
    body = "ä" * 10_000
    assert api(ada).post(url, {"body": body}).json()["body"] == body


def test_comments_come_in_pages_oldest_first(url, api, ada, task):
    Comment.objects.bulk_create(
        Comment(task=task, author=ada, body=f"{number:02}") for number in range(60)
    )
    body = api(ada).get(url, {"page_size": 20}).json()
    assert (body["count"], len(body["results"])) == (60, 20)
    assert "page=2" in body["next"]

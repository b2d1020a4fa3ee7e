"""Lists of tasks: filters, orderings, search and pages."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine

from tasks.models import Task

NOW = datetime(2024, 5, 14, 10, tzinfo=UTC)
TASKS = "/api/v1/tasks"


@pytest.fixture
def list_as(api):
    def listed(user, **query):
        with time_machine.travel(NOW, tick=False):
            return api(user).get(TASKS, query)

    return listed


@pytest.fixture
def titles(list_as, ada):
    def found(**query):
        answer = list_as(ada, **query)
        assert answer.status_code == 200, answer.content
        return [row["title"] for row in answer.json()["results"]]

    return found


def add(creator, title, **values):
    with time_machine.travel(NOW, tick=False):
        return Task.objects.create(title=title, creator=creator, **values)


def at(hours):
    return NOW + timedelta(hours=hours)


@pytest.fixture
def five(ada, max_, eve, finance):
    """Each differs from the others in what can be filtered."""
    parent = add(ada, "parent", priority="low", due_date=at(1))
    add(ada, "eve's", assignee=eve, labels=["a", "b"], due_date=at(2))
    add(ada, "team's", team=finance, priority="urgent", due_date=at(-3))
    add(ada, "child", parent=parent, labels=["b"], status="in_progress")
    add(ada, "done", status="done", completed_at=NOW, due_date=at(-4), priority="high")
    return {"eve": eve.pk, "finance": finance.pk, "parent": parent.pk}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, {"parent", "eve's", "team's", "child", "done"}),
        ({"status": "done"}, {"done"}),
        ({"status": "in_progress"}, {"child"}),
        ({"status": "cancelled"}, set()),
        ({"priority": "urgent"}, {"team's"}),
        ({"assignee": "eve"}, {"eve's"}),
        ({"team": "finance"}, {"team's"}),
        ({"parent": "parent"}, {"child"}),
        ({"label": "b"}, {"eve's", "child"}),
        ({"label": "a"}, {"eve's"}),
        ({"label": "nobody's"}, set()),
        ({"due_after": "2024-05-14T10:00:00Z"}, {"parent", "eve's"}),
        ({"due_before": "2024-05-14T10:00:00Z"}, {"team's", "done"}),
        (
            {"due_after": "2024-05-14T13:00:00+02:00", "due_before": "2024-05-14T12:00:00Z"},
            {"parent"},
        ),
        ({"overdue": "true"}, {"team's"}),
        ({"overdue": "false"}, {"parent", "eve's", "child", "done"}),
        ({"label": "b", "status": "pending"}, {"eve's"}),
    ],
)
def test_filters_narrow_down(query, expected, five, titles):
    named = {name: five.get(value, value) for name, value in query.items()}
    assert set(titles(**named)) == expected


def test_an_assignee_nobody_knows_gives_an_empty_list(five, titles):
    assert titles(assignee=uuid4()) == []


@pytest.mark.parametrize("text", ["WATER", "plan", "deep", "50%", "a_b", "it's"])
def test_search_finds_words_of_title_and_description_whatever_their_case(text, ada, titles):
    add(ada, "Water the plants")
    add(ada, "It's 50% of a_b", description="A deep thought")
    add(ada, "5000 aXb its")
    assert len(titles(search=text)) == 1


ORDERED = {
    "created_at": ["1", "2", "3", "4"],
    "updated_at": ["1", "2", "3", "4"],
    "title": ["1", "2", "3", "4"],
    "due_date": ["3", "1", "4", "2"],
    "-due_date": ["4", "1", "3", "2"],
    "priority": ["4", "2", "1", "3"],
    "-priority": ["3", "1", "2", "4"],
    "status": ["4", "3", "2", "1"],
}


@pytest.mark.parametrize("name", ORDERED)
def test_lists_are_ordered_with_priority_by_weight_and_no_due_date_last(name, ada, titles):
    rows = [
        ("1", at(2), "high", "pending"),
        ("2", None, "medium", "in_progress"),
        ("3", at(1), "urgent", "done"),
        ("4", at(3), "low", "cancelled"),
    ]
    for number, (title, due, priority, status) in enumerate(rows):
        with time_machine.travel(at(number), tick=False):
            Task.objects.create(
                title=title,
                creator=ada,
                due_date=due,
                priority=priority,
                status=status,
                completed_at=NOW if status == "done" else None,
            )
    assert titles(ordering=name) == ORDERED[name]
    if not name.startswith("-") and name != "due_date":
        assert titles(ordering=f"-{name}") == ORDERED[name][::-1]


def test_without_an_ordering_the_newest_stand_first(ada, titles):
    for number in range(3):
        with time_machine.travel(at(number), tick=False):
            Task.objects.create(title=str(number), creator=ada)
    assert titles() == ["2", "1", "0"]


@pytest.mark.parametrize(
    ("query", "attr"),
    [
        ({"status": "finished"}, "status"),
        ({"priority": "2"}, "priority"),
        ({"assignee": "eve"}, "assignee"),
        ({"team": "finance\0"}, "team"),
        ({"parent": "1"}, "parent"),
        ({"label": "x" * 51}, "label"),
        ({"label": "\0"}, "label"),
        ({"due_after": "yesterday"}, "due_after"),
        ({"due_after": "0001-01-01T00:00:00+14:00"}, "due_after"),
        ({"due_before": "9999-12-31T23:59:59-12:00"}, "due_before"),
        ({"due_before": "2024-02-30T00:00:00Z"}, "due_before"),
        ({"due_after": "2024-05-15T10:00:00"}, "due_after"),
        ({"overdue": "perhaps"}, "overdue"),
        ({"search": "x" * 201}, "search"),
        ({"search": "a\0b"}, "search"),
        ({"ordering": "creator__password"}, "ordering"),
        ({"ordering": "--title"}, "ordering"),
        ({"colour": "blue"}, "colour"),
    ],
)
def test_a_filter_that_makes_no_sense_is_refused_by_name(query, attr, ada, list_as):
    answer = list_as(ada, **query)
    assert answer.status_code == 400
    assert answer.json()["type"] == "validation_error"
    assert [item["attr"] for item in answer.json()["errors"]] == [attr]


@pytest.mark.parametrize("edge", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_the_ends_of_time_are_possible_in_filters(edge, five, titles):
    assert isinstance(titles(due_after=edge), list)
    assert isinstance(titles(due_before=edge), list)


# --- Pages


@pytest.fixture
def many(ada):
    Task.objects.bulk_create(Task(title=f"{number:03}", creator=ada) for number in range(203))


@pytest.mark.parametrize(
    ("query", "length"),
    [
        ({}, 50),
        ({"page_size": 1}, 1),
        ({"page_size": 200}, 200),
        ({"page_size": 201}, 200),
        ({"page_size": 10**20}, 200),
        ({"page_size": 0}, 50),
        ({"page_size": -3}, 50),
        ({"page_size": "many"}, 50),
        ({"page_size": "9" * 5000}, 50),
        ({"page": 5}, 3),
        ({"page": "last"}, 3),
    ],
)
def test_a_page_has_fifty_rows_or_as_many_as_asked_up_to_two_hundred(
    query, length, many, list_as, ada
):
    body = list_as(ada, **query).json()
    assert (len(body["results"]), body["count"]) == (length, 203)
    assert set(body) == {"count", "next", "previous", "results"}


def test_next_leads_through_every_row_once_and_keeps_the_filters(many, api, ada):
    client, address, seen = api(ada), f"{TASKS}?ordering=title&page_size=100&priority=medium", []
    sizes = []
    while address:
        body = client.get(address).json()
        seen += [row["title"] for row in body["results"]]
        sizes.append(len(body["results"]))
        address = body["next"]
    assert seen == [f"{number:03}" for number in range(203)]
    assert sizes == [100, 100, 3]
    assert body["previous"]


@pytest.mark.parametrize("page", ["0", "-1", "6", "x", "9" * 30, "9" * 5000, "1.5", "\0"])
def test_a_page_that_is_not_there_is_404(page, many, list_as, ada):
    answer = list_as(ada, page=page)
    assert answer.status_code == 404
    assert answer.json()["type"] == "client_error"
    assert [(e["code"], e["attr"]) for e in answer.json()["errors"]] == [("not_found", None)]

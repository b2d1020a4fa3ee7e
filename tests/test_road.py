"""What one request costs in statements, and that none of them walks through a big table."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEntry, User
from tasks.models import Reminder, Task
from tests.plan_limits import allow
from tests.plans import analyze, may_analyze, plan_of, plans_of, statements_run

TASKS = "/api/v1/tasks"
BIG = 3000
FIRST_WORD = re.compile(r"\w+")


def verbs(work) -> list[str]:
    """Return the first words of the statements that a piece of work sends."""
    work()
    with CaptureQueriesContext(connection) as queries:
        answer = work()
    assert answer.status_code < 300, answer.content
    found = [FIRST_WORD.findall(query["sql"])[0] for query in queries]
    # Tests run in a transaction, inside which the request's own is a savepoint.
    return [verb for verb in found if verb not in {"SAVEPOINT", "RELEASE"}]


def test_reading_costs_one_statement_for_the_person_and_one_for_the_answer(api, ada, task):
    client = api(ada)
    assert verbs(lambda: client.get("/api/v1/auth/me")) == ["SELECT"]
    assert verbs(lambda: client.get(TASKS)) == ["SELECT"] * 2
    assert verbs(lambda: client.get(f"{TASKS}?status=pending&ordering=-due_date")) == ["SELECT"] * 2
    assert verbs(lambda: client.get(f"{TASKS}/{task.pk}")) == ["SELECT"] * 2
    assert verbs(lambda: client.get(f"{TASKS}/{task.pk}/comments")) == ["SELECT"] * 3


def test_writing_costs_the_row_its_entry_and_a_count(api, ada, in_acme, task):
    client = api(ada)
    titles = iter("abcd")
    create = verbs(lambda: client.post(TASKS, {"title": next(titles)}))
    # The person, the row, its entry, how many there are.
    assert create == ["SELECT", "INSERT", "INSERT", "SELECT"]
    change = verbs(lambda: client.patch(f"{TASKS}/{task.pk}", {"title": next(titles)}))
    # The person, the row with its lock, what changes in it, its entry.
    assert change == ["SELECT", "SELECT", "UPDATE", "INSERT"]


@pytest.fixture
def analyzing(in_acme):
    with may_analyze(in_acme.schema_name):
        yield


@pytest.fixture
def crowded(in_acme, analyzing, ada, eve):
    """Thousands of tasks, most of them done, their reminders, and what PostgreSQL knows of them."""
    allow(in_acme, tasks=2 * BIG)
    now = timezone.now()
    tasks = [
        Task(
            title=f"Task {n}",
            status="pending" if n % 20 == 0 else "completed",
            creator=ada,
            assignee=eve if n % 300 == 0 else ada,
            due_date=now,
        )
        for n in range(BIG)
    ]
    Task.objects.bulk_create(tasks)
    Reminder.objects.bulk_create(Reminder(task=task, minutes_before=5) for task in tasks)
    analyze(Task, Reminder, AuditEntry, User)
    return tasks[0]


HOT = {
    "list": lambda client, _task: client.get(TASKS),
    "next page": lambda client, _task: client.get(f"{TASKS}?page=2&page_size=5"),
    "due": lambda client, _task: client.get(f"{TASKS}?ordering=due_date&overdue=true&page_size=5"),
    "detail": lambda client, task: client.get(f"{TASKS}/{task.pk}"),
    "comments": lambda client, task: client.get(f"{TASKS}/{task.pk}/comments"),
    "reminders": lambda client, task: client.get(f"{TASKS}/{task.pk}/reminders"),
    "create": lambda client, _task: client.post(TASKS, {"title": "x"}),
    "change": lambda client, task: client.patch(f"{TASKS}/{task.pk}", {"title": "y"}),
}


# The index that puts everybody's tasks in order.
ORDERED_BY = {"list": "task_newest", "next page": "task_newest", "due": "task_open_by_due"}


@pytest.mark.parametrize("person", ["ada", "eve"])
@pytest.mark.parametrize("name", HOT)
def test_no_hot_statement_walks_through_a_big_table(name, person, api, crowded, request):
    """But for one: to say how many tasks there are, an admin's are counted, up to a limit."""
    client = api(request.getfixturevalue(person))
    with statements_run() as seen:
        assert HOT[name](client, crowded).status_code < 300
    assert seen
    plans = [plan_of(*statement) for statement in seen]
    assert not any("Seq Scan on tasks_reminder" in plan for plan in plans), plans
    if person == "ada" and name in ORDERED_BY:
        assert ORDERED_BY[name] in plans[-1], plans[-1]
    else:
        assert not any("Seq Scan on tasks_task" in plan for plan in plans), plans


@pytest.mark.parametrize(
    ("question", "index"),
    [
        ("", "entry_newest"),
        ("?since=2020-01-01T00:00:00Z", "entry_newest"),
        ("?resource_id={task}", "entry_of_object"),
        ("?user={eve}", "entry_of_person"),
    ],
)
def test_the_trail_is_found_by_its_indexes(question, index, api, crowded, ada, eve):
    path = "/api/v1/admin/audit-logs" + question.format(task=crowded.pk, eve=eve.pk)
    client = api(ada)
    assert client.get(path).status_code == 200
    assert index in plans_of(lambda: client.get(path))

"""No statement of what is asked for most often walks through a big table."""

import pytest
from django.utils import timezone

from accounts.models import AuditEntry, User
from tasks.models import Reminder, Task
from tenants.context import current_tenant
from tests.conftest import in_office, person
from tests.plan_limits import allow
from tests.plans import analyze, may_analyze, plan_of, plans_of, statements_run

TASKS = "/api/v1/tasks"
BIG = 3000


@pytest.fixture(scope="module")
def crowd(standing):
    """A task of thousands, most of them done, with reminders; PostgreSQL knows how many."""
    with in_office("acme"):
        tenant = current_tenant()
        allow(tenant, tasks=2 * BIG)
        with may_analyze(tenant.schema_name):
            yield make_crowd(person("ada@acme.example"), person("eve@acme.example"))


def make_crowd(ada, eve):
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


@pytest.fixture
def crowded(in_acme, crowd):
    return crowd


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


@pytest.mark.parametrize("whose", ["ada", "eve"])
@pytest.mark.parametrize("name", HOT)
def test_no_hot_statement_walks_through_a_big_table(name, whose, api, crowded, request):
    """But for one: to say how many tasks there are, an admin's are counted, up to a limit."""
    client = api(request.getfixturevalue(whose))
    with statements_run() as seen:
        assert HOT[name](client, crowded).status_code < 300
    assert seen
    plans = [plan_of(*statement) for statement in seen]
    assert not any("Seq Scan on tasks_reminder" in plan for plan in plans), plans
    if whose == "ada" and name in ORDERED_BY:
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

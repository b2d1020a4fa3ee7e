"""What one request costs in statements, and that none of them walks through a big table."""

import re
from contextlib import contextmanager

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from psycopg.sql import SQL, Identifier

from accounts.models import AuditEntry, User
from tasks.models import Reminder, Task
from tenants.backend.prepared import PreparedStatements
from tests.conftest import APP, OWNER
from tests.plan_limits import allow

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


@contextmanager
def statements_run(monkeypatch):
    """Collect the statements that name their schema, with their parameters."""
    seen = []
    asked = PreparedStatements.asked

    def note(self, sql, params=()):
        if FIRST_WORD.match(sql)[0] in {"SELECT", "INSERT", "UPDATE"} and "set_config" not in sql:
            seen.append((sql, params))
        return asked(self, sql, params)

    with monkeypatch.context() as patched:
        patched.setattr(PreparedStatements, "asked", note)
        yield seen


@pytest.fixture
def may_analyze(in_acme):
    """Only the owner of a table may: the application's role would be passed over with a warning."""
    schema, role = (Identifier(name) for name in (in_acme.schema_name, APP["USER"]))
    with psycopg.connect(
        host=connection.settings_dict["HOST"],
        port=connection.settings_dict["PORT"],
        dbname=connection.settings_dict["NAME"],
        user=OWNER["USER"],
        password=OWNER["PASSWORD"],
        autocommit=True,
    ) as their:
        tables = SQL("MAINTAIN ON ALL TABLES IN SCHEMA {}").format(schema)
        their.execute(SQL("GRANT {} TO {}").format(tables, role))
        yield
        their.execute(SQL("REVOKE {} FROM {}").format(tables, role))


@pytest.fixture
def crowded(in_acme, may_analyze, ada, eve):
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
    with connection.cursor() as cursor:
        for model in (Task, Reminder, AuditEntry, User):
            cursor.execute(f"ANALYZE {model._meta.db_table}")
            cursor.execute(
                "SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [model._meta.db_table]
            )
            assert cursor.fetchone()[0] == model.objects.count()
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
def test_no_hot_statement_walks_through_a_big_table(
    name, person, api, crowded, request, monkeypatch
):
    """But for one: to say how many tasks there are, an admin's are counted, up to a limit."""
    client = api(request.getfixturevalue(person))
    with statements_run(monkeypatch) as seen:
        assert HOT[name](client, crowded).status_code < 300
    assert seen
    plans = [plan_of(number, *statement) for number, statement in enumerate(seen)]
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
    with CaptureQueriesContext(connection) as queries:
        assert api(ada).get(path).status_code == 200
    (sql,) = (q["sql"] for q in queries if 'FROM "accounts_auditentry"' in q["sql"])
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        assert index in "".join(line for (line,) in cursor.fetchall())


def plan_of(number: int, sql: str, params: list) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"PREPARE hot_{number} AS {sql.replace('%', '%%')}")
        gaps = ", ".join(["%s"] * len(params))
        cursor.execute(f"EXPLAIN EXECUTE hot_{number}({gaps})" if params else "", params)
        lines = [line for (line,) in cursor.fetchall()]
        cursor.execute(f"DEALLOCATE hot_{number}")
    return "\n".join(lines)

"""How many tasks may be open, at every door, and what never needs room."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from time import monotonic

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.services import create_user
from tasks.models import Status, Task
from tasks.services import NewTask, complete_task, create_task, update_task
from tenants import plans
from tenants.context import current_tenant, tenant_transaction
from tenants.plans import PlanLimitError
from tenants.reads import Count
from tests.conftest import PASSWORD
from tests.isolation.openapi import check, response_schema
from tests.isolation.routes import operation
from tests.pages.conftest import HTMX, text_of
from tests.plan_limits import allow, statements

TASKS = "/api/v1/tasks"
SENTENCE = "Your plan allows 1 open task, and you have 1. Complete some, or ask for a larger plan."


@pytest.fixture
def full(task, acme):
    """The office has one open task and may have no more."""
    allow(acme, tasks=1)
    return task


def new_task(by, **values):
    return create_task(new=NewTask(title="One more", **values), by=by)


def test_the_last_place_is_taken_and_the_next_task_is_refused(in_acme, ada, task):
    allow(in_acme, tasks=2)
    new_task(ada)
    with pytest.raises(PlanLimitError):
        new_task(ada)
    assert Task.objects.count() == 2


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("tasks", {"title": "One more"}),
        ("tasks", {"title": "One more", "status": "in_progress"}),
        ("task-from-text", {"text": "Order new badges tomorrow at 3pm"}),
    ],
)
def test_the_api_refuses_with_402_and_stores_nothing(api, eve, full, name, body):
    client = api(eve)
    before = AuditEntry.objects.count()
    found = operation("POST", name)
    answer = client.post(found.url(), body)
    assert answer.status_code == 402
    assert answer.json() == {
        "type": "client_error",
        "errors": [{"code": "plan_limit_reached", "detail": SENTENCE, "attr": None}],
        "limit": "tasks",
        "maximum": 1,
        "used": 1,
    }
    check(answer.json(), response_schema(found, 402))
    assert Task.objects.count() == 1
    assert AuditEntry.objects.count() == before


def test_a_sub_task_needs_room_too(api, ada, full):
    body = {"title": "Part", "parent_id": str(full.pk)}
    assert api(ada).post(TASKS, body).status_code == 402


def test_a_task_that_is_done_already_needs_none(api, ada, full):
    Task.objects.create(title="More than allowed", creator=ada)
    answer = api(ada).post(TASKS, {"title": "Written down later", "status": "done"})
    assert answer.status_code == 201


def test_reopening_needs_room(api, ada, full):
    client = api(ada)
    closed = Task.objects.create(title="Old", creator=ada, status="cancelled")
    place = f"{TASKS}/{closed.pk}"
    put = {"title": "Old", "status": "pending"}
    for answer in (client.patch(place, {"status": "in_progress"}), client.put(place, put)):
        assert answer.status_code == 402
        assert answer.json()["used"] == 1
    assert Task.objects.get(pk=closed.pk).status == Status.CANCELLED
    complete_task(task=full, by=ada)
    assert client.patch(place, {"status": "pending"}).status_code == 200


def test_after_lowering_the_plan_all_that_is_open_stays_in_use(api, ada, task, acme):
    other = new_task(ada)
    allow(acme, tasks=1)
    client = api(ada)
    for change in ({"title": "Renamed"}, {"status": "in_progress"}):
        assert client.patch(f"{TASKS}/{other.pk}", change).status_code == 200
    refused = client.post(TASKS, {"title": "One more"})
    assert (refused.status_code, refused.json()["used"]) == (402, 2)
    assert client.post(f"{TASKS}/{other.pk}/complete").status_code == 200


def test_the_next_occurrence_is_never_refused(ada, in_acme):
    due = timezone.now() + timedelta(days=1)
    first = new_task(ada, due_date=due, recurrence="FREQ=DAILY")
    new_task(ada)
    allow(in_acme, tasks=1)
    complete_task(task=first, by=ada)
    assert Task.objects.open().filter(title="One more").count() == 2


def test_a_plan_without_tasks_is_403(api, ada, in_acme):
    allow(in_acme, tasks=0)
    answer = api(ada).post(TASKS, {"title": "One more"})
    assert answer.status_code == 403
    assert answer.json()["errors"][0]["code"] == "not_in_plan"


def test_the_page_keeps_the_sentence_that_found_no_room(browser, ada, full):
    text = "order new badges tomorrow at 3pm"
    client = browser(ada)
    answer = client.post("/quick-add", {"text": text})
    assert answer.status_code == 402
    assert SENTENCE in text_of(answer)
    assert f'value="{text}"' in answer.content.decode()
    beside = client.post("/quick-add", {"text": text}, **HTMX)
    assert (beside.status_code, text_of(beside)) == (402, SENTENCE)
    assert Task.objects.count() == 1


def test_the_tasks_of_another_office_take_no_room(in_acme, ada, globex, mia):
    allow(in_acme, tasks=1)
    with tenant_transaction(globex):
        new_task(mia)
    new_task(ada)


def counted(work) -> int:
    return len([sql for sql in statements(work) if "count(*)" in sql])


def test_a_task_costs_one_query_more_and_none_while_there_is_plenty_of_room(
    ada, in_acme, monkeypatch
):
    assert [counted(lambda: new_task(ada)) for _time in range(2)] == [1, 1]
    allow(in_acme, tasks=2**31 - 1)
    assert [counted(lambda: new_task(ada)) for _time in range(2)] == [1, 0]
    monkeypatch.setattr(plans, "monotonic", lambda: monotonic() + plans.SECONDS)
    assert counted(lambda: new_task(ada)) == 1
    allow(in_acme, tasks=plans.PLENTY * plans.NEAR)
    assert counted(lambda: new_task(ada)) == 1, "another limit, another count"


def test_the_count_asks_an_index_and_passes_by_what_is_done(ada):
    now = timezone.now()
    Task.objects.bulk_create(
        Task(title="T", creator=ada, status="done", completed_at=now) for _number in range(500)
    )
    new_task(ada)
    [sql] = statements(lambda: Count(Task.objects.open)(501))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tasks_task")
        cursor.execute(f"PREPARE counting AS {sql}")
        cursor.execute("EXPLAIN EXECUTE counting(%s, 501)", [current_tenant().pk])
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "task_open_by_due" in plan
    assert "Filter" not in plan.replace("One-Time Filter", "")


# With real commits on connections of their own.

THREADS = 8


@pytest.fixture
def una(committed):
    with tenant_transaction(committed):
        return create_user(
            email="una@umbrella.example", full_name="Una", role="admin", password=PASSWORD
        )


def at_once(number, work):
    """Run the work in so many threads that all start together; return what they return."""
    barrier = Barrier(number)

    def run(index):
        try:
            barrier.wait(timeout=10)
            return work(index)
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))


def in_the_office(tenant, work):
    try:
        with tenant_transaction(tenant):
            work()
    except PlanLimitError as refusal:
        return refusal.code
    return "stored"


def test_of_many_who_want_the_last_place_one_gets_it(committed, una):
    allow(committed, tasks=3)
    for _number in range(2):
        in_the_office(committed, lambda: new_task(una))
    outcome = at_once(THREADS, lambda _index: in_the_office(committed, lambda: new_task(una)))
    assert sorted(outcome) == ["plan_limit_reached"] * (THREADS - 1) + ["stored"]
    with tenant_transaction(committed):
        assert Task.objects.count() == 3


def test_reopening_and_a_new_sub_task_wait_for_each_other_without_a_deadlock(committed, una):
    """Both need the row of the parent and the turn at the limit."""
    allow(committed, tasks=4)
    with tenant_transaction(committed):
        parents = [new_task(una, status="cancelled") for _number in range(2)]

    def work(index):
        def reopen():
            locked = Task.objects.select_for_update(of=("self",)).get(pk=parents[index % 2].pk)
            update_task(task=locked, changes={"status": "pending"}, by=una)

        def add():
            new_task(una, parent_id=parents[index % 2].pk)

        return in_the_office(committed, reopen if index < 4 else add)

    assert set(at_once(THREADS, work)) == {"stored", "plan_limit_reached"}
    with tenant_transaction(committed):
        assert Task.objects.open().count() == 4


def test_far_from_the_limit_one_transaction_does_not_hold_up_another(committed, una):
    allow(committed, tasks=plans.NEAR + 2)

    def add():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '2s'")
        new_task(una)

    with tenant_transaction(committed):
        new_task(una)
        [outcome] = at_once(1, lambda _index: in_the_office(committed, add))
    assert outcome == "stored"

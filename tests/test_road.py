"""What one request costs in statements."""

import re

from django.db import connection
from django.test.utils import CaptureQueriesContext

TASKS = "/api/v1/tasks"
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

"""The judge reads few tables again after a request, and misses none that was changed."""

import pytest

from accounts.models import Team
from tasks.models import Comment, Task
from tests.isolation.watch import Rows, Watch


@pytest.fixture
def rows(in_acme, task, ada):
    Comment.objects.create(task=task, author=ada, body="Yes")
    return Rows([in_acme.schema_name, "public"])


def test_what_is_not_changed_is_not_told(rows, task):
    Team.objects.update(name="Finance")
    assert rows.changed_now() == rows.changed() == frozenset()


@pytest.mark.parametrize(
    ("change", "tables"),
    [
        (lambda task: Task.objects.create(title="More", creator=task.creator), {"tasks_task"}),
        (lambda task: Task.objects.filter(pk=task.pk).update(title="Less"), {"tasks_task"}),
        (lambda task: task.delete(), {"tasks_task", "tasks_comment"}),
    ],
    ids=["insert", "update", "delete"],
)
def test_each_table_with_another_row_is_told(rows, task, change, tables):
    change(task)
    found = rows.changed_now()
    assert found == rows.changed()
    assert tables <= {table for _schema, table in found}


@pytest.mark.parametrize("sql", ["TRUNCATE tasks_task", "CREATE TABLE tasks_more ()"])
def test_what_touches_no_single_row_has_all_tables_read(in_acme, sql):
    watch = Watch("globex", (in_acme.schema_name,))
    watch(lambda *given: given, "INSERT INTO tasks_task VALUES ()", (), False, {})
    assert not watch.written_uncounted
    watch(lambda *given: given, sql, (), False, {})
    assert watch.written_uncounted

"""Reading columns shows what the serializer shows, to the last microsecond."""

import json
from datetime import UTC, datetime

import pytest
from rest_framework.renderers import JSONRenderer
from rest_framework.serializers import ModelSerializer

from accounts.api import OfficeViewSet
from accounts.serializers import AuditEntrySerializer
from common.columns import columns_of, shown_by
from common.renderers import OfficeJSONRenderer
from tasks.models import Comment, Mention, Reminder, Task, TaskFile
from tasks.serializers import (
    CommentSerializer,
    MentionSerializer,
    ReminderSerializer,
    TaskFileSerializer,
    TaskSerializer,
)
from tests.isolation.routes import api_operations

ODD = datetime(2030, 1, 2, 3, 4, 5, 678_900, tzinfo=UTC)


@pytest.fixture
def rows(ada, eve, finance):
    """Full and empty, with every kind of value that a column may hold."""
    parent = Task.objects.create(title="Empty", creator=ada, status="done", completed_at=ODD)
    full = Task.objects.create(
        title="Full “ü” \u2028 \x1f <b>",
        description="x" * 3000,
        creator=ada,
        assignee=eve,
        team=finance,
        parent=parent,
        due_date=ODD,
        recurrence="FREQ=DAILY",
        labels=["a", "ü"],
        priority="urgent",
        status="in_progress",
    )
    Reminder.objects.create(task=full, minutes_before=5)
    Reminder.objects.create(task=full, at=ODD)
    TaskFile.objects.create(
        task=full, author=eve, filename="ü.txt", media_type="text/plain", size=2**40
    )
    said = Comment.objects.create(task=full, author=eve, body="Done, @Ada?")
    Mention.objects.create(comment=said, person=ada, words="Ada")


READS = {
    TaskSerializer: lambda: Task.objects.for_reading().order_by("title"),
    CommentSerializer: Comment.objects.for_reading,
    TaskFileSerializer: lambda: TaskFile.objects.select_related("author"),
    MentionSerializer: Mention.objects.with_comment,
    ReminderSerializer: lambda: Reminder.objects.order_by("created_at"),
}


@pytest.mark.parametrize("serializer", READS)
def test_columns_instances_and_the_serializer_show_the_same(serializer, rows):
    found = READS[serializer]()
    slow = json.loads(JSONRenderer().render(serializer(found, many=True).data))
    columns = columns_of(serializer)
    fast = shown_by(serializer, found)
    made = [columns.of_instance(instance) for instance in found]
    assert len(fast) > 0
    for way in (fast, made):
        assert [list(row) for row in way] == [list(row) for row in slow]
        assert json.loads(OfficeJSONRenderer().render(way)) == slow


def test_what_a_viewset_shows_are_columns_of_its_own_rows():
    """Also where it answers with nothing: the tag of `If-Match` is made of what it shows."""
    views = {getattr(found.view, "cls", None) for found in api_operations()}
    shown = [view for view in views if view and issubclass(view, OfficeViewSet)]
    assert len(shown) > 10
    for view in shown:
        if issubclass(view.serializer_class, ModelSerializer):
            assert view.serializer_class.Meta.model is view.queryset.model


def test_a_serializer_with_methods_goes_its_own_way(rows):
    assert columns_of(AuditEntrySerializer) is None


def test_columns_cost_one_query(rows, django_assert_num_queries):
    with django_assert_num_queries(1):
        shown_by(TaskSerializer, Task.objects.for_reading())


@pytest.mark.parametrize("text", ["\ud800", 10**30])
def test_what_has_no_fast_notation_is_written_all_the_same(text):
    assert json.loads(OfficeJSONRenderer().render({"a": text})) == {"a": text}

"""The shapes of the tasks part of the API."""

from typing import Any

from rest_framework import serializers

from common.api import StrictModelSerializer, StrictSerializer
from common.fields import EmptyIsNullField, InstantField, TimeZoneField
from tasks.models import Comment, Mention, Priority, Reminder, Status, Task, TaskFile

ORDERINGS = ("created_at", "updated_at", "due_date", "title", "priority", "status")
TEN_YEARS_IN_MINUTES = 10 * 366 * 24 * 60


class TaskSerializer(StrictModelSerializer):
    """A task as the contract shows it."""

    assignee_id = serializers.UUIDField(required=False, allow_null=True)
    assignee_name = serializers.CharField(
        source="assignee.full_name", read_only=True, allow_null=True
    )
    creator_id = serializers.UUIDField(read_only=True)
    team_id = serializers.UUIDField(required=False, allow_null=True)
    parent_id = serializers.UUIDField(required=False, allow_null=True)
    due_date = InstantField(required=False, allow_null=True)
    timezone = TimeZoneField(required=False)
    recurrence = EmptyIsNullField(required=False, allow_null=True, max_length=500)
    labels = serializers.ListField(
        child=serializers.CharField(max_length=50), required=False, max_length=20
    )
    description = serializers.CharField(required=False, allow_blank=True, max_length=20_000)
    reminder_set = serializers.BooleanField(read_only=True)

    class Meta:
        model = Task
        fields = (
            *(
                "id",
                "title",
                "description",
                "assignee_id",
                "assignee_name",
                "creator_id",
                "team_id",
            ),
            *("due_date", "timezone", "priority", "status", "recurrence", "labels", "parent_id"),
            *("reminder_set", "source", "created_at", "updated_at", "completed_at"),
        )
        read_only_fields = ("source", "completed_at")


class AssignSerializer(StrictSerializer):
    """Who shall do it; null takes it away from everybody."""

    assignee_id = serializers.UUIDField(allow_null=True)


class CommentSerializer(StrictModelSerializer):
    """What somebody said."""

    task_id = serializers.UUIDField(read_only=True)
    author_id = serializers.UUIDField(read_only=True, allow_null=True)
    author_name = serializers.CharField(source="author.full_name", read_only=True, allow_null=True)
    body = serializers.CharField(max_length=10_000)
    mentioned_ids = serializers.ListField(
        child=serializers.UUIDField(), read_only=True, help_text="Whom it names, and who was told."
    )

    class Meta:
        model = Comment
        fields = (
            *("id", "task_id", "author_id", "author_name", "body", "mentioned_ids"),
            *("created_at", "updated_at"),
        )


class MentionSerializer(StrictModelSerializer):
    """Where somebody is named, by whom, and whether it was read."""

    comment_id = serializers.UUIDField(read_only=True)
    task_id = serializers.UUIDField(source="comment.task_id", read_only=True)
    task_title = serializers.CharField(source="comment.task.title", read_only=True)
    author_id = serializers.UUIDField(source="comment.author_id", read_only=True, allow_null=True)
    author_name = serializers.CharField(
        source="comment.author.full_name", read_only=True, allow_null=True
    )
    body = serializers.CharField(source="comment.body", read_only=True)

    class Meta:
        model = Mention
        fields = (
            *("id", "comment_id", "task_id", "task_title", "author_id", "author_name", "body"),
            *("read_at", "created_at"),
        )
        read_only_fields = ("read_at",)


class TaskFileSerializer(StrictModelSerializer):
    """A file beside a task."""

    task_id = serializers.UUIDField(read_only=True)
    author_id = serializers.UUIDField(read_only=True, allow_null=True)
    author_name = serializers.CharField(source="author.full_name", read_only=True, allow_null=True)
    size = serializers.IntegerField(read_only=True, help_text="In bytes.")

    class Meta:
        model = TaskFile
        fields = (
            *("id", "task_id", "author_id", "author_name", "filename", "media_type", "size"),
            *("sha256", "created_at"),
        )
        read_only_fields = ("filename", "media_type", "sha256")


class MentionFilters(StrictSerializer):
    """Which mentions to show."""

    unread = serializers.BooleanField(required=False, allow_null=True, default=None)


class ReminderSerializer(StrictModelSerializer):
    """A reminder: some minutes before the task is due, or at an instant."""

    task_id = serializers.UUIDField(read_only=True)
    minutes_before = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=TEN_YEARS_IN_MINUTES
    )
    at = InstantField(required=False, allow_null=True)

    class Meta:
        model = Reminder
        fields = ("id", "task_id", "minutes_before", "at", "next_at", "fired_for", "created_at")
        validators: list[Any] = []


class TaskFilters(StrictSerializer):
    """What the list can be narrowed to, and how it is ordered."""

    status = serializers.ChoiceField(choices=Status.choices, required=False)
    priority = serializers.ChoiceField(choices=Priority.choices, required=False)
    assignee = serializers.UUIDField(required=False)
    team = serializers.UUIDField(required=False)
    # Both names are attributes of DRF's fields as well; its metaclass keeps them apart.
    parent = serializers.UUIDField(required=False)  # type: ignore[assignment]
    label = serializers.CharField(required=False, max_length=50)  # type: ignore[assignment]
    due_after = InstantField(required=False)
    due_before = InstantField(required=False)
    overdue = serializers.BooleanField(required=False, allow_null=True, default=None)
    search = serializers.CharField(required=False, max_length=200)
    ordering = serializers.ChoiceField(
        choices=[sign + name for name in ORDERINGS for sign in ("", "-")], required=False
    )

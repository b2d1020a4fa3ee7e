"""What people say about what they have promised to do; with it, all models of the app."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

from auditlog.registry import auditlog
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import ExpressionWrapper, OuterRef, Q
from django.db.models.functions import JSONObject

from accounts.models import User
from common.audit import AuditedManager, AuditedQuerySet
from common.models import Record
from tasks.file_models import LEFTOVER, LeftoverFile, TaskFile
from tasks.filter_models import SavedFilter
from tasks.task_models import (
    LOOKUPS,
    OPEN_STATUSES,
    Priority,
    Reminder,
    Status,
    Task,
    TaskQuerySet,
)


class CommentQuerySet(AuditedQuerySet["Comment"]):
    """Reads of comments."""

    def visible_to(self, user: User) -> Self:
        """Those of the tasks that the person sees."""
        return self.filter(task__in=Task.objects.visible_to(user))

    def for_reading(self) -> Self:
        """With who said it and the ids of those whom it names, in one query."""
        named = Mention.objects.filter(comment=OuterRef("pk")).order_by("person")
        ids = ArraySubquery(named.values("person"))
        return self.select_related("author").annotate(mentioned_ids=ids)

    def for_page(self) -> Self:
        """With who said it, and each whom it names: the words, the person, whether it is unread."""
        unread = ExpressionWrapper(Q(read_at=None), models.BooleanField())
        facts = JSONObject(words="words", person="person_id", is_unread=unread)
        named = Mention.objects.filter(comment=OuterRef("pk")).order_by("person")
        names = ArraySubquery(named.values(facts=facts))
        return self.select_related("author").annotate(names=names)


class Comment(Record):
    """What somebody said about a task."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="comments")
    # Null: somebody who has left for good.
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    body = models.TextField(max_length=10_000)

    objects = AuditedManager.from_queryset(CommentQuerySet)()  # type: ignore[misc]  # narrower than Record's

    # Known to whoever has just written it: in sentences, who is not told although it names them.
    untold: Sequence[str] = ()

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [models.CheckConstraint(condition=~Q(body=""), name="comment_has_body")]

    def __str__(self) -> str:
        return self.body[:60]


class MentionQuerySet(AuditedQuerySet["Mention"]):
    """Reads of mentions."""

    def visible_to(self, user: User) -> Self:
        """One's own, of the tasks that one sees."""
        return self.filter(person=user.pk, comment__task__in=Task.objects.visible_to(user))

    def unread(self) -> Self:
        """Those that nobody has looked at yet."""
        return self.filter(read_at=None)

    def with_comment(self) -> Self:
        """With what was said, by whom and of which task, in one query."""
        return self.select_related("comment__author", "comment__task")

    def filtered(self, values: Mapping[str, Any]) -> Self:
        """Narrow down by the checked parameters of a list."""
        unread = values.get("unread")
        return self if unread is None else self.filter(read_at__isnull=unread)


class Mention(Record):
    """Somebody whom a comment names, and who was told so."""

    # `mention_once` begins with it.
    comment = models.ForeignKey(Comment, models.CASCADE, related_name="mentions", db_index=False)
    # `mention_of_person` begins with it.
    person = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    # As it stands after the @: the name of the person or of a team, or an address.
    words = models.CharField(max_length=254)
    read_at = models.DateTimeField(null=True, blank=True)

    objects = AuditedManager.from_queryset(MentionQuerySet)()  # type: ignore[misc]  # narrower than Record's

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["comment", "person"], name="mention_once"),
            models.CheckConstraint(condition=~Q(words=""), name="mention_has_words"),
        ]
        indexes = [models.Index(fields=["person", "-created_at"], name="mention_of_person")]

    def __str__(self) -> str:
        return f"@{self.words}"


auditlog.register(Comment, include_fields=["task", "author", "body"])
auditlog.register(Mention, include_fields=["comment", "person", "words", "read_at"])

# Django looks for them here.
__all__ = [
    "LEFTOVER",
    "LOOKUPS",
    "OPEN_STATUSES",
    "Comment",
    "LeftoverFile",
    "Mention",
    "Priority",
    "Reminder",
    "SavedFilter",
    "Status",
    "Task",
    "TaskFile",
    "TaskQuerySet",
]

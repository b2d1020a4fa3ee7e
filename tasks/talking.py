"""Everything that changes what people say about tasks, and what they have read of it."""

from collections.abc import Collection
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from common.errors import RefusedError
from tasks.mentions import name_people
from tasks.models import Comment, Mention, Task
from tasks.services import locked_task
from tenants.context import atomic


@atomic()
def add_comment(*, task: Task, body: str, by: User) -> Comment:
    """Say something about a task; whoever it names is told."""
    comment = Comment.objects.create(task=locked_task(task), author=by, body=body)
    comment.untold = name_people(comment, by=by)
    return comment


@atomic()
def change_comment(*, comment: Comment, body: str, by: User) -> Comment:
    """Say it in other words; only who is named anew is told. Raises RefusedError."""
    if comment.author_id != by.pk:
        raise RefusedError(_("Only its author can change a comment."), code="not_yours")
    comment.task = locked_task(comment.task)
    comment.body = body
    comment.save(update_fields=["body", "updated_at"])
    comment.untold = name_people(comment, by=by)
    return comment


@atomic()
def read_mentions(
    *, ids: Collection[UUID] | None = None, task: Task | None = None, by: User
) -> int:
    """Note that somebody has read where they are named: these, those of a task, or all of them.

    Return how many were unread.
    """
    rows = Mention.objects.visible_to(by).unread()
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    if task is not None:
        rows = rows.filter(comment__task=task)
    return rows.update(read_at=timezone.now(), updated_at=timezone.now())

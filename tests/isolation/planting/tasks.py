"""Canaries in tasks, and in what stands beside them."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from accounts.models import Team, User
from tasks.models import Comment, LeftoverFile, Mention, SavedFilter, Task, TaskFile
from tasks.shelf import SHELF
from tenants.uploads import received
from tests.isolation.canaries import CANARY


def plant_a_task(mia: User, team: Team) -> Task:
    return Task.objects.create(
        title=f"{CANARY} title",
        description=f"{CANARY} description",
        labels=[f"{CANARY} label"],
        source=CANARY,
        creator=mia,
        assignee=mia,
        team=team,
        due_date=timezone.now(),
    )


def plant_a_comment(task: Task, mia: User) -> tuple[Comment, Mention]:
    comment = Comment.objects.create(task=task, author=mia, body=f"{CANARY} comment")
    return comment, Mention.objects.create(comment=comment, person=mia, words=f"{CANARY} words")


def plant_a_file(task: Task, mia: User) -> TaskFile:
    facts = {name: f"{CANARY} {name}" for name in ("filename", "media_type", "sha256")}
    made = TaskFile(task=task, author=mia, size=1, **facts)
    with received([f"{CANARY} content".encode()]) as content:
        SHELF.store(made.pk, content)
    made.save(force_insert=True)
    LeftoverFile.objects.create(id=uuid4(), remove_at=timezone.now() + timedelta(days=1))
    return made


def plant_a_filter(mia: User) -> SavedFilter:
    facts = {"name": f"{CANARY} filter", "query": f"search={CANARY}"}
    return SavedFilter.objects.create(owner=mia, is_shared=True, **facts)

"""Files beside tasks as undo knows them: one put there is taken away, one taken away comes back."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import User
from accounts.permissions import Permission
from assistant.kinds import Kind, State
from common.plain import plain_rows, row_of, without_gone
from tasks.attaching import bring_back_file, delete_file
from tasks.models import TaskFile


def _rows(by: User | None) -> QuerySet[Any]:
    return TaskFile.objects.visible_to(by) if by else TaskFile.objects.all()


def _state(file_id: UUID) -> State | None:
    found = plain_rows(TaskFile.objects.filter(pk=file_id))
    return {"row": found[0]} if found else None


def _delete(file: TaskFile, by: User) -> None:
    delete_file(file=file, by=by)


def _bring_back(before: State, by: User) -> None:
    for file in without_gone([row_of(before["row"])], heir=by):
        bring_back_file(file=file, by=by)


FILES = Kind(
    plural=_lazy("files"),
    create=Permission.TASK_UPDATE,
    rows=_rows,
    state=_state,
    delete=_delete,
    bring_back=_bring_back,
)

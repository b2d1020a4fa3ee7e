"""Saved filters as undo knows them: what was kept is forgotten, what was forgotten comes back."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import User
from accounts.permissions import Permission
from assistant.kinds import Kind, State
from common.plain import plain_rows, row_of
from tasks.models import SavedFilter
from tasks.saving import forget_filter, keep_again


def _rows(by: User | None) -> QuerySet[Any]:
    return SavedFilter.objects.filter(owner=by) if by else SavedFilter.objects.all()


def _state(filter_id: UUID) -> State | None:
    found = plain_rows(SavedFilter.objects.filter(pk=filter_id))
    return {"row": found[0]} if found else None


def _delete(saved: SavedFilter, by: User) -> None:
    forget_filter(saved=saved, by=by)


def _bring_back(before: State, by: User) -> None:
    keep_again(saved=row_of(before["row"]), by=by)


FILTERS = Kind(
    plural=_lazy("filters"),
    create=Permission.TASK_READ,
    rows=_rows,
    state=_state,
    delete=_delete,
    bring_back=_bring_back,
)

"""Filters of tasks that are kept under a name, and shared with everybody who likes."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.http import UserRequest, requires
from accounts.permissions import Permission
from accounts.undoing import undoable, undoably
from common.errors import AppError
from tasks.list_forms import SaveFilterForm, known_query
from tasks.models import SavedFilter
from tasks.saving import forget_filter, save_filter
from tasks.undoing import FILTER


@require_POST
@requires(Permission.TASK_READ)
def save(request: UserRequest) -> HttpResponse:
    """Keep the filter that the page showed, and show it again."""
    form = SaveFilterForm(request.POST)
    query = known_query(form.data.get("query", ""))
    if not form.is_valid():
        messages.error(request, _("Give it a name of at most 80 letters."))
        return redirect(_list(query))
    given = form.cleaned_data
    try:
        saved = save_filter(
            name=given["name"], query=query, is_shared=given["is_shared"], by=request.user
        )
    except AppError as error:
        messages.error(request, error.sentence)
    else:
        token = undoable(FILTER, saved, by=request.user)
        messages.success(request, _("“{name}” is kept.").format(name=saved.name), extra_tags=token)
    return redirect(_list(query))


@require_POST
@requires(Permission.TASK_READ)
def forget(request: UserRequest, pk: UUID) -> HttpResponse:
    """Forget one of one's own filters."""
    saved = get_object_or_404(SavedFilter.objects.filter(owner=request.user), pk=pk)
    name = saved.name
    work = partial(forget_filter, saved=saved, by=request.user)
    token = undoably(FILTER, saved, "delete", by=request.user, work=work)
    messages.success(request, _("“{name}” is forgotten.").format(name=name), extra_tags=token)
    return redirect("task-list")


def _list(query: str) -> str:
    return f"{reverse('task-list')}?{query}" if query else reverse("task-list")

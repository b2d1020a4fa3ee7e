"""Talking about a task: saying something, naming people, and having read where one is named."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.http import UserRequest, requires, safe_next
from accounts.permissions import Permission
from common.errors import AppError
from tasks.forms import CommentForm
from tasks.models import Comment, Mention
from tasks.named import options_for
from tasks.talking import add_comment, change_comment, read_mentions
from tasks.task_views import render_task
from tasks.views import task_of


@require_POST
@requires(Permission.TASK_UPDATE)
def comment(request: UserRequest, pk: UUID) -> HttpResponse:
    """Say something about the task."""
    task, form = task_of(request, pk), CommentForm(request.POST)
    if not form.is_valid():
        return render_task(request, task, form=form, status=400)
    said = add_comment(task=task, body=form.cleaned_data["body"], by=request.user)
    return _to_comment(request, said)


@require_POST
@requires(Permission.TASK_UPDATE)
def edit(request: UserRequest, pk: UUID) -> HttpResponse:
    """Say it in other words."""
    rows = Comment.objects.visible_to(request.user).select_related("task")
    said: Comment = get_object_or_404(rows.select_for_update(of=("self",)), pk=pk)
    form = CommentForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(map(str, form.errors["body"])))
        return redirect("task-page", pk=said.task_id)
    try:
        change_comment(comment=said, body=form.cleaned_data["body"], by=request.user)
    except AppError as error:
        messages.error(request, error.sentence)
        return redirect("task-page", pk=said.task_id)
    return _to_comment(request, said)


@require_safe
@requires(Permission.TASK_UPDATE)
def people(request: UserRequest, pk: UUID) -> HttpResponse:
    """Offer whom a comment on the task can name, while somebody types."""
    options = options_for(
        request.GET.get("start", "")[:100], task=task_of(request, pk), by=request.user
    )
    return render(request, "tasks/partials/names.html", {"options": options})


@require_POST
@requires(Permission.TASK_READ)
def read(request: UserRequest, pk: UUID) -> HttpResponse:
    """Note that one has read where one is named."""
    mention = get_object_or_404(Mention.objects.visible_to(request.user), pk=pk)
    read_mentions(ids=[mention.pk], by=request.user)
    if request.headers.get("HX-Request"):
        return HttpResponse()
    return redirect(safe_next(request, ""))


@require_POST
@requires(Permission.TASK_READ)
def read_all(request: UserRequest) -> HttpResponse:
    """Note that one has read everything that names one."""
    read_mentions(by=request.user)
    return redirect(safe_next(request, ""))


def _to_comment(request: UserRequest, said: Comment) -> HttpResponse:
    for sentence in said.untold:
        messages.warning(request, sentence)
    return redirect("task-page", pk=said.task_id)

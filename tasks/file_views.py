"""The pages that take files to a task, fetch them there, and take them away."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import UserRequest, of_at_most, requires, waits
from accounts.permissions import Permission
from accounts.undoing import undoable, undoably
from common.errors import AppError
from tasks.attaching import add_file, delete_file
from tasks.files import opened
from tasks.models import Task, TaskFile
from tasks.undoing import FILE
from tasks.views import task_of
from tenants.context import atomic
from tenants.uploads import MEGABYTE, MOST_BYTES, Upload

# All that come at once, with room for the other fields of the form.
LONGEST = MOST_BYTES + MEGABYTE
MOST_AT_ONCE = 10


@require_POST
@of_at_most(LONGEST)
@waits
@requires(Permission.TASK_UPDATE)
def attach(request: UserRequest, pk: UUID) -> HttpResponse:
    """Put files beside a task; each is taken or refused by itself."""
    with atomic():
        task = task_of(request, pk)
    files = request.FILES.getlist("file")
    if not files:
        messages.error(request, _("Choose a file first."))
    if len(files) > MOST_AT_ONCE:
        sentence = _("At most {most} files at once: the others were not taken.")
        messages.error(request, sentence.format(most=MOST_AT_ONCE))
    for file in files[:MOST_AT_ONCE]:
        _attach(request, task, Upload(file.name or "", file.chunks()))
    return redirect("task-page", pk=pk)


@require_safe
@waits
@requires(Permission.TASK_READ)
def download(request: UserRequest, task_id: UUID, pk: UUID) -> HttpResponse:
    """Return a file as it was sent."""
    with atomic():
        rows = TaskFile.objects.visible_to(request.user).filter(task=task_id)
        file = get_object_or_404(rows, pk=pk)
    return opened(file)  # type: ignore[return-value]  # a streamed one


@require_POST
@requires(Permission.TASK_UPDATE)
def detach(request: UserRequest, task_id: UUID, pk: UUID) -> HttpResponse:
    """Take a file away from its task."""
    rows = TaskFile.objects.visible_to(request.user).filter(task=task_id)
    file: TaskFile = get_object_or_404(rows.select_for_update(of=("self",)), pk=pk)
    name = file.filename
    work = partial(delete_file, file=file, by=request.user)
    token = undoably(FILE, file, "delete", by=request.user, work=work)
    messages.success(request, _("“{name}” is taken away.").format(name=name), extra_tags=token)
    return redirect("task-page", pk=task_id)


def _attach(request: UserRequest, task: Task, upload: Upload) -> None:
    tokens: list[str] = []

    def settle(made: TaskFile) -> None:
        tokens.append(undoable(FILE, made, by=request.user))

    try:
        file = add_file(task=task, upload=upload, by=request.user, settle=settle)
    except AppError as error:
        messages.error(request, f"“{upload.name}”: {error.sentence}")
    else:
        sentence = _("“{name}” is put beside the task.").format(name=file.filename)
        messages.success(request, sentence, extra_tags=tokens[0])

"""Meeting mode: a summary of what was written, and tasks of what is to be done."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST

from accounts.http import UserRequest, requires, waits
from accounts.permissions import Permission
from common.errors import AppError, MissingError
from notes.following import task_of_item
from notes.forms import ItemForm, SummaryForm
from notes.summarizing import summarize
from notes.views import locked_note

SOON = _lazy("This is a long note. Its summary is being made; look again in a minute.")


@require_POST
@waits
@requires(Permission.NOTE_SUMMARIZE)
def summarize_page(request: UserRequest, pk: UUID) -> HttpResponse:
    """Summarise a note, a long one in the background."""
    form = SummaryForm(request.POST)
    length = (form.is_valid() and form.cleaned_data["length"]) or "medium"
    if not summarize(note_id=pk, by=request.user, length=length):
        messages.info(request, SOON)
    return redirect("note-page", pk=pk)


@require_POST
@requires(Permission.TASK_CREATE)
def make_task(request: UserRequest, pk: UUID) -> HttpResponse:
    """Make a task of an action item; a second click only says that it is one."""
    note, form = locked_note(request, pk), ItemForm(request.POST)
    if not form.is_valid():
        raise MissingError(_("There is no such action item."))
    try:
        task = task_of_item(note=note, index=form.cleaned_data["item"], by=request.user)
    except AppError as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, _("“{title}” is a task now.").format(title=task.title))
    return redirect("note-page", pk=pk)

"""The pages of notes: finding, reading and writing them."""

from functools import partial
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import UserRequest, grows_old_by, page_in, requires
from accounts.models import User
from accounts.permissions import Permission
from accounts.undoing import undoable, undoably
from common.errors import AppError, ChangedMeanwhileError, RefusedError
from notes.forms import NoteFilterForm, NoteForm
from notes.markdown import html_of
from notes.meeting import items_of, points_of
from notes.models import Note
from notes.note_kind import KIND
from notes.services import NewNote, create_note, delete_note, update_note
from tasks.words import Reader

PAGE = 30
CHANGED = _lazy(
    "Somebody has changed this note meanwhile. Your text stands below; open the note beside it."
)


@grows_old_by("notes")
@require_safe
@requires(Permission.NOTE_READ)
def note_list(request: UserRequest) -> HttpResponse:
    """Show the notes that the address asks for, the newest first, or those that fit best."""
    form = NoteFilterForm(request.GET)
    rows = form.narrowed(Note.objects.visible_to(request.user).select_related("author"))
    found, beside = page_in(request, rows.defer("body", "key_points", "action_items"), PAGE)
    reader = Reader.for_user(request.user)
    context = {
        "form": form,
        "rows": [(note, reader.when(note.held_at or note.created_at)) for note in found],
        "is_narrow": any(form.data.get(name) for name in form.fields),
        **beside,
    }
    status = HTTPStatus.OK if form.is_valid() else HTTPStatus.BAD_REQUEST
    return render(request, "notes/list.html", context, status=status)


@grows_old_by("notes", "tasks")
@require_safe
@requires(Permission.NOTE_READ)
def note_page(request: UserRequest, pk: UUID) -> HttpResponse:
    """Show a note, what it says in short, and what follows from it."""
    user, note = request.user, note_of(request, pk)
    reader = Reader.for_user(user)
    names = User.objects.filter(pk__in=note.attendee_ids).order_by("full_name")
    context = {
        "note": note,
        # What `html_of` returns has been cleaned of all that could act.
        "html": mark_safe(html_of(note.body)),  # noqa: S308
        "written": reader.when(note.created_at),
        "held": reader.when(note.held_at) if note.held_at else "",
        "people": list(names.values_list("full_name", flat=True)) if note.attendee_ids else [],
        "may_change": may_change(note, user),
        "points": points_of(note),
        "items": items_of(note, by=user),
    }
    return render(request, "notes/note.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.NOTE_CREATE)
def new_note(request: UserRequest) -> HttpResponse:
    """Write a note."""
    if request.method != "POST":
        form = NoteForm(None, by=request.user)
        form.initial = {"kind": request.GET.get("kind", "")}
        return render(request, "notes/form.html", {"form": form})
    form = NoteForm(request.POST, by=request.user)
    if form.is_valid():
        try:
            note = create_note(new=NewNote(**form.values, source="page"), by=request.user)
        except AppError as error:
            form.refuse(error)
            return render(request, "notes/form.html", {"form": form}, status=error.status)
        said = _("“{title}” is noted.").format(title=note.title)
        token = undoable(KIND, note, by=request.user)
        messages.success(request, said, extra_tags=token)
        return redirect("note-page", pk=note.pk)
    return render(request, "notes/form.html", {"form": form}, status=400)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.NOTE_UPDATE)
def edit_note(request: UserRequest, pk: UUID) -> HttpResponse:
    """Change a note; what it said before is kept as a version."""
    if request.method != "POST":
        note = note_of(request, pk)
        if not may_change(note, request.user):
            raise RefusedError(_("Only its author may change this note."))
        form = NoteForm(None, by=request.user, note=note)
        return render(request, "notes/form.html", {"form": form, "note": note})
    note = locked_note(request, pk)
    form = NoteForm(request.POST, by=request.user, note=note)
    status = int(HTTPStatus.BAD_REQUEST)
    if form.is_valid():
        try:
            if form.cleaned_data["version"] != note.version:
                raise ChangedMeanwhileError(CHANGED)
            work = partial(update_note, note=note, changes=form.changes, by=request.user)
            token = undoably(KIND, note, "change", by=request.user, work=work)
        except AppError as error:
            form.refuse(error)
            status = error.status
        else:
            messages.success(request, _("Saved."), extra_tags=token)
            return redirect("note-page", pk=pk)
    return render(request, "notes/form.html", {"form": form, "note": note}, status=status)


@require_POST
@requires(Permission.NOTE_DELETE)
def drop_note(request: UserRequest, pk: UUID) -> HttpResponse:
    """Delete a note with its versions."""
    note = locked_note(request, pk)
    delete_note(note=note, by=request.user)
    messages.success(request, _("“{title}” is deleted.").format(title=note.title))
    return redirect("note-list")


def note_of(request: UserRequest, pk: UUID) -> Note:
    """Return the note if the person may read it; otherwise it does not exist."""
    seen = Note.objects.visible_to(request.user).select_related("author")
    note: Note = get_object_or_404(seen, pk=pk)
    return note


def locked_note(request: UserRequest, pk: UUID) -> Note:
    """Return the same, locked until the transaction ends."""
    seen = Note.objects.visible_to(request.user).select_for_update(of=("self",))
    note: Note = get_object_or_404(seen, pk=pk)
    return note


def may_change(note: Note, by: User) -> bool:
    """Tell whether the person may change the note."""
    return by.may(Permission.NOTE_UPDATE) and (by.sees_all or note.author_id == by.pk)

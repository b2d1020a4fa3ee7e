"""The pages of what a note said before."""

from collections.abc import Iterator
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import UserRequest, page_in, requires
from accounts.permissions import Permission
from accounts.undoing import undoably
from notes.models import NoteVersion
from notes.note_kind import KIND
from notes.services import changes_in, restore_version
from notes.views import locked_note, may_change, note_of
from tasks.words import Reader

PAGE = 50
SIGNS = {"+": "added", "-": "removed", "@": "place", " ": "same"}


@require_safe
@requires(Permission.NOTE_READ)
def versions(request: UserRequest, pk: UUID) -> HttpResponse:
    """Show when a note was changed, and by whom, the newest first."""
    note = note_of(request, pk)
    rows = NoteVersion.objects.filter(note=note).select_related("author").defer("body")
    found, beside = page_in(request, rows, PAGE)
    reader = Reader.for_user(request.user)
    context = {
        "note": note,
        "rows": [(each, reader.when(each.created_at)) for each in found],
        **beside,
    }
    return render(request, "notes/versions.html", context)


@require_safe
@requires(Permission.NOTE_READ)
def version_page(request: UserRequest, note_id: UUID, pk: UUID) -> HttpResponse:
    """Show what a version changed."""
    note = note_of(request, note_id)
    rows = NoteVersion.objects.filter(note=note).select_related("author")
    version = get_object_or_404(rows, pk=pk)
    context = {
        "note": note,
        "version": version,
        "when": Reader.for_user(request.user).when(version.created_at),
        "lines": list(_lines(changes_in(version))),
        "may_restore": version.number != note.version and may_change(note, request.user),
    }
    return render(request, "notes/version.html", context)


@require_POST
@requires(Permission.NOTE_UPDATE)
def restore(request: UserRequest, note_id: UUID, pk: UUID) -> HttpResponse:
    """Give the note the text that it had then, as a new version."""
    note = locked_note(request, note_id)
    work = partial(restore_version, note=note, version_id=pk, by=request.user)
    token = undoably(KIND, note, "change", by=request.user, work=work)
    said = _("The note says again what it said then.")
    messages.success(request, said, extra_tags=token)
    return redirect("note-page", pk=note_id)


def _lines(diff: str) -> Iterator[tuple[str, str]]:
    """Yield each line of a unified diff below its head, and what it is."""
    for line in diff.splitlines()[2:]:
        kind = SIGNS.get(line[:1], "same")
        yield kind, "…" if kind == "place" else line[1:]

"""How notes are found by words, from a search over everything."""

from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.finding import Finder, Found
from accounts.models import User
from accounts.permissions import Permission
from notes.models import Note, NoteQuerySet
from notes.search import ENGLISH
from tasks.words import Reader


def _show(rows: list[Note], by: User) -> list[Found]:
    reader = Reader.for_user(by)
    return [
        Found(
            note.title,
            reverse("note-page", args=[note.pk]),
            f"{note.author.full_name} · {reader.when(note.held_at or note.created_at)}",
        )
        for note in rows
    ]


def _rows(user: User) -> NoteQuerySet:
    """Return what the person may read, with the words of it."""
    words = RawSQL('"notes_note"."words"', [], output_field=SearchVectorField())
    seen = Note.objects.visible_to(user).select_related("author").defer("body")
    rows: NoteQuerySet = seen.annotate(words_of=words)
    return rows


NOTES = Finder(
    title=_("Notes"),
    icon="note",
    grant=Permission.NOTE_READ,
    rows=_rows,
    fields=("title",),
    show=_show,
    or_where=lambda text: Q(words_of=SearchQuery(text, config=ENGLISH, search_type="websearch")),
    page="note-list",
)

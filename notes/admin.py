"""Notes in the office console, to look at as far as the person may read them."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.consoles import person_of, tenant_console
from common.consoles import LookedAt
from common.lists import date_steps
from notes.models import Note, SummaryStatus


@admin.register(Note, site=tenant_console)
class NoteAdmin(LookedAt[Note]):
    """What was written down, by whom and for whom; texts are read on the notes' own pages."""

    section = "Knowledge"
    words = (
        "What people wrote down, as far as you may read it. A note is found by its words as soon as"
        " it is saved."
    )
    empty = "Notes that people write are listed here."
    labels = {
        "author": "Written by",
        "visibility": "Who sees it",
        "held_at": "Meeting was",
        "source": "Came by",
        "created_at": "Written",
        "updated_at": "Changed",
    }
    fields = readonly_fields = (
        *("title", "kind", "author", "visibility", "tags", "version", "summarized", "indexed"),
        *("held_at", "source", "created_at", "updated_at"),
    )
    list_display = ("title", "kind", "author", "visibility", "version", "summarized", "created_at")
    list_filter = ("kind", "visibility", date_steps("created_at"))
    list_select_related = ("author",)
    search_fields = ("title", "author__full_name")

    @admin.display(description="in the index")
    def indexed(self, note: Note) -> str:
        """Tell that there is nothing to wait for: the database keeps the words with the text."""
        return f"all of version {note.version}"

    @admin.display(description="summary", empty_value="none")
    def summarized(self, note: Note) -> str | None:
        """Tell how far its summary is, and of which version."""
        if note.summary_status == SummaryStatus.PROCESSING:
            return f"being made, {note.summary_progress} %"
        if note.summary_status == SummaryStatus.FAILED:
            return "could not be made"
        if not note.summarized_version:
            return None
        return f"of version {note.summarized_version}" + (", old" if note.summary_is_old else "")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Note]:
        """Return what the person may read, latest first."""
        seen: QuerySet[Note] = Note.objects.visible_to(person_of(request))
        return seen.order_by("-created_at", "id")

"""Notes in the office console, to look at as far as the person may read them."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.consoles import person_of, tenant_console
from common.consoles import LookedAt
from common.lists import date_steps
from notes.models import Note


@admin.register(Note, site=tenant_console)
class NoteAdmin(LookedAt[Note]):
    """What was written down, by whom and for whom; texts are read on the notes' own pages."""

    section = "Knowledge"
    empty = "Notes that people write are listed here."
    fields = readonly_fields = (
        *("title", "kind", "author", "visibility", "tags", "version", "held_at", "source"),
        *("created_at", "updated_at"),
    )
    list_display = ("title", "kind", "author", "visibility", "version", "created_at")
    list_filter = ("kind", "visibility", date_steps("created_at"))
    list_select_related = ("author",)
    search_fields = ("title", "author__full_name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Note]:
        """Return what the person may read, latest first."""
        seen: QuerySet[Note] = Note.objects.visible_to(person_of(request))
        return seen.order_by("-created_at", "id")

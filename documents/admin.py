"""Documents in the office console: whose they are, when they are reviewed, who has not signed."""

from typing import Any

from django.contrib import admin
from django.db.models import F, FilteredRelation, Q, QuerySet
from django.http import HttpRequest

from accounts.consoles import person_of, tenant_console
from common.consoles import OfficeAdmin
from common.lists import date_steps
from documents.duties import signers_of
from documents.models import Document

# The API pages through the others.
MOST_NAMED = 50


@admin.register(Document, site=tenant_console)
class DocumentAdmin(OfficeAdmin[Document]):
    """What the office keeps in writing, to look at; files and texts are not shown."""

    section = "Knowledge"
    words = (
        "What the office keeps in writing, and how far it has been read to be found. Files are"
        " brought and changed on the page “Documents”; nobody reads them here."
    )
    empty = (
        "Bring the office's rules and templates on the page “Documents”: then they can be asked."
    )
    fields = readonly_fields = (
        *("title", "kind", "visibility", "owner", "status", "reason", "indexed", "revision"),
        *("newest", "review_on", "sign_by_all", "missing", "created_at", "updated_at"),
    )
    labels = {
        "visibility": "Who sees it",
        "owner": "Looked after by",
        "status": "Reading",
        "reason": "What is wrong",
        "revision": "Version that is found",
        "newest": "Newest version",
        "review_on": "Looked at again on",
        "sign_by_all": "Everybody signs",
        "created_at": "Brought",
        "updated_at": "Changed",
    }
    list_display = (
        *("title", "kind", "visibility", "owner", "status", "indexed", "review_on"),
        *("sign_by_all", "created_at"),
    )
    list_filter = ("kind", "visibility", "status", "sign_by_all", date_steps("created_at"))
    list_select_related = ("owner",)
    search_fields = ("title", "owner__full_name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Document]:
        """Return them with how much of each is in the index."""
        rows: QuerySet[Document] = super().get_queryset(request)
        found = FilteredRelation("revisions", condition=Q(revisions__number=F("revision")))
        return rows.annotate(
            found=found, passages=F("found__chunks"), with_meaning=F("found__embedded")
        )

    @admin.display(description="in the index", empty_value="nothing yet")
    def indexed(self, document: Document) -> str | None:
        """Tell how much of it is found by its words, and how much by what it means."""
        passages = getattr(document, "passages", None)
        if not document.revision or passages is None:
            return None
        pieces = "passage" if passages == 1 else "passages"
        meant = getattr(document, "with_meaning", 0)
        return f"{passages} {pieces} by words, {meant} by meaning"

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Document | None:
        """Return the document with those who have not signed what holds now."""
        document: Document | None = super().get_object(request, object_id, from_field)
        if document is not None:
            rows: QuerySet[Any] = signers_of(document, by=person_of(request), missing=True)
            names = [person.full_name for person in rows[: MOST_NAMED + 1]]
            document.unsigned = names  # type: ignore[attr-defined]  # for `missing`
        return document

    @admin.display(description="not signed by")
    def missing(self, document: Document) -> str:
        """Return who has not signed what holds now."""
        names = getattr(document, "unsigned", [])
        more = " and others" if len(names) > MOST_NAMED else ""
        return f"{', '.join(names[:MOST_NAMED])}{more}" or "nobody"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: files come by the API."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody here: whoever owns a document changes it."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody here: its files go with it by the API."""
        return False

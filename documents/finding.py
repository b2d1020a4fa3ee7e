"""How documents are found by words: those of the title, or those of the newest text."""

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.finding import Finder, Found
from accounts.models import User
from accounts.permissions import Permission
from common.likeness import MOST_WORDS
from documents.language.stems import terms_of
from documents.models import Document, DocumentQuerySet, Term


def _show(rows: list[Document], by: User) -> list[Found]:
    return [
        Found(each.title, reverse("document-page", args=[each.pk]), each.get_kind_display())
        for each in rows
    ]


def _in_the_text(text: str) -> Q:
    """Ask that each term stands in what the document says now."""
    fits = Q()
    terms = list(dict.fromkeys(terms_of(text)))[:MOST_WORDS]
    for term in terms:
        newest = {"revision__document": OuterRef("pk"), "revision__number": OuterRef("revision")}
        fits &= Q(Exists(Term.objects.filter(term=term, **newest)))
    return fits if terms else Q(pk__in=[])


def _rows(user: User) -> DocumentQuerySet:
    return Document.objects.visible_to(user)


DOCUMENTS = Finder(
    title=_("Documents"),
    icon="document",
    grant=Permission.NOTE_READ,
    rows=_rows,
    fields=("title",),
    show=_show,
    or_where=_in_the_text,
    page="document-list",
)

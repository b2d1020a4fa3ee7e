"""What people owe a document: its owner a look on the day of its review, others a signature."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django_stubs_ext import StrOrPromise

from accounts.models import TeamMembership, User
from accounts.permissions import Permission
from common.errors import ConflictError
from common.languages import speaking
from documents.models import Document, Revision, SignOff
from documents.services import require_change
from messaging.due import Owed
from messaging.services import owe_messages
from tenants.context import atomic, current_tenant
from tenants.directory import address_of

REVIEW, SIGNING = "document_review", "document_signing"


# --- Reviews


def owe_due_reviews(ids: Sequence[UUID], now: datetime) -> None:
    """Remind the owners of these documents that are due, once."""
    rows = Document.objects.select_for_update(skip_locked=True, of=("self",))
    due = list(rows.filter(pk__in=ids, review_due_at__lte=now).select_related("owner"))
    owe_messages(_reviews(due))
    Document.objects.filter(pk__in=[each.pk for each in due]).update(review_due_at=None)


def planned_reviews(people: Collection[User], start: datetime, end: datetime) -> list[Owed]:
    """Return what these people will be reminded of."""
    rows = Document.objects.filter(owner__in=people, review_due_at__lte=end)
    return _reviews(rows.select_related("owner"))


def review_objections(ids: Collection[UUID]) -> Mapping[UUID, str]:
    """Tell of which of these documents no review is due any more, and why."""
    found = {
        pk: moved is not None or day is None
        for pk, day, moved in Document.objects.filter(pk__in=ids).values_list(
            "pk", "review_on", "review_due_at"
        )
    }
    return {
        **dict.fromkeys(set(ids) - found.keys(), _("The document was deleted.")),
        **dict.fromkeys((pk for pk, moved in found.items() if moved), _("The review was moved.")),
    }


def _reviews(documents: Iterable[Document]) -> list[Owed]:
    return [
        _owed(
            document,
            document.owner,
            kind=REVIEW,
            subject=format_lazy(_lazy("To be reviewed: {title}"), title=document.title),
            sentence=format_lazy(
                _lazy(
                    "It is to be looked at again on {day}. See whether it still holds, then send a"
                    " newer file or choose another day."
                ),
                day=_day_later(document.review_on),
            ),
            occasion=f"review:{document.pk}:{document.review_on}",
            due_at=document.review_due_at or timezone.now(),
        )
        for document in documents
        if document.owner.is_active
    ]


# --- Signatures

SIGN_ASKED = _lazy(
    "{by} asks you to read revision {revision} and to sign that you have understood it."
)


def asked_of(document: Document) -> QuerySet[User]:
    """Return those who are to sign: of all, of teams or by name, whoever may read documents."""
    grants = [Permission.NOTE_READ.value]
    readers: QuerySet[User] = User.objects.active().filter(role__permissions__contains=grants)
    if document.sign_by_all:
        return readers
    members = TeamMembership.objects.filter(team__in=document.sign_team_ids).values("user")
    return readers.filter(Q(pk__in=document.sign_person_ids) | Q(pk__in=members))


def signers_of(document: Document, *, by: User, missing: bool = False) -> QuerySet[User]:
    """Return who is asked or has signed what the document says now, with `is_asked`, `signed_at`.

    All are told to its owner and to those who may know everybody, the others of themselves.
    """
    current = Revision.objects.filter(document=document, number=document.revision)
    signed = SignOff.objects.filter(person=OuterRef("pk"), revision__in=current.values("pk"))
    asked = Exists(asked_of(document).filter(pk=OuterRef("pk")))
    rows: QuerySet[User] = User.objects.filter(
        asked & ~Exists(signed) if missing else asked | Exists(signed)
    )
    rows = rows.annotate(is_asked=asked, signed_at=Subquery(signed.values("created_at")[:1]))
    if not (by.sees_all or by.may(Permission.USER_READ) or document.owner_id == by.pk):
        rows = rows.filter(pk=by.pk)
    return rows.order_by("full_name", "pk")


@atomic()
def sign_document(*, document: Document, number: int, by: User) -> User:
    """Note that a person has read and understood this revision of a document that is locked.

    Twice is once. Raises ConflictError where that is not the revision that holds.
    """
    revision = Revision.objects.filter(document=document, number=document.revision).first()
    if revision is None:
        raise ConflictError(_("This document cannot be read yet."), code="not_ready")
    if number != revision.number:
        raise ConflictError(
            _("Revision {number} holds now: read that one.").format(number=revision.number),
            code="newer_revision",
            extra={"revision": revision.number},
        )
    if not SignOff.objects.filter(revision=revision, person=by).exists():
        SignOff.objects.create(revision=revision, person=by)
    return signers_of(document, by=by).get(pk=by.pk)


@atomic()
def remind_signers(*, document: Document, by: User) -> int:
    """Remind those who have not signed what holds now, once a day; return of how many one knows.

    Raises RefusedError.
    """
    require_change(document, by)
    now = timezone.now()
    people = list(signers_of(document, by=by, missing=True)) if document.revision else []
    owe_messages(
        [
            _owed(
                document,
                person,
                kind=SIGNING,
                subject=format_lazy(_lazy("To be read and signed: {title}"), title=document.title),
                sentence=format_lazy(
                    SIGN_ASKED,
                    by=by.full_name,
                    revision=document.revision,
                ),
                occasion=f"sign:{document.pk}:{document.revision}:{now:%Y%m%d}",
                due_at=now,
            )
            for person in people
        ]
    )
    return len(people)


def signing_objections(ids: Collection[UUID]) -> Mapping[UUID, str]:
    """Tell of which of these documents there is nothing left to sign, and why."""
    there = set(Document.objects.filter(pk__in=ids).values_list("pk", flat=True))
    return dict.fromkeys(set(ids) - there, _("The document was deleted."))


# --- Both


def _owed(
    document: Document,
    person: User,
    *,
    subject: StrOrPromise,
    sentence: StrOrPromise,
    **facts: Any,
) -> Owed:
    """Return the letter, in the language of the person."""
    office = current_tenant()
    with speaking(person.locale):
        words: dict[str, Any] = {"document": document, "person": person, "office": office}
        words |= {"url": address_of(office), "subject": str(subject), "sentence": str(sentence)}
        return Owed(
            recipient=person,
            subject=str(subject),
            text=render_to_string("emails/document.txt", words),
            html=render_to_string("emails/document.html", words),
            about_id=document.pk,
            brief=f"{subject} {words['url']}",
            **facts,
        )


def _day(day: date | None) -> str:
    return format_date(day, _("j F Y")) if day else _("a day")


_day_later = lazy(_day, str)

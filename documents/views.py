"""The pages of documents: which there are, and one with its files and those who sign it."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import UserRequest, grows_old_by, page_in, requires
from accounts.models import User
from accounts.permissions import Permission
from common.errors import AppError, InvalidError
from documents.duties import remind_signers, sign_document, signers_of
from documents.forms import DocumentFilterForm, FileForm, SignForm
from documents.models import Document, Status
from documents.services import delete_document
from documents.states import ALL, notice_of, progress_of, state_of
from tasks.words import Reader

PAGE, MOST_FILES, MOST_SIGNERS = 30, 50, 200


@grows_old_by("documents")
@require_safe
@requires(Permission.NOTE_READ)
def document_list(request: UserRequest) -> HttpResponse:
    """Show the documents that the address asks for, the newest first."""
    form = DocumentFilterForm(request.GET)
    found, beside = page_in(request, form.narrowed(_seen(request)), PAGE)
    context = {
        "form": form,
        "rows": [(each, state_of(each), progress_of(each)) for each in found],
        "is_narrow": any(form.data.get(name) for name in form.fields),
        **beside,
    }
    status = HTTPStatus.OK if form.is_valid() else HTTPStatus.BAD_REQUEST
    return render(request, "documents/list.html", context, status=status)


@grows_old_by("documents")
@require_safe
@requires(Permission.NOTE_READ)
def document_page(request: UserRequest, pk: UUID) -> HttpResponse:
    """Show one document."""
    document = get_object_or_404(_seen(request), pk=pk)
    return render(request, "documents/document.html", page_of(document, by=request.user))


@require_POST
@requires(Permission.NOTE_READ)
def sign(request: UserRequest, pk: UUID) -> HttpResponse:
    """Say that one has read and understood the revision that was on the page."""
    form = SignForm(request.POST)
    if not form.is_valid():
        raise InvalidError(_("Which revision did you read?"), attr="revision")
    document = _locked(request, pk)
    try:
        sign_document(document=document, number=form.cleaned_data["revision"], by=request.user)
    except AppError as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, _("It is noted that you have read and understood this."))
    return redirect("document-page", pk=pk)


@require_POST
@requires(Permission.NOTE_UPDATE)
def remind(request: UserRequest, pk: UUID) -> HttpResponse:
    """Remind those who have not signed, at most once a day."""
    told = remind_signers(document=_locked(request, pk), by=request.user)
    messages.success(
        request, _("Reminded: {told}.").format(told=told) if told else _("Everybody has signed.")
    )
    return redirect("document-page", pk=pk)


@require_POST
@requires(Permission.NOTE_DELETE)
def drop_document(request: UserRequest, pk: UUID) -> HttpResponse:
    """Delete a document with its files."""
    document = _locked(request, pk)
    delete_document(document=document, by=request.user)
    messages.success(request, _("“{title}” is deleted.").format(title=document.title))
    return redirect("document-list")


def page_of(document: Document, *, by: User, form: FileForm | None = None) -> dict[str, Any]:
    """Return what the page of a document shows; a few queries, whatever there is."""
    reader = Reader.for_user(by)
    files = document.revisions.select_related("author")[:MOST_FILES]
    is_signed = document.sign_by_all or document.sign_team_ids or document.sign_person_ids
    # Annotated with `signed_at`.
    people: list[Any] = list(signers_of(document, by=by)[:MOST_SIGNERS]) if is_signed else []
    signed = [(each, reader.when(each.signed_at) if each.signed_at else "") for each in people]
    is_underway = document.status != Status.FAILED and progress_of(document) < ALL
    return {
        "document": document,
        "state": state_of(document),
        "progress": progress_of(document) if is_underway else None,
        "notice": notice_of(document),
        "files": [(each, reader.when(each.created_at)) for each in files],
        "signers": signed,
        "missing": sum(not when for _person, when in signed),
        "may_change": by.may(Permission.NOTE_UPDATE) and (by.sees_all or document.owner == by),
        "form": form or FileForm(),
    }


def _seen(request: UserRequest) -> Any:
    seen = Document.objects.visible_to(request.user)
    return seen.with_duty_of(request.user).with_newest_file()


def _locked(request: UserRequest, pk: UUID) -> Document:
    seen = Document.objects.visible_to(request.user).select_for_update(of=("self",))
    document: Document = get_object_or_404(seen, pk=pk)
    return document

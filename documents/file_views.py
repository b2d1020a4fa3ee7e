"""The pages that take files to the store of documents, or fetch them there; none holds a lock."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import UserRequest, of_at_most, requires, waits
from accounts.permissions import Permission
from common.errors import AppError
from documents.api import revision_response
from documents.forms import FileForm, NewDocumentForm
from documents.models import Document, Revision
from documents.reading.limits import MEGABYTE, MOST_BYTES
from documents.services import add_revision, create_document
from documents.views import page_of
from tenants.context import atomic
from tenants.uploads import Upload

# With room for the other fields of the form.
LONGEST = MOST_BYTES + MEGABYTE
TAKEN = _("It is taken in, and will be read now.")


@require_http_methods(["GET", "HEAD", "POST"])
@of_at_most(LONGEST)
@waits
@requires(Permission.NOTE_CREATE)
def new_document(request: UserRequest) -> HttpResponse:
    """Take a file in; a job reads it."""
    is_sent = request.method == "POST"
    form = NewDocumentForm(request.POST, request.FILES) if is_sent else NewDocumentForm()
    status = 400 if is_sent else 200
    if form.is_valid():
        given = dict(form.cleaned_data)
        file = given.pop("file")
        try:
            upload = Upload(file.name, file.chunks())
            document = create_document(upload=upload, by=request.user, **given)
        except AppError as error:
            form.refuse(error)
            status = error.status
        else:
            messages.success(request, TAKEN)
            return redirect("document-page", pk=document.pk)
    with atomic():
        return render(request, "documents/new.html", {"form": form}, status=status)


@require_POST
@of_at_most(LONGEST)
@waits
@requires(Permission.NOTE_UPDATE)
def new_file(request: UserRequest, pk: UUID) -> HttpResponse:
    """Take in a newer file of a document."""
    with atomic():
        document = get_object_or_404(Document.objects.visible_to(request.user), pk=pk)
    form, status = FileForm(request.POST, request.FILES), 400
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            upload = Upload(file.name, file.chunks())
            add_revision(document=document, upload=upload, by=request.user)
        except AppError as error:
            form.refuse(error)
            status = error.status
        else:
            messages.success(request, TAKEN)
            return redirect("document-page", pk=pk)
    with atomic():
        seen = Document.objects.visible_to(request.user).with_duty_of(request.user)
        shown = get_object_or_404(seen.with_newest_file(), pk=pk)
        context = page_of(shown, by=request.user, form=form)
        return render(request, "documents/document.html", context, status=status)


@require_safe
@waits
@requires(Permission.NOTE_READ)
def download(request: UserRequest, document_id: UUID, pk: UUID) -> HttpResponse:
    """Return a file as it was sent."""
    with atomic():
        documents = Document.objects.visible_to(request.user)
        rows = Revision.objects.filter(document__in=documents, document=document_id)
        revision = get_object_or_404(rows, pk=pk)
    return revision_response(revision)  # type: ignore[return-value]  # a streamed one

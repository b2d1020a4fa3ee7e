"""The page where people ask what is written in the documents."""

from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts.http import UserRequest, requires, waits
from accounts.permissions import Permission
from documents.answers.asking import ask_documents
from documents.forms import QuestionForm
from documents.models import Document
from tenants.context import atomic


@require_http_methods(["GET", "HEAD", "POST"])
@waits
@requires(Permission.NOTE_READ)
def ask(request: UserRequest) -> HttpResponse:
    """Answer a question in the documents' own words, or say honestly that they do not."""
    form = QuestionForm(request.POST if request.method == "POST" else None)
    answered, status = None, HTTPStatus.OK
    if form.is_valid():
        answered = ask_documents(form.cleaned_data["question"], by=request.user)
    elif form.is_bound:
        status = HTTPStatus.BAD_REQUEST
    with atomic():
        has_documents = Document.objects.visible_to(request.user).filter(revision__gt=0).exists()
        context = {"form": form, "answered": answered, "has_documents": has_documents}
        return render(request, "documents/ask.html", context, status=status)

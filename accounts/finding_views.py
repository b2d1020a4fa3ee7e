"""The page that searches everything, and what the palette shows of it while somebody types."""

from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.finding import find
from accounts.forms import SearchForm
from accounts.http import UserRequest, requires


@require_safe
@requires(None)
def search_page(request: UserRequest) -> HttpResponse:
    """Show what fits the words in the address, as far as the person may read it."""
    form = SearchForm(request.GET if "q" in request.GET else None)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    status = HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK
    context = {"form": form, "text": text, "groups": find(text, by=request.user)}
    return render(request, "accounts/search.html", context, status=status)


@require_safe
@requires(None)
def search_glance(request: UserRequest) -> HttpResponse:
    """Show the same as a few lines; nothing for nonsense."""
    form = SearchForm(request.GET)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    context = {"text": text, "groups": find(text, by=request.user)}
    return render(request, "accounts/partials/found.html", context)

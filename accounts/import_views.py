"""The page on which many people are invited at once."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.account_forms import ImportForm
from accounts.http import UserRequest, requires
from accounts.people_import import Line, Problem, check_people, import_people
from accounts.permissions import Permission
from common.errors import AppError


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.USER_CREATE)
def import_page(request: UserRequest) -> HttpResponse:
    """Show what is wrong with a table, line by line; invite everybody in it when nothing is."""
    form = ImportForm(request.POST or None)
    lines: list[Line] = []
    problems: list[Problem] = []
    if form.is_valid():
        text = form.cleaned_data["csv"]
        try:
            lines, problems = check_people(text=text, by=request.user)
            if not problems and "import" in request.POST:
                made = import_people(text=text, by=request.user)
                messages.success(
                    request, _("{number} people are invited.").format(number=len(made))
                )
                return redirect("import-people")
        except AppError as error:
            form.refuse(error)
    words = {"form": form, "lines": lines, "problems": problems}
    status = 400 if form.errors else 200
    return render(request, "accounts/import.html", words, status=status)

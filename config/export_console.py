"""The whole office as one file, from its console: asked for, watched, fetched."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from accounts.consoles import person_of
from accounts.page_step_up import way_to_show
from common.console_site import ConsolePage
from common.errors import AppError
from tenants.context import current_tenant, public_context
from tenants.downloads import archive_response
from tenants.operation_models import Kind, Operation, OperationStatus
from tenants.operations import export_of, is_fetchable

# While an archive is made the browser looks again by itself after so many seconds, for a quarter of
# an hour altogether: whoever forgets the page open is not kept signed in by it.
LOOKS = (*[5] * 12, *[15] * 16, *[60] * 10)


def show_export(request: HttpRequest, context: dict[str, Any]) -> HttpResponseBase:
    """Show how far the office's archive is, have one made, and hand it out.

    It is a job: whoever leaves the page finds it again here.
    """
    if way := way_to_show(request):
        return way
    if request.method == "POST":
        return _ask(request)
    export = _latest()
    is_there = export is not None and is_fetchable(export)
    if "fetch" in request.GET:
        if export is not None and is_there:
            return archive_response(export)
        messages.error(request, "There is no archive any more; have a new one made.")
        return redirect("admin:office-export")
    looks = _looks(request) if export is not None and export.is_unfinished else ()
    facts = {
        "title": "Take everything along",
        "export": export,
        "office": current_tenant(),
        "looks_again": bool(looks),
        "is_there": is_there,
        "failed": export is not None and export.status == OperationStatus.FAILED,
    }
    answer = TemplateResponse(request, "admin/export.html", {**context, **facts})
    if looks:
        answer["Refresh"] = f"{looks[0]}; url=?look={len(LOOKS) - len(looks) + 1}"
    return answer


def _looks(request: HttpRequest) -> Sequence[int]:
    """Return how long to wait before each of the looks that are left."""
    done = request.GET.get("look", "")
    return LOOKS[int(done) :] if done.isdecimal() and done.isascii() else LOOKS


def _ask(request: HttpRequest) -> HttpResponseBase:
    by = f"user {person_of(request).pk}"
    try:
        export_of(tenant=current_tenant(), requested_by=by)
    except AppError as refusal:
        messages.error(request, refusal.sentence)
    return redirect("admin:office-export")


def _latest() -> Operation | None:
    """Return the last archive that was asked for, by the API, an operator or here."""
    office = current_tenant().pk
    with public_context():
        return Operation.objects.of_tenant(office, Kind.EXPORT).first()


PAGE = ConsolePage(
    "The office", "Take everything along", "office-export", "accounts.export_office", show_export
)

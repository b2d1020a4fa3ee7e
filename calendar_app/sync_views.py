"""The page of two-way syncs: how each goes, what the first one would do, and what to do with it."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import UserRequest, grows_old_by, requires
from accounts.models import User
from accounts.permissions import Permission
from calendar_app.jobs import run_sync, tell_no_more
from calendar_app.models import CalendarSync
from calendar_app.sync.services import (
    accept_deletions,
    accounts_to_link,
    end_sync,
    hurry_sync,
    link_calendar,
    start_sync,
    stop_sync,
)
from calendar_app.sync.words import counts_in_words, loss_in_words
from common.errors import AppError, MissingError
from tenants.directory import uuid_or_none

Context = dict[str, Any]


@grows_old_by("calendar_app")
@require_safe
@requires(Permission.EVENT_READ)
def syncs(request: UserRequest) -> HttpResponse:
    """Show how one's syncs go."""
    rows = list(CalendarSync.objects.visible_to(request.user).for_pages())
    linked = {(str(row.connection_id), row.remote_id) for row in rows}
    context = {
        "rows": [_row(row, linked) for row in rows],
        "accounts": accounts_to_link(by=request.user),
        "may_change": request.user.may(Permission.EVENT_CREATE),
    }
    return render(request, "calendar_app/syncs.html", context)


@require_POST
@requires(Permission.EVENT_CREATE)
def link(request: UserRequest) -> HttpResponse:
    """Put a calendar beside one at a vendor; what a sync would do is found out first."""
    connection = uuid_or_none(request.POST.get("connection_id", ""))
    remote_id = request.POST.get("remote_id", "")[:512]
    try:
        if connection is None:
            raise MissingError(_("There is no such account."))
        made = link_calendar(
            connection_id=connection, remote_id=remote_id, calendar_id=None, by=request.user
        )
        run_sync.delay_on_commit(str(made.pk))
        messages.success(request, _("Finding out what a sync would do. Look here in a moment."))
    except AppError as error:
        messages.error(request, error.sentence)
    return redirect("synced-calendars")


@require_POST
@requires(Permission.EVENT_CREATE)
def change(request: UserRequest, pk: UUID) -> HttpResponse:
    """Start, hurry, stop or end a sync, or let it delete what it held back."""
    row = _locked(request.user, pk)
    try:
        do = DEEDS.get(request.POST.get("do", ""))
        if do is None:
            raise MissingError(_("There is nothing like that to do with a sync."))
        messages.success(request, do(row))
    except AppError as error:
        messages.error(request, error.sentence)
    return redirect("synced-calendars")


def _locked(person: User, pk: UUID) -> CalendarSync:
    rows = CalendarSync.objects.visible_to(person).select_for_update(of=("self",))
    found: CalendarSync = get_object_or_404(rows, pk=pk)
    return found


def _start(row: CalendarSync) -> str:
    start_sync(sync=row)
    run_sync.delay_on_commit(str(row.pk))
    return _("Started. Both sides are being made equal.")


def _hurry(row: CalendarSync) -> str:
    hurry_sync(sync=row)
    run_sync.delay_on_commit(str(row.pk))
    return _("It runs now. Look here in a moment.")


def _accept(row: CalendarSync) -> str:
    accept_deletions(sync=row)
    run_sync.delay_on_commit(str(row.pk))
    return _("They are being deleted here, and the sync goes on.")


def _stop(row: CalendarSync) -> str:
    tell_no_more(str(row.connection_id), stop_sync(sync=row))
    return _("Stopped. Nothing is written on either side until it is started again.")


def _end(row: CalendarSync) -> str:
    tell_no_more(str(row.connection_id), end_sync(sync=row))
    return _("Ended. What is on either side stays there.")


DEEDS: Mapping[str, Callable[[CalendarSync], str]] = {
    "start": _start,
    "now": _hurry,
    "accept": _accept,
    "stop": _stop,
    "end": _end,
}


def _row(sync: CalendarSync, linked: set[tuple[str, str]]) -> Context:
    preview = sync.preview or {}
    channels = sync.channels.all()
    others = [each for each in preview.get("calendars", ())
              if (str(sync.connection_id), each["id"]) not in linked]  # fmt: skip
    return {
        "sync": sync,
        "id": str(sync.pk),
        "is_running": sync.running_until is not None and sync.running_until > timezone.now(),
        "watched_until": max((each.ends_at for each in channels), default=None),
        "renews_at": min((each.renew_at for each in channels if each.renew_at), default=None),
        "last": counts_in_words(sync.last_counts),
        "total": counts_in_words(sync.total_counts),
        "left_out": sorted({each.trouble for each in sync.links.all()}),
        "conflicts": [(each, loss_in_words(each)) for each in getattr(sync, "latest", ())],
        "would": counts_in_words(preview.get("counts", {})),
        "titles": sorted({title for some in preview.get("titles", {}).values() for title in some}),
        "would_leave": preview.get("left_out", ()),
        "others": others if sync.state == "draft" else (),
    }

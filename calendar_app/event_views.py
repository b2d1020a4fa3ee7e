"""The pages of one event: what it is and who comes; writing, changing and calling it off."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import UserRequest, requires, safe_next
from accounts.models import User
from accounts.permissions import Permission
from accounts.undoing import undoable, undoably
from calendar_app.expansion import Occurrence
from calendar_app.forms import SCOPES, YEARS, AnswerForm, EventForm, ScopeForm
from calendar_app.grid import ANSWERS, query_of, words_of
from calendar_app.inviting import was_invited
from calendar_app.models import FOLLOWED, Event
from calendar_app.move_forms import MoveForm
from calendar_app.occurrences import cancel_occurrence, change_occurrence, delete_event
from calendar_app.recurrence import happens_at, instance_of
from calendar_app.services import (
    NewEvent,
    create_event,
    require_change,
    respond,
    update_event,
)
from calendar_app.showing import is_open, show
from common.errors import AppError, ChangedMeanwhileError, InvalidError
from common.moments import to_wall
from common.rule_words import rule_words

# What an undo calls it.
KIND = "event"


@require_safe
@requires(Permission.EVENT_READ)
def event_page(request: UserRequest, pk: UUID) -> HttpResponse:
    """Show one event, or one occurrence of a series, and who comes."""
    return _render_event(request, _event_of(request, pk))


@require_POST
@requires(Permission.EVENT_READ)
def answer(request: UserRequest, pk: UUID) -> HttpResponse:
    """Say whether one comes."""
    event = get_object_or_404(Event.objects.visible_to(request.user), pk=pk)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        raise InvalidError(_("Say yes, perhaps or no."), attr="answer")
    respond(event=event, answer=form.cleaned_data["answer"], by=request.user)
    messages.success(request, _("Your answer is noted."))
    at = _at(request)
    asked = "?" + urlencode({"at": at.isoformat()}) if at else ""
    return redirect(reverse("event-page", args=[pk]) + asked)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EVENT_CREATE)
def new_event(request: UserRequest) -> HttpResponse:
    """Write an event down."""
    if request.method != "POST":
        form = EventForm(None, by=request.user)
        form.initial = _proposed(request)
        return _render_form(request, form)
    form = EventForm(request.POST, by=request.user)
    if form.is_valid():
        try:
            new = NewEvent(**form.values, source="page")
            event = create_event(new=new, by=request.user)
        except AppError as error:
            form.refuse(error)
            return _render_form(request, form, status=error.status)
        said = _("“{title}” stands in the calendar.").format(title=event.title)
        token = undoable(KIND, event, by=request.user)
        messages.success(request, said, extra_tags=token)
        return redirect("event-page", pk=event.pk)
    return _render_form(request, form, status=400)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EVENT_UPDATE)
def edit_event(request: UserRequest, pk: UUID) -> HttpResponse:
    """Change an event: of a series one occurrence, it and all following, or the whole."""
    event = _event_of(request, pk)
    require_change(event, request.user)
    at = _at(request)
    shown = show(event, request.user, _occurrence(event, at))
    if request.method != "POST":
        form = EventForm(None, by=request.user, event=shown)
        return _render_form(request, form, event=event, at=at)
    form = EventForm(request.POST, by=request.user, event=shown)
    if not form.is_valid():
        return _render_form(request, form, event=event, at=at, status=400)
    try:
        changed, token = _change(request, event, form, at)
    except AppError as error:
        form.refuse(error)
        return _render_form(request, form, event=event, at=at, status=error.status)
    messages.success(request, _("Saved."), extra_tags=token)
    return redirect("event-page", pk=changed.pk)


@require_POST
@requires(Permission.EVENT_UPDATE)
def move_event(request: UserRequest, pk: UUID) -> HttpResponse:
    """Bring an event to another day or time, or make it longer or shorter, and lead back."""
    event, form = _locked(request, pk), MoveForm(request.POST)
    if not form.is_valid():
        raise InvalidError(_("Say to which day and time."), attr="day")
    if form.cleaned_data["version"] != event.version:
        raise ChangedMeanwhileError(_("Somebody has changed this event meanwhile. Look again."))
    at, user = _at(request), request.user
    changes = form.changes(show(event, user, _occurrence(event, at)), user)
    scope = form.cleaned_data["scope"] or "this"
    work = partial(_apply, event, at, scope=scope, changes=changes, by=user)
    token = undoably(KIND, _whole(event), "move", by=user, work=work)
    said = _("“{title}” is moved.").format(title=event.title)
    if was_invited(event):
        said += " " + _("Nobody was written to.")
    messages.success(request, said, extra_tags=token)
    return redirect(safe_next(request, request.POST.get("next", "")))


@require_POST
@requires(Permission.EVENT_DELETE)
def drop_event(request: UserRequest, pk: UUID) -> HttpResponse:
    """Call an event off: of a series one occurrence, it and all following, or the whole."""
    event, form, user = _locked(request, pk), ScopeForm(request.POST), request.user
    at = _at(request) if form.is_valid() else None
    if at is None or not _recurs(event):
        work = partial(delete_event, event=event, by=user)
    else:
        scope = form.cleaned_data["scope"] or "this"
        work = partial(cancel_occurrence, event=event, at=at, scope=scope, by=user)
    title = event.title
    token = undoably(KIND, _whole(event), "call_off", by=user, work=work)
    messages.success(request, _("“{title}” is called off.").format(title=title), extra_tags=token)
    return redirect("calendar-page")


def may_change(event: Event, by: User) -> bool:
    """Tell whether the person may change an event of `for_reading`."""
    return (
        by.may(Permission.EVENT_UPDATE)
        and event.source != FOLLOWED
        and is_open(event, by)
        and Event.objects.changeable_by(by).filter(pk=event.pk).exists()
    )


def _change(
    request: UserRequest, event: Event, form: EventForm, at: datetime | None
) -> tuple[Event, str]:
    """Return the row that describes the event now, and what takes the change back."""
    found = [event]
    locked, scope = _locked(request, event.pk), form.cleaned_data["scope"] or "this"

    def work() -> None:
        found[0] = _apply(locked, at, scope=scope, changes=form.changes, by=request.user)

    token = undoably(KIND, _whole(locked), "change", by=request.user, work=work)
    return found[0], token


def _apply(
    event: Event, at: datetime | None, *, scope: str, changes: dict[str, Any], by: User
) -> Event:
    """Change a locked event; of a series as much as the scope says."""
    if at is None or not _recurs(event):
        return update_event(event=event, changes=changes, by=by)
    if scope == "this":
        changes.pop("recurrence", None)
    return change_occurrence(event=event, at=at, scope=scope, changes=changes, by=by)


def _whole(event: Event) -> Event:
    """Return what a change of the event may touch: the series that it belongs to, or itself."""
    return event.series or event


def _event_of(request: UserRequest, pk: UUID) -> Event:
    event: Event = get_object_or_404(Event.objects.visible_to(request.user).for_reading(), pk=pk)
    return event


def _locked(request: UserRequest, pk: UUID) -> Event:
    seen = Event.objects.visible_to(request.user).select_for_update(of=("self",))
    event: Event = get_object_or_404(seen, pk=pk)
    return event


def _at(request: UserRequest) -> datetime | None:
    """Return which occurrence the address or the form names."""
    found = _read(request.POST.get("at") or request.GET.get("at", ""))
    is_good = found is not None and timezone.is_aware(found) and found.year in YEARS
    return found if is_good else None


def _read(text: str) -> datetime | None:
    try:
        return parse_datetime(text)
    except ValueError:
        return None


def _recurs(event: Event) -> bool:
    return bool(event.recurrence or event.rdates)


def _occurrence(event: Event, at: datetime | None) -> Occurrence | None:
    """Return the occurrence of a series that is meant, if the series happens then."""
    if at is None or not _recurs(event):
        return None
    series = event.as_series()
    if not happens_at(series, at):
        return None
    found = instance_of(series, at)
    return Occurrence(found.start, found.end, event.pk, event.pk, at)


def _render_event(request: UserRequest, event: Event) -> HttpResponse:
    user, zone = request.user, ZoneInfo(request.user.timezone)
    occurrence = _occurrence(event, _at(request))
    shown = show(event, user, occurrence)
    people = [{**each, "words": ANSWERS[each["answer"]]} for each in shown["attendees"]]
    context = {
        "event": shown,
        "calendar": event.calendar,
        "when": words_of(shown, zone),
        "day": to_wall(shown["start"], zone).date(),
        "people": people,
        "mine": next((each for each in people if each["user_id"] == user.pk), None),
        "may_change": may_change(event, user),
        "at": occurrence.key.isoformat() if occurrence and occurrence.key else "",
        "query": query_of(shown) if occurrence else "",
        "recurs": _recurs(event),
        "repeats": rule_words(event.recurrence),
        "scopes": SCOPES,
    }
    return render(request, "calendar_app/event.html", context)


def _proposed(request: UserRequest) -> dict[str, Any]:
    """Return what a new event begins with: the next full hour, on the day of the address."""
    wall = to_wall(timezone.now(), ZoneInfo(request.user.timezone))
    begins = wall.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    ends = begins + timedelta(hours=1)
    day = _read(f"{request.GET.get('date', '')}T00:00")
    return {
        "day": (day or begins).date(),
        "begins": begins.time(),
        # Without one it is an hour, also past midnight.
        "ends": ends.time() if ends.date() == begins.date() else None,
        "people": [str(request.user.pk)],
    }


def _render_form(
    request: UserRequest,
    form: EventForm,
    *,
    event: Event | None = None,
    at: datetime | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "event": event,
        "at": at.isoformat() if at else "",
        "recurs": event is not None and at is not None and _recurs(event),
    }
    return render(request, "calendar_app/event_form.html", context, status=status)

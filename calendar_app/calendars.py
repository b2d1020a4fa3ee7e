"""Everything that changes calendars themselves."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import Team, User
from calendar_app.errors import NotYoursError
from calendar_app.models import Calendar, CalendarKind, Subscription
from common.errors import InvalidError
from tenants.context import atomic


@atomic()
def own_calendar(person: User) -> Calendar:
    """Return the calendar that takes a person's events; the first time it is made."""
    rows = Calendar.objects.filter(owner=person.pk, subscription=None)
    rows = rows.order_by("-is_default", "created_at")
    if found := rows.first():
        return found
    User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if found := rows.first():
        return found
    return Calendar.objects.create(
        owner=person, name=person.full_name, timezone=person.timezone, is_default=True
    )


def calendar_for(calendar_id: UUID | None, by: User) -> Calendar:
    """Return the calendar that a new event goes into: the named one, or the person's own.

    Raises InvalidError for one that is not there, NotYoursError for one of somebody else.
    """
    if calendar_id is None:
        return own_calendar(by)
    found = Calendar.objects.visible_to(by).filter(pk=calendar_id).first()
    if found is None:
        raise InvalidError(
            _("There is no such calendar."), code="does_not_exist", attr="calendar_id"
        )
    if found.kind == CalendarKind.ROOM:
        sentence = _("Rooms are booked by asking them to an event.")
        raise InvalidError(sentence, code="is_a_room", attr="calendar_id")
    if Subscription.objects.filter(calendar=found.pk).exists():
        sentence = _("This calendar follows an address; its events are changed there.")
        raise InvalidError(sentence, code="follows_an_address", attr="calendar_id")
    if not Calendar.objects.writable_by(by).filter(pk=found.pk).exists():
        raise NotYoursError(_("This is somebody else's calendar."), attr="calendar_id")
    return found


@atomic()
def create_calendar(*, values: Mapping[str, Any], by: User) -> Calendar:
    """Add a calendar: one's own; a team's for its lead; a room for an admin.

    Raises NotYoursError, and InvalidError naming the field.
    """
    calendar = Calendar(timezone=by.timezone)
    _apply(calendar, values, by)
    calendar.save(force_insert=True)
    _settle_default(calendar)
    return calendar


@atomic()
def update_calendar(*, calendar: Calendar, changes: Mapping[str, Any], by: User) -> Calendar:
    """Change the given fields of a calendar that the caller has locked; its kind stays.

    Raises as `create_calendar`.
    """
    _require_own(calendar, by)
    if changes.get("kind", calendar.kind) != calendar.kind:
        raise InvalidError(_("A calendar stays of its kind."), code="fixed", attr="kind")
    _apply(calendar, changes, by)
    calendar.save()
    _settle_default(calendar)
    return calendar


@atomic()
def delete_calendar(*, calendar: Calendar, by: User) -> None:
    """Delete a calendar with all its events; a room leaves the events that it was asked to."""
    _require_own(calendar, by)
    calendar.delete()


def _require_own(calendar: Calendar, by: User) -> None:
    if not Calendar.objects.changeable_by(by).filter(pk=calendar.pk).exists():
        raise NotYoursError(_("This is somebody else's calendar."))


def _apply(calendar: Calendar, values: Mapping[str, Any], by: User) -> None:
    for name, value in values.items():
        if name != "team_id":
            setattr(calendar, name, value)
    if calendar.kind == CalendarKind.PERSONAL:
        calendar.owner = calendar.owner or by
    if "team_id" in values or calendar.kind == CalendarKind.TEAM:
        _set_team(calendar, values.get("team_id", calendar.team_id), by)
    if calendar.kind == CalendarKind.ROOM and not by.sees_all:
        raise NotYoursError(_("Rooms are kept by the office's admins."), attr="kind")


def _set_team(calendar: Calendar, team_id: UUID | None, by: User) -> None:
    if calendar.kind != CalendarKind.TEAM:
        if team_id is not None:
            sentence = _("Only a team's calendar has a team.")
            raise InvalidError(sentence, code="not_a_team", attr="team_id")
        return
    team = Team.objects.visible_to(by).filter(pk=team_id).first() if team_id else None
    if team is None:
        raise InvalidError(_("There is no such team."), code="does_not_exist", attr="team_id")
    if not (by.sees_all or team.lead_id == by.pk):
        raise NotYoursError(_("A team's calendar is kept by its lead."), attr="team_id")
    calendar.team = team


def _settle_default(calendar: Calendar) -> None:
    """Let one calendar of each owner be the default."""
    if calendar.is_default and calendar.owner_id:
        others = Calendar.objects.filter(owner=calendar.owner_id, is_default=True)
        others.exclude(pk=calendar.pk).update(is_default=False)

"""`/api/v1/calendar`: events and calendars."""

from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import OfficeViewSet
from accounts.models import User
from accounts.permissions import Permission
from accounts.reading import Values
from accounts.staff_api import TeamViewSet, UserViewSet
from accounts.wishes import Relation
from calendar_app.calendars import create_calendar, delete_calendar, update_calendar
from calendar_app.expansion import occurrences_between
from calendar_app.models import Calendar, CalendarQuerySet, Event, EventQuerySet
from calendar_app.occurrences import cancel_occurrence, change_occurrence, delete_event
from calendar_app.serializers import (
    CalendarFilters,
    CalendarSerializer,
    EventFilters,
    EventSerializer,
    OccurrenceQuery,
    RespondSerializer,
)
from calendar_app.services import NewEvent, create_event, respond, update_event
from calendar_app.showing import show, show_all
from common.api import NumberedPages, checked, etag_of, require_match
from common.errors import InvalidError

Grants = dict[str, Permission | None]
LONGEST_WINDOW = timedelta(days=400)


@extend_schema_view(
    list=extend_schema(parameters=[EventFilters]),
    partial_update=extend_schema(parameters=[OccurrenceQuery]),
    destroy=extend_schema(parameters=[OccurrenceQuery]),
)
class EventViewSet(OfficeViewSet[Event]):
    """Events: create, read, change; series as a whole or one occurrence."""

    queryset = Event.objects.none()
    serializer_class = EventSerializer
    filters = EventFilters
    grants: ClassVar[Grants] = {
        "list": Permission.EVENT_READ,
        "create": Permission.EVENT_CREATE,
        "retrieve": Permission.EVENT_READ,
        "partial_update": Permission.EVENT_UPDATE,
        "destroy": Permission.EVENT_DELETE,
        "respond": Permission.EVENT_READ,
    }
    # What an event shows is computed.
    reads_alone = False
    relations: ClassVar[dict[str, Relation]] = {
        "organizer": Relation(UserViewSet, "organizer_id"),
        "attendees": Relation(UserViewSet, "user_id", within="attendees", put_as="user"),
    }

    @classmethod
    def rows(cls, asker: User, values: Values) -> EventQuerySet:
        """Describe the events in the asker's scope."""
        return Event.objects.visible_to(asker)

    def shown_now(self, pk: UUID) -> dict[str, Any]:
        """Return the event as the API shows it. Raises Http404."""
        seen = self.rows(self.user, {}).for_reading()
        return show(get_object_or_404(seen, pk=pk), self.user)

    def locked(self, pk: UUID) -> Event:
        """Return the event, locked until the transaction ends, if `If-Match` still fits."""
        seen = self.rows(self.user, {}).select_for_update(of=("self",))
        event: Event = get_object_or_404(seen, pk=pk)
        if "If-Match" in self.request.headers:
            require_match(self.request, self.shown_now(pk))
        return event

    def as_it_is(self, pk: UUID, *, status: int = status.HTTP_200_OK) -> Response:
        """Answer with the event and its ETag."""
        data = self.shown_now(pk)
        return Response(data, status=status, headers={"ETag": etag_of(data)})

    def list(self, request: Request) -> Response:
        """Return a page of events, or of what happens from `start` to `end`, in order."""
        values = dict(self.filter_values())
        start, end = values.pop("start", None), values.pop("end", None)
        rows = self.rows(self.user, {}).filtered(values, self.user)
        if (start is None) != (end is None):
            raise InvalidError("Give both “start” and “end”.", code="one_of", attr="start")
        if start is None:
            alone = rows.filter(series=None).for_reading()
            return self.page_of(alone, lambda found: [show(row, self.user) for row in found])
        if "cursor" in request.query_params:
            raise InvalidError("A window has numbered pages.", code="one_of", attr="cursor")
        if not start <= end <= start + LONGEST_WINDOW:
            raise InvalidError("This is not a window of time.", code="bad_window", attr="end")
        found = occurrences_between(rows, start, end)

        def slice_of(limit: int, offset: int) -> tuple[list[dict[str, Any]], int]:
            return show_all(found[offset : offset + limit], self.user), len(found)

        return NumberedPages().answer(request, slice_of)

    def create(self, request: Request) -> Response:
        """Store an event, ask its attendees and book its rooms."""
        values = self.checked(EventSerializer)
        values["recurrence"] = values.get("recurrence") or ""
        event = create_event(new=NewEvent(**values), by=self.user)
        return self.as_it_is(event.pk, status=status.HTTP_201_CREATED)

    def retrieve(self, request: Request, pk: UUID) -> Response:
        """Return one event, or a series, with its ETag."""
        return self.as_it_is(pk)

    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Change the given fields: of a series as a whole, or from one occurrence on."""
        query = checked(OccurrenceQuery, request.query_params)
        changes = self.checked(EventSerializer, partial=True)
        event = self.locked(pk)
        if "occurrence" in query:
            event = change_occurrence(
                event=event,
                at=query["occurrence"],
                scope=query.get("scope", "this"),
                changes=changes,
                by=self.user,
            )
        else:
            update_event(event=event, changes=changes, by=self.user)
        return self.as_it_is(event.pk)

    def destroy(self, request: Request, pk: UUID) -> Response:
        """Delete an event, a series, or occurrences of one."""
        query = checked(OccurrenceQuery, request.query_params)
        event, told = self.locked(pk), query["send_invitations"]
        if "occurrence" in query:
            cancel_occurrence(
                event=event, at=query["occurrence"], scope=query.get("scope", "this"),
                by=self.user, send_invitations=told,
            )  # fmt: skip
        else:
            delete_event(event=event, by=self.user, send_invitations=told)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=RespondSerializer, responses=EventSerializer)
    def respond(self, request: Request, pk: UUID) -> Response:
        """Say whether one comes."""
        event = get_object_or_404(self.rows(self.user, {}), pk=pk)
        respond(event=event, answer=self.checked(RespondSerializer)["answer"], by=self.user)
        return Response(self.shown_now(pk))


@extend_schema_view(list=extend_schema(parameters=[CalendarFilters]))
class CalendarViewSet(OfficeViewSet[Calendar]):
    """Calendars of people and teams, and rooms."""

    queryset = Calendar.objects.none()
    serializer_class = CalendarSerializer
    filters = CalendarFilters
    grants: ClassVar[Grants] = {
        "list": Permission.EVENT_READ,
        "create": Permission.EVENT_CREATE,
        "retrieve": Permission.EVENT_READ,
        "partial_update": Permission.EVENT_UPDATE,
        "destroy": Permission.EVENT_DELETE,
    }

    relations: ClassVar[dict[str, Relation]] = {
        "owner": Relation(UserViewSet, "owner_id"),
        "team": Relation(TeamViewSet, "team_id"),
    }

    @classmethod
    def rows(cls, asker: User, values: Values) -> CalendarQuerySet:
        """Describe the calendars of the office."""
        rows = Calendar.objects.visible_to(asker)
        names = [name for name in ("kind", "owner") if name in values]
        return rows.filter(**{name: values[name] for name in names})

    def list(self, request: Request) -> Response:
        """Return a page of calendars."""
        return self.page(self.filter_values())

    def create(self, request: Request) -> Response:
        """Add a calendar."""
        calendar = create_calendar(values=self.checked(CalendarSerializer), by=self.user)
        return self.answer(calendar.pk, status=status.HTTP_201_CREATED)

    def retrieve(self, request: Request, pk: UUID) -> Response:
        """Return one calendar with its ETag."""
        return self.answer(pk)

    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Change the given fields."""
        changes = self.checked(CalendarSerializer, partial=True)
        update_calendar(calendar=self.locked_object(), changes=changes, by=self.user)
        return self.answer(pk)

    def destroy(self, request: Request, pk: UUID) -> Response:
        """Delete the calendar with its events."""
        delete_calendar(calendar=self.locked_object(), by=self.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


EventViewSet.relations["calendar"] = Relation(CalendarViewSet, "calendar_id")

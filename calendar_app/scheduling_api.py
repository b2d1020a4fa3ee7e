"""`/api/v1/calendar/free-busy` and `/find-slot`."""

from datetime import datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import OfficeAPIView, body_of
from accounts.models import User
from accounts.permissions import Permission
from calendar_app.models import Calendar, CalendarKind
from calendar_app.scheduling import Wanted, busy_times, find_slots
from common.api import StrictSerializer, checked
from common.errors import InvalidError
from common.fields import InstantField
from common.moments import to_wall
from tenants.directory import uuid_or_none

Grants = dict[str, Permission | None]
LONGEST = timedelta(days=62)
USUAL = timedelta(days=14)
MOST_PEOPLE = 100


class FreeBusyQuery(StrictSerializer):
    """Whose time, as ids or addresses with commas between them, and from when until when."""

    users = serializers.CharField(max_length=MOST_PEOPLE * 300)
    start = InstantField()
    end = InstantField()


class BusySpanSerializer(serializers.Serializer[Any]):
    """From one instant to another."""

    start = serializers.DateTimeField()
    end = serializers.DateTimeField()


class PersonBusySerializer(serializers.Serializer[Any]):
    """When one person is busy."""

    user_id = serializers.UUIDField()
    name = serializers.CharField()
    timezone = serializers.CharField()
    busy = BusySpanSerializer(many=True)


class FreeBusySerializer(BusySpanSerializer):
    """When people are busy, each in the order of the question."""

    people = PersonBusySerializer(many=True)


class FindSlotSerializer(StrictSerializer):
    """What a meeting needs. Whoever asks takes part; Monday is day 0."""

    duration_minutes = serializers.IntegerField(min_value=5, max_value=12 * 60)
    users = serializers.ListField(
        child=serializers.CharField(max_length=254), required=False, max_length=MOST_PEOPLE
    )
    start = InstantField(required=False)
    end = InstantField(required=False)
    buffer_minutes = serializers.IntegerField(required=False, min_value=0, max_value=240)
    days = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=6), required=False, max_length=7
    )
    room_id = serializers.UUIDField(required=False, allow_null=True)
    limit = serializers.IntegerField(required=False, min_value=1, max_value=20)


class LocalTimeSerializer(serializers.Serializer[Any]):
    """What the clock of one person shows then."""

    user_id = serializers.UUIDField()
    start = serializers.CharField()
    within_hours = serializers.BooleanField()


class ProposalSerializer(BusySpanSerializer):
    """A time at which everybody is free, and why it is proposed."""

    reason = serializers.CharField()
    people = LocalTimeSerializer(many=True)


class ProposalsSerializer(serializers.Serializer[Any]):
    """Proposals, the best first; `reason` says why there are none."""

    proposals = ProposalSerializer(many=True)
    reason = serializers.CharField()


class FreeBusyView(OfficeAPIView):
    """When people are busy."""

    grants: ClassVar[Grants] = {"get": Permission.EVENT_READ}

    @extend_schema(parameters=[FreeBusyQuery], responses=FreeBusySerializer)
    def get(self, request: Request) -> Response:
        """Return the busy times of each, merged: no titles, no places."""
        query = checked(FreeBusyQuery, request.query_params)
        people = people_named(query["users"].split(","))
        _require_window(query["start"], query["end"])
        busy = busy_times(people, query["start"], query["end"])
        shown = [
            {
                "user_id": person.pk,
                "name": person.full_name,
                "timezone": person.timezone,
                "busy": [{"start": start, "end": end} for start, end in busy[person.pk]],
            }
            for person in people
        ]
        return Response({"start": query["start"], "end": query["end"], "people": shown})


class FindSlotView(OfficeAPIView):
    """When people could meet."""

    grants: ClassVar[Grants] = {"post": Permission.EVENT_READ}

    @extend_schema(request=FindSlotSerializer, responses=ProposalsSerializer)
    def post(self, request: Request) -> Response:
        """Return times at which everybody is free, ranked, each with its reason."""
        wanted = _wanted(body_of(request, FindSlotSerializer), self.user)
        found = find_slots(wanted, by=self.user)
        shown = [
            {
                "start": each.start,
                "end": each.end,
                "reason": each.reason,
                "people": [
                    {
                        "user_id": person.pk,
                        "start": f"{to_wall(each.start, ZoneInfo(person.timezone)):%Y-%m-%dT%H:%M}",
                        "within_hours": person not in each.outside,
                    }
                    for person in wanted.people
                ],
            }
            for each in found
        ]
        reason = "" if found else "There is no such time at which everybody is free."
        return Response({"proposals": shown, "reason": reason})


def _wanted(body: dict[str, Any], by: User) -> Wanted:
    start = body.get("start") or timezone.now()
    end = body.get("end") or start + USUAL
    _require_window(start, end)
    others = people_named(body.get("users", []))
    room_id = body.get("room_id")
    rooms = Calendar.objects.filter(kind=CalendarKind.ROOM)
    if room_id and not rooms.filter(pk=room_id).exists():
        raise InvalidError("There is no such room.", code="does_not_exist", attr="room_id")
    return Wanted(
        duration=timedelta(minutes=body["duration_minutes"]),
        people=[by, *(person for person in others if person.pk != by.pk)],
        start=start,
        end=end,
        buffer=timedelta(minutes=body.get("buffer_minutes", 0)),
        days=frozenset(body.get("days", ())),
        room_id=room_id,
        most=body.get("limit", 5),
    )


def _require_window(start: datetime, end: datetime) -> None:
    if not start < end <= start + LONGEST:
        raise InvalidError("This is not a window of time.", code="bad_window", attr="end")


def people_named(names: list[str]) -> list[User]:
    """Return the people with these ids or addresses, in that order. Raises InvalidError."""
    wanted = [name.strip().lower() for name in names if name.strip()]
    ids = [pk for name in wanted if (pk := uuid_or_none(name))]
    active = User.objects.active()
    found: dict[str, User] = {str(person.pk): person for person in active.filter(pk__in=ids)}
    mails = [name for name in wanted if "@" in name]
    found |= {person.email: person for person in active.filter(email__in=mails)} if mails else {}
    if len(wanted) > MOST_PEOPLE or any(name not in found for name in wanted):
        raise InvalidError("There is no such person.", code="does_not_exist", attr="users")
    return [*dict.fromkeys(found[name] for name in wanted)]

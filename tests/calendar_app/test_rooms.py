"""A room has one event at a time, whatever path the booking takes."""

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from calendar_app.models import Attendee, Booking, Calendar, Event
from calendar_app.rooms import book_more
from messaging.models import OutgoingMessage
from tenants.context import attempt, public_context
from tenants.models import DueInstant
from tests.calendar_app.conftest import EVENTS, NOW, errors


@pytest.fixture
def asked(room):
    return [{"room_id": str(room.pk)}]


def test_a_room_is_not_booked_twice(book, asked, api, ada):
    book(attendees=asked)
    body = {"title": "Second", "start": "2024-05-15T09:59:00+02:00", "attendees": asked}
    answer = api(ada).post(EVENTS, body)
    assert (answer.status_code, errors(answer)) == (409, [("attendees", "room_taken")])
    assert "Blue room is taken from 15.05.2024 07:00" in answer.content.decode()
    assert not Event.objects.filter(title="Second").exists()
    book("Next", "2024-05-15T10:00:00+02:00", attendees=asked)


def test_the_database_itself_refuses_it(book, asked, room):
    event = book(attendees=asked)
    period = DateTimeTZRange(datetime(2024, 5, 15, 7, 30, tzinfo=UTC), NOW + timedelta(days=1))
    with pytest.raises(IntegrityError, match="room_booked_once"), attempt():
        Booking.objects.create(room=room, event_id=event["id"], period=period)
    other = Calendar.objects.create(kind="room", name="Red room")
    Booking.objects.create(room=other, event_id=event["id"], period=period)


def test_a_series_books_each_instance_and_gives_back_what_moves(book, asked, api, ada):
    series = book("Weekly", recurrence="FREQ=WEEKLY;COUNT=4", attendees=asked)
    assert Booking.objects.count() == 4
    url = f"{EVENTS}/{series['id']}?occurrence=2024-05-22T07:00:00Z"
    clash = {"title": "Clash", "start": "2024-05-22T07:00:00Z", "attendees": asked}
    assert api(ada).post(EVENTS, clash).status_code == 409
    moved = api(ada).patch(url, {"start": "2024-05-22T12:00:00Z"})
    assert moved.status_code == 200
    assert api(ada).post(EVENTS, clash).status_code == 201
    assert Booking.objects.count() == 5
    back = api(ada).patch(f"{EVENTS}/{moved.json()['id']}", {"start": "2024-05-22T07:00:00Z"})
    assert (back.status_code, errors(back)) == (409, [("attendees", "room_taken")])


def test_cancelled_and_deleted_events_give_their_rooms_back(book, asked, api, ada):
    first, second = book(attendees=asked), book("x", "2024-05-16T07:00:00Z", attendees=asked)
    api(ada).patch(f"{EVENTS}/{first['id']}", {"status": "cancelled"})
    api(ada).delete(f"{EVENTS}/{second['id']}")
    assert not Booking.objects.exists()


def test_an_endless_series_is_booked_two_years_ahead_and_then_more(book, asked, ada, time_machine):
    series = book("Weekly", recurrence="FREQ=WEEKLY", attendees=asked)
    ahead = Booking.objects.count()
    assert 100 < ahead < 110
    room = Attendee.objects.get(room__isnull=False)
    with public_context():
        due = DueInstant.objects.get(kind="room_booking", object_id=room.pk)
    assert due.due_at == room.book_more_at
    time_machine.move_to(room.book_more_at)
    book("First", (NOW + timedelta(days=799)).replace(hour=7).isoformat(), attendees=asked)
    taken = Booking.objects.exclude(event=series["id"]).get()
    book_more([room.pk], room.book_more_at)
    told = OutgoingMessage.objects.get(kind="room_lost")
    assert (told.recipient, told.about_id) == (ada, UUID(series["id"]))
    assert told.subject == "“Weekly” is without Blue room at times"
    wall = taken.period.lower.astimezone(ZoneInfo(series["timezone"]))
    assert f"{wall:%d %b %Y, %H:%M}" in told.text
    more = Booking.objects.filter(event=series["id"])
    assert 150 < more.count() < 160
    assert taken.period.lower.weekday() == more.first().period.lower.weekday()
    assert not more.filter(period__overlap=taken.period).exists()
    room.refresh_from_db()
    assert room.book_more_at > due.due_at


def test_a_room_shows_what_it_is_booked_for(book, asked, room, shown):
    book(attendees=asked)
    book("Elsewhere", "2024-05-15T12:00:00Z")
    window = "2024-05-01T00:00:00Z", "2024-06-01T00:00:00Z"
    found = shown(*window, calendar=str(room.pk))
    assert [title for title, _start in found] == ["Planning"]

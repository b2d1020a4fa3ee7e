"""Some meetings for the demo offices."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.models import User
from calendar_app.models import Calendar, CalendarKind, Event
from calendar_app.services import NewEvent, create_event
from common.moments import to_utc, to_wall

# Title, who is asked (first names), days ahead, hour, minutes, rule.
MEETINGS = (
    ("Weekly planning", ("max", "eve", "sarah"), 1, 9, 60, "FREQ=WEEKLY"),
    ("Daily standup", ("max", "eve"), 0, 10, 15, "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR"),
    ("Budget review", ("sarah", "max"), 3, 14, 90, ""),
    ("Call with the landlord", (), 2, 11, 30, ""),
)
ROOM = "Blue room"


def seed(office: str) -> None:
    """Add a room and some meetings; only Ada's office gets any."""
    people = {user.email.split("@")[0]: user for user in User.objects.with_rights()}
    author = people.get("ada")
    if author is None or Event.objects.exists():
        return
    room = Calendar.objects.create(kind=CalendarKind.ROOM, name=ROOM, timezone=author.timezone)
    zone = ZoneInfo(author.timezone)
    today = to_wall(timezone.now(), zone).date()
    for title, names, days, hour, minutes, rule in MEETINGS:
        start = to_utc(datetime.combine(today + timedelta(days=days), time(hour)), zone)
        asked = [{"user_id": people[name].pk} for name in names if name in people]
        new = NewEvent(
            title=title,
            start=start,
            end=start + timedelta(minutes=minutes),
            timezone=author.timezone,
            recurrence=rule,
            attendees=[*asked, {"room_id": room.pk}] if asked else [],
            reminders=[10],
            source="demo",
        )
        create_event(new=new, by=author)

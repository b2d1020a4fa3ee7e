"""Canaries in events, and in calendars that are followed and kept the same elsewhere."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from calendar_app.models import (
    Calendar,
    CalendarSync,
    Event,
    EventLink,
    Subscription,
    SyncChannel,
    SyncConflict,
    Tombstone,
)
from calendar_app.services import NewEvent, create_event
from connections.models import Connection
from tests.isolation.canaries import CANARY


def plant_an_event(mia: User) -> Event:
    """Write an event, with a guest, in a calendar of words."""
    calendar = Calendar.objects.create(
        owner=mia, name=f"{CANARY} calendar", timezone=CANARY, colour="#7f3b5d"
    )
    room = Calendar.objects.create(kind="room", name=f"{CANARY} room")
    new = NewEvent(
        title=f"{CANARY} event",
        start=timezone.now() + timedelta(days=1),
        description=f"{CANARY} description",
        location=f"{CANARY} location",
        calendar_id=calendar.pk,
        attendees=[
            {"email": f"{CANARY}@guest.example", "name": f"{CANARY} guest"},
            {"user_id": mia.pk},
            {"room_id": room.pk},
        ],
        reminders=[1],
        conference_url=f"https://{CANARY}.example",
        source=CANARY,
        ical_uid=f"{CANARY} uid",
    )
    event = create_event(new=new, by=mia)
    Event.objects.filter(pk=event.pk).update(external_id=f"{CANARY} external")
    later = timezone.now() + timedelta(days=1)
    Tombstone.objects.create(
        calendar_id=calendar.pk,
        ical_uid=f"{CANARY} gone",
        source=CANARY,
        external_id=f"{CANARY} other side",
        timezone=CANARY,
        **dict.fromkeys(("start", "end", "deleted_at", "forget_at"), later),
    )
    followed = Calendar.objects.create(owner=mia, name=f"{CANARY} followed")
    Subscription.objects.create(
        calendar=followed,
        person=mia,
        url=f"https://{CANARY}.example/1.ics",
        host=f"{CANARY}.example",
        etag=f"{CANARY} etag",
        last_modified=f"{CANARY} modified",
        trouble=f"{CANARY} trouble",
        next_at=later,
    )
    return event


def plant_a_sync(event: Event, connection: Connection) -> CalendarSync:
    later = timezone.now() + timedelta(days=1)
    sync = CalendarSync.objects.create(
        calendar=event.calendar,
        connection=connection,
        remote_id=f"{CANARY} calendar",
        remote_name=f"{CANARY} calendar",
        cursor=f"{CANARY} cursor",
        last_counts={"note": CANARY},
        total_counts={"note": CANARY},
        preview={"note": CANARY},
        trouble=f"{CANARY} trouble",
        state="active",
        next_at=later,
    )
    EventLink.objects.create(
        sync=sync,
        event=event,
        external_id=f"{CANARY} external",
        ical_uid=f"{CANARY} uid",
        etag=f"{CANARY} etag",
        base={"title": CANARY},
        parts=[CANARY],
        trouble=f"{CANARY} trouble",
        refused_version=CANARY,
    )
    SyncConflict.objects.create(
        sync=sync,
        event=event,
        title=f"{CANARY} title",
        field=f"{CANARY} field",
        lost=CANARY,
        lost_side="here",
    )
    SyncChannel.objects.create(
        sync=sync,
        external_id=f"{CANARY} channel",
        resource_id=f"{CANARY} resource",
        digest=f"{CANARY} digest",
        ends_at=later,
        renew_at=later,
    )
    return sync

"""Calendars, events and two-way syncs in the office console."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from accounts.consoles import person_of, tenant_console
from calendar_app.jobs import run_sync, tell_no_more
from calendar_app.models import Calendar, CalendarSync, Event
from calendar_app.sync.services import hurry_sync, start_sync, stop_sync
from calendar_app.sync.words import counts_in_words
from calendar_app.sync_rows import SyncState
from common.consoles import LookedAt, OfficeAdmin
from common.lists import date_steps


@admin.register(CalendarSync, site=tenant_console)
class CalendarSyncAdmin(OfficeAdmin[CalendarSync]):
    """The syncs of everybody; they are linked and ended by those whose accounts they are of."""

    section = "Connections"
    menu = "Calendar syncs"
    words = (
        "Which calendars are kept the same here and at Microsoft or Google, and how that goes. They"
        " run by themselves; whose calendar it is sets it up on the calendar page."
    )
    empty = "Nobody has linked a calendar yet. People do that under “Connections” on their pages."
    labels = {
        "connection": "Account",
        "remote_name": "Calendar there",
        "synced_at": "Last",
        "next_at": "Next",
        "trouble": "What is wrong",
        "read_only": "Only read",
    }
    buttons = {"sync_now": "Sync now", "stop": "Stop", "start_again": "Start again"}
    fields = readonly_fields = (
        *("connection", "remote_name", "state", "read_only", "synced_at", "next_at", "last"),
        *("total", "renewal", "conflicts", "left_out", "trouble", "held_deletions", "created_at"),
    )
    actions = ("sync_now", "stop", "start_again")
    list_display = (
        *("connection", "remote_name", "state", "synced_at", "next_at", "last", "renewal"),
        *("conflicts", "trouble"),
    )
    list_filter = ("state", "connection__provider", date_steps("created_at"))
    list_select_related = ("connection",)
    search_fields = ("connection__address", "remote_name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[CalendarSync]:
        """Return them with their renewals, reasons and numbers of conflicts."""
        rows = super().get_queryset(request).for_reading()  # type: ignore[attr-defined]  # SyncQuerySet
        found: QuerySet[CalendarSync] = rows.annotate(lost=Count("conflicts", distinct=True))
        return found

    @admin.display(description="last sync")
    def last(self, sync: CalendarSync) -> str:
        """Return what the last one did."""
        return counts_in_words(sync.last_counts)

    @admin.display(description="altogether")
    def total(self, sync: CalendarSync) -> str:
        """Return what all of them did."""
        return counts_in_words(sync.total_counts)

    @admin.display(description="next renewal", empty_value="none: it is looked for")
    def renewal(self, sync: CalendarSync) -> Any:
        """Return when the vendor is asked to go on telling of changes."""
        return min((each.renew_at for each in sync.channels.all() if each.renew_at), default=None)

    @admin.display(description="conflicts")
    def conflicts(self, sync: CalendarSync) -> int:
        """Return how many; what they were of is shown to whose calendar it is."""
        return int(getattr(sync, "lost", 0))

    @admin.display(description="events on one side alone", empty_value="none")
    def left_out(self, sync: CalendarSync) -> str | None:
        """Return why."""
        return " ".join(sorted({each.trouble for each in sync.links.all()})) or None

    def fits(self, button: str, obj: CalendarSync) -> bool:
        """One that stands is started, one that runs is stopped."""
        states = {"sync_now": (SyncState.ACTIVE,), "start_again": (SyncState.PAUSED,)}
        return obj.state in states.get(button, (SyncState.ACTIVE, SyncState.HELD))

    def has_steer_permission(self, request: HttpRequest) -> bool:
        """Tell whether the person looks after the office."""
        return request.user.has_perm("calendar_app.steer_calendarsync")

    @admin.action(description="Sync selected calendars now", permissions=["steer"])
    def sync_now(self, request: HttpRequest, queryset: QuerySet[CalendarSync]) -> None:
        """Have those run that are running; the list tells how it went."""
        found = self._locked(queryset, SyncState.ACTIVE)
        for row in found:
            hurry_sync(sync=row)
            run_sync.delay_on_commit(str(row.pk))
        self.message_user(request, f"Being synced: {len(found)}. Look at the list in a moment.")

    @admin.action(description="Stop selected syncs", permissions=["steer"])
    def stop(self, request: HttpRequest, queryset: QuerySet[CalendarSync]) -> None:
        """Have nothing written on either side until they are started again."""
        found = self._locked(queryset, SyncState.ACTIVE, SyncState.HELD)
        for row in found:
            tell_no_more(str(row.connection_id), stop_sync(sync=row))
        self.message_user(request, f"Stopped: {len(found)}.")

    @admin.action(description="Start selected syncs that were stopped", permissions=["steer"])
    def start_again(self, request: HttpRequest, queryset: QuerySet[CalendarSync]) -> None:
        """Let those go on that somebody has stopped; the first start is their owners'."""
        found = self._locked(queryset, SyncState.PAUSED)
        for row in found:
            start_sync(sync=row)
            run_sync.delay_on_commit(str(row.pk))
        self.message_user(request, f"Started: {len(found)}.")

    def _locked(self, queryset: QuerySet[CalendarSync], *states: SyncState) -> list[CalendarSync]:
        keys = list(queryset.values_list("pk", flat=True))
        rows = CalendarSync.objects.select_for_update(of=("self",)).filter(pk__in=keys)
        return list(rows.filter(state__in=states).order_by("pk"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: whose account it is links its calendar."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: what stands there is how it went."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: whose account it is ends it."""
        return False


@admin.register(Calendar, site=tenant_console)
class CalendarAdmin(LookedAt[Calendar]):
    """Whose calendars there are, those of teams, and rooms."""

    section = "Calendar"
    words = "Whose calendars there are: of people, of teams, and of rooms that can be booked."
    labels = {"is_default": "Takes what is planned"}
    empty = "A calendar is made with each person; teams and rooms get theirs on the calendar page."
    fields = readonly_fields = ("name", "kind", "owner", "team", "timezone", "is_default")
    list_display = ("name", "kind", "owner", "team", "timezone")
    list_filter = ("kind", date_steps("created_at"))
    list_select_related = ("owner", "team")
    search_fields = ("name", "owner__full_name")


@admin.register(Event, site=tenant_console)
class EventAdmin(LookedAt[Event]):
    """What is planned, as far as the person may read it; it is changed on the calendar page."""

    section = "Calendar"
    words = "What is planned, as far as you may read it. It is changed on the calendar page."
    empty = "Events that people plan or sync are listed here."
    labels = {"organizer": "Planned by", "start": "Begins", "end": "Ends", "status": "State"}
    fields = readonly_fields = (
        *("title", "calendar", "organizer", "status", "visibility", "start", "end", "all_day"),
        *("timezone", "recurrence", "location", "created_at"),
    )
    list_display = ("title", "calendar", "organizer", "start", "end", "status", "recurrence")
    list_filter = ("status", "visibility", "all_day", date_steps("start"))
    list_select_related = ("calendar", "organizer")
    search_fields = ("title", "organizer__full_name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        """Return what the person may read, latest first."""
        seen: QuerySet[Event] = Event.objects.open_to(person_of(request))
        return seen.order_by("-start", "id")

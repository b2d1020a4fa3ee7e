"""What people do with their syncs."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from time import sleep
from uuid import UUID

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from calendar_app.calendars import create_calendar
from calendar_app.models import Calendar, CalendarKind, CalendarSync, Event
from calendar_app.sync.engine import preview
from calendar_app.sync.providers import KINDS, provider_of
from calendar_app.sync.running import Pause, run_of, wake_at, window_now, write
from calendar_app.sync_rows import SyncState
from calendar_app.tombstones import bury
from common.errors import ConflictError, InvalidError, MissingError
from connections.errors import IntegrationError
from connections.models import USABLE, Connection
from tenants.context import atomic, attempt

DUE_KIND = "calendar_sync"
# Vendors tell of changes; this is for what they did not tell. A silent calendar is asked less.
EVERY, SILENT = timedelta(minutes=15), timedelta(hours=1)
SILENT_AFTER = timedelta(days=1)


@atomic()
def link_calendar(
    *, connection_id: UUID, remote_id: str, calendar_id: UUID | None, by: User
) -> CalendarSync:
    """Put a calendar of one's own beside one at a vendor; nothing is written before `start_sync`.

    Without a `remote_id` it is the account's own calendar, without a `calendar_id` a new one here.
    Raises InvalidError naming the field, and ConflictError for one that is linked already.
    """
    rows = Connection.objects.filter(person=by, provider__in=KINDS, state__in=USABLE)
    connection = rows.filter(pk=connection_id).first()
    if connection is None:
        sentence = _("Connect an account at Google or Microsoft 365 first.")
        raise InvalidError(sentence, code="does_not_exist", attr="connection_id")
    calendar = _calendar_for(calendar_id, connection, by)
    try:
        with attempt():
            made: CalendarSync = CalendarSync.objects.create(
                calendar=calendar,
                connection=connection,
                remote_id=remote_id,
                next_at=timezone.now(),
            )
    except IntegrityError as error:
        raise ConflictError(_("This calendar is linked already."), code="linked") from error
    return made


def accounts_to_link(*, by: User) -> list[Connection]:
    """Return the person's accounts that have calendars and of which none is synced yet."""
    rows = Connection.objects.filter(person=by, provider__in=KINDS, state__in=USABLE)
    return list(rows.filter(calendar_syncs=None))


def _calendar_for(calendar_id: UUID | None, connection: Connection, by: User) -> Calendar:
    if calendar_id is None:
        name = connection.address or connection.get_provider_display()
        return create_calendar(values={"name": name[:120]}, by=by)
    own = Calendar.objects.filter(owner=by, kind=CalendarKind.PERSONAL, subscription=None)
    found = own.filter(pk=calendar_id).first()
    if found is None:
        sentence = _("Only a calendar of one's own can be synced.")
        raise InvalidError(sentence, code="does_not_exist", attr="calendar_id")
    return found


@atomic()
def start_sync(*, sync: CalendarSync) -> CalendarSync:
    """Let a sync write, once its owner has seen what it would do. Raises ConflictError."""
    if sync.state not in {SyncState.DRAFT, SyncState.PAUSED}:
        raise ConflictError(_("It is running already."), code="started")
    if sync.state == SyncState.DRAFT and (sync.preview is None or not sync.remote_id):
        sentence = _("Wait until it is known what it would do.")
        raise ConflictError(sentence, code="not_looked_at")
    sync.state, sync.next_at = SyncState.ACTIVE, timezone.now()
    sync.save()
    return sync


@atomic()
def stop_sync(*, sync: CalendarSync) -> list[tuple[str, str]]:
    """Write no more until it is started again; what both sides agreed on is kept.

    Return the channels to be stopped at the vendor's. A run that is under way ends at its next
    step. Raises ConflictError.
    """
    if sync.state not in {SyncState.ACTIVE, SyncState.HELD}:
        raise ConflictError(_("It is not running."), code="not_running")
    watches = _watches_of(sync)
    sync.channels.all().delete()
    sync.state, sync.next_at, sync.run, sync.running_until = SyncState.PAUSED, None, None, None
    sync.held_deletions = sync.may_delete = 0
    sync.save()
    return watches


@atomic()
def hurry_sync(*, sync: CalendarSync) -> CalendarSync:
    """Have a sync run now. Raises ConflictError."""
    if sync.state != SyncState.ACTIVE:
        raise ConflictError(_("It is not running."), code="not_running")
    write(sync, next_at=timezone.now())
    return sync


def _watches_of(sync: CalendarSync) -> list[tuple[str, str]]:
    return [(row.external_id, row.resource_id) for row in sync.channels.all()]


@atomic()
def accept_deletions(*, sync: CalendarSync) -> CalendarSync:
    """Let so many events be deleted as were held back, and go on. Raises ConflictError."""
    if sync.state != SyncState.HELD:
        raise ConflictError(_("Nothing is held back here."), code="nothing_held")
    sync.state, sync.next_at = SyncState.ACTIVE, timezone.now()
    sync.may_delete, sync.held_deletions, sync.trouble = sync.held_deletions, 0, ""
    sync.save()
    return sync


@atomic()
def end_sync(*, sync: CalendarSync, purge: bool = False) -> list[tuple[str, str]]:
    """Sync no more; nothing is deleted at the vendor's. Return the channels to be stopped there.

    What came from there stays here, unless it is to be purged.
    """
    watches = _watches_of(sync)
    if purge:
        rows = Event.objects.filter(calendar=sync.calendar_id, source=sync.connection.provider)
        bury(rows)
        rows.delete()
    sync.delete()
    return watches


@atomic()
def sync_now(*, provider: str, by: User) -> list[UUID]:
    """Have one's syncs with a vendor run now; return them. Raises MissingError for none."""
    rows = CalendarSync.objects.visible_to(by).running().filter(connection__provider=provider)
    found = list(rows.values_list("pk", flat=True))
    if not found:
        raise MissingError(_("No calendar is synced with this vendor."))
    wake_at(CalendarSync.objects.filter(pk__in=found), timezone.now())
    return found


def look(sync_id: UUID, *, pause: Pause = sleep) -> None:
    """Find out what a sync that was not started would do, and keep it. In no transaction."""
    with atomic():
        rows = CalendarSync.objects.select_related("connection", "calendar")
        sync = rows.filter(pk=sync_id, state=SyncState.DRAFT).first()
    if sync is None or not sync.connection.is_usable:
        return
    try:
        found = provider_of(sync.connection, "", window_now(), pause).calendars()
        named = [each for each in found if each.id == sync.remote_id]
        own = [each for each in found if each.is_default and not sync.remote_id]
        chosen = next(iter([*named, *own]), None)
        if chosen is None:
            _note(sync, trouble=_("The account has no such calendar."))
            return
        sync.remote_id, sync.read_only = chosen.id, chosen.read_only
        told = asdict(preview(run_of(sync, sync.run, pause)))
    except IntegrationError as error:
        _note(sync, trouble=str(error)[:500])
        return
    with atomic():
        others = CalendarSync.objects.filter(connection=sync.connection, remote_id=chosen.id)
        if others.exclude(pk=sync.pk).exists():
            write(sync, trouble=_("This calendar is linked already."))
            return
    told["calendars"] = [asdict(each) for each in found]
    _note(
        sync,
        trouble="",
        preview=told,
        remote_id=chosen.id,
        remote_name=chosen.name[:200],
        read_only=chosen.read_only,
    )


@atomic()
def _note(sync: CalendarSync, **values: object) -> None:
    write(sync, **values)


def due_now(ids: Sequence[UUID], now: datetime) -> list[UUID]:
    """Return which syncs are to run, and plan the next time of each, whatever becomes of them."""
    rows = CalendarSync.objects.select_for_update(skip_locked=True, of=("self",))
    due = list(rows.filter(pk__in=ids, next_at__lte=now).select_related("connection"))
    for sync in due:
        wait = SILENT if (sync.changed_at or sync.created_at) < now - SILENT_AFTER else EVERY
        goes_on = sync.state == SyncState.ACTIVE
        write(sync, next_at=now + wait if goes_on else None)
    return [sync.pk for sync in due if sync.connection.is_usable]

"""Taking in what is new at the vendor's: in one transaction with where its story goes on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q

from calendar_app.importing import HeldBackError, Valve
from calendar_app.models import CalendarSync, Event, EventLink
from calendar_app.sync import applying
from calendar_app.sync.documents import Doc, key_of_text, touches
from calendar_app.sync.guests import set_guests
from calendar_app.sync.merging import HERE, THERE, Loss, merge
from calendar_app.sync.providers.base import Delta, Known, Remote
from calendar_app.sync.reading import Bundle, bundles_of
from calendar_app.sync.running import Run, locked, note_losses, write
from connections.errors import CursorExpiredError
from tenants.context import atomic

# So few may always go: of three events one is a third.
FEW = 5
LONGEST_UID = 500


@dataclass(slots=True)
class News:
    """What the vendor tells, and which were not told of though all was."""

    delta: Delta
    vanished: frozenset[str] = frozenset()


def ask(run: Run) -> News:
    """Ask the vendor what is new; in no transaction."""
    with atomic():
        links = list(run.sync.links.all())
    etags = {link.external_id: link.etag for link in links}
    owners = {part: link.external_id for link in links for part in link.parts}
    try:
        known = Known(etags if run.cursor else {}, owners)
        delta = run.provider.changes(run.cursor, known)
    except CursorExpiredError:
        # The vendor has forgotten what we had heard: all of it once more, beside what is here.
        delta = run.provider.changes("", Known({}, owners))
    if not delta.is_full:
        return News(delta)
    absent = [
        link.external_id
        for link in links
        if link.external_id not in delta.items
        and not link.is_pending
        and link.base
        and touches(link.base, run.window.since, run.window.until)
    ]
    _check(len(absent), len(links), run.sync)
    # It may only have moved out of what the vendor looks at.
    for name in absent:
        delta.items[name] = run.provider.read(name)
    return News(delta, frozenset(absent))


def _check(number: int, known: int, sync: CalendarSync) -> None:
    """Raise HeldBackError where too much would be deleted here."""
    if number > FEW:
        Valve(may_delete=sync.may_delete).check(number, known)


def take_in(run: Run, news: News) -> None:
    """Make the office say what is new. Raises HeldBackError; then nothing is changed."""
    with locked(run) as sync:
        taking = Taking(run, sync, news)
        taking.check()
        for name, remote in news.delta.items.items():
            taking.take(name, remote)
        write(
            sync,
            cursor=news.delta.cursor,
            seen_from=run.window.since,
            seen_until=run.window.until,
            held_deletions=0,
            may_delete=0,
        )


class Taking:
    """What is there of the events that come, and each one taken."""

    def __init__(self, run: Run, sync: CalendarSync, news: News) -> None:
        self.run, self.sync, self.news = run, sync, news
        names = list(news.delta.items)
        uids = {each.ical_uid for each in news.delta.items.values() if each is not None}
        links = EventLink.objects.select_for_update(of=("self",)).filter(sync=sync)
        self.links = {link.external_id: link for link in links.filter(external_id__in=names)}
        self.number = links.count()
        rows: Any = Event.objects.select_for_update(of=("self",)).filter(series=None)
        ours = Q(pk__in=[link.event_id for link in self.links.values() if link.event_id])
        alike = Q(calendar=sync.calendar, ical_uid__in=uids)
        events = list(rows.filter(ours | alike))
        self.bundles = bundles_of(events)
        linked = EventLink.objects.filter(event__in=[event.pk for event in events])
        self.taken = set(linked.values_list("event", flat=True))
        self.by_uid = {
            event.ical_uid: event.pk for event in events if event.calendar_id == sync.calendar_id
        }

    def check(self) -> None:
        """Raise HeldBackError where too much would be deleted here."""
        gone = [
            name
            for name, remote in self.news.delta.items.items()
            if remote is None and name in self.links and self.links[name].event_id
        ]
        _check(len(gone), self.number, self.sync)

    def take(self, name: str, remote: Remote | None) -> None:
        """Take in one event, or that it is gone."""
        link = self.links.get(name)
        bundle = self._bundle(link)
        if remote is not None:
            remote.problem = remote.problem or applying.why_not(remote.doc)
        if remote is None:
            if link is not None:
                self._gone(link, bundle, vanished=name in self.news.vanished)
        elif remote.problem:
            self._leave(link, remote)
        elif link is None or not link.base:
            self._new(link, remote)
        elif bundle is None:
            self._deleted_here(link, remote)
        else:
            take_one(self.run, link, bundle, remote)

    def _bundle(self, link: EventLink | None) -> Bundle | None:
        """Return the event of a link; None for one that was deleted or moved elsewhere."""
        if link is None or link.event_id is None:
            return None
        found = self.bundles.get(link.event_id)
        return found if found and found.event.calendar_id == self.sync.calendar_id else None

    def _leave(self, link: EventLink | None, remote: Remote) -> None:
        """Leave alone what the office cannot keep, and say so."""
        link = link or EventLink(sync=self.sync, external_id=remote.id)
        link.etag, link.trouble = remote.etag, remote.problem[:300]
        link.save()

    def _new(self, link: EventLink | None, remote: Remote) -> None:
        link = link or EventLink(sync=self.sync, external_id=remote.id)
        alike = self.by_uid.get(remote.ical_uid)
        if alike is not None and alike not in self.taken:
            # It came here another way, as by a file.
            self.taken.add(alike)
            link.event = self.bundles[alike].event
            take_one(self.run, link, self.bundles[alike], remote)
            return
        uid = remote.ical_uid[:LONGEST_UID] or remote.id[:LONGEST_UID]
        if alike is not None or uid in self.by_uid:
            uid = f"{uid[:400]}#{link.pk}"
        known = {
            "source": self.run.sync.connection.provider,
            "external_id": remote.id[:1024],
            "ical_uid": uid,
            "conference_url": remote.conference_url,
        }
        bundle = applying.create(self.sync.calendar, remote.doc, **known)
        self.by_uid[uid] = bundle.event.pk
        self.taken.add(bundle.event.pk)
        link.event = bundle.event
        set_guests(bundle.event, remote.guests, exactly=True)
        keep(link, remote, remote.doc)
        self.run.counts["created_here"] += 1

    def _gone(self, link: EventLink, bundle: Bundle | None, *, vanished: bool) -> None:
        if bundle is None:
            link.delete()
            return
        doc = bundle.doc
        changed = doc is not None and self.run.said(doc) != link.base
        if vanished and changed:
            # Nobody said that it was deleted, and here somebody has just changed it.
            link.delete()
            return
        gone = bundle.event.pk
        remove(self.run, link, bundle)
        for other in self.bundles.values():
            # It is still to be stored, and would point to what is there no longer.
            if other.event.split_from_id == gone:
                other.event.split_from = None

    def _deleted_here(self, link: EventLink, remote: Remote) -> None:
        """It goes there as well, whatever was changed there meanwhile."""
        if link.read_only or remote.read_only or self.sync.read_only:
            link.event = None
            link.base = {}
            self._new(link, remote)
            return
        doc = filled(remote, link.base, self.run)
        if doc != link.base:
            note_losses(self.run, link, [Loss("deletion", doc["title"], THERE)], doc["title"])
        keep(link, remote, doc)


def take_one(run: Run, link: EventLink, bundle: Bundle, remote: Remote) -> None:
    """Bring the office's and the vendor's version of one event together, in a transaction."""
    there, here = filled(remote, link.base, run), bundle.doc
    if here is None:
        # It does not take place here; that is sent.
        keep(link, remote, there)
        return
    here = run.said(here)
    if remote.read_only or run.sync.read_only:
        made, losses = there, _given_up(link.base, here, there)
    else:
        later = HERE if bundle.changed_at > remote.modified else THERE
        merged = merge(link.base or None, here, there, later=later)
        made, losses = merged.doc, merged.losses
    if applying.apply(bundle, here, made):
        run.counts["changed_here"] += 1
    if remote.guests:
        is_theirs = bundle.event.source == run.sync.connection.provider
        set_guests(bundle.event, remote.guests, exactly=is_theirs)
    note_losses(run, link, losses, made["title"])
    keep(link, remote, there)


def _given_up(base: Doc, here: Doc, there: Doc) -> list[Loss]:
    names: Iterable[str] = (name for name in here if here[name] != base.get(name))
    return [Loss(name, here[name], HERE) for name in names if here[name] != there[name]]


def filled(remote: Remote, base: Mapping[str, Any], run: Run) -> Doc:
    """Return what the vendor says, with what was known of instances that it was not asked for."""
    doc = run.provider.plain(remote.doc)
    if not remote.is_windowed or not base:
        return doc
    since, until = run.window.since, run.window.until
    outside = {
        key: part
        for key, part in base.get("parts", {}).items()
        if not since <= key_of_text(key) < until
    }
    return run.provider.plain({**doc, "parts": {**outside, **doc["parts"]}})


def keep(link: EventLink, remote: Remote, doc: Doc) -> None:
    """Remember what the vendor says."""
    link.external_id, link.etag, link.base = remote.id, remote.etag, doc
    link.ical_uid = remote.ical_uid[:1024] or link.ical_uid
    link.read_only, link.is_pending, link.trouble = remote.read_only, False, ""
    if remote.parts:
        link.parts = sorted({*link.parts, *remote.parts})
    link.save()


def remove(run: Run, link: EventLink, bundle: Bundle) -> None:
    """Delete here what was deleted there; what was changed here meanwhile is told as lost."""
    doc = bundle.doc
    if doc is not None and run.said(doc) != link.base:
        note_losses(run, link, [Loss("deletion", doc["title"], HERE)], doc["title"])
    applying.delete(bundle)
    EventLink.objects.filter(pk=link.pk).delete()
    run.counts["deleted_here"] += 1


def bundle_of(event_id: UUID | None, calendar_id: UUID) -> Bundle | None:
    """Return an event of the calendar as it is now, locked; None where it is not there."""
    rows: Any = Event.objects.select_for_update(of=("self",)).filter(calendar=calendar_id)
    return next(iter(bundles_of(rows.filter(pk=event_id)).values()), None)


__all__ = ["HeldBackError", "News", "ask", "bundle_of", "keep", "remove", "take_in", "take_one"]

"""Sending what is new here: planned in one transaction, asked outside any, noted one by one.

Nothing is lost when a worker dies: what is not noted as sent differs from what both sides last
agreed on, and is sent again. What is made there has a key of ours, so that a second time makes no
second event.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import orjson

from calendar_app.models import CalendarSync, Event, EventLink
from calendar_app.sync import applying
from calendar_app.sync.documents import Doc, touches
from calendar_app.sync.graph_rules import NoCounterpartError
from calendar_app.sync.merging import HERE, Loss, merge
from calendar_app.sync.providers.base import Remote, Target
from calendar_app.sync.reading import Bundle, bundles_of
from calendar_app.sync.running import Run, locked, note_losses
from calendar_app.sync.taking import bundle_of, keep, remove, take_one
from connections.errors import (
    ConflictError,
    ForbiddenError,
    IntegrationError,
    NotFoundError,
    PermanentError,
)

REFUSALS = (ForbiddenError, PermanentError)


@dataclass(slots=True)
class Work:
    """Something to be asked of the vendor: a document to be said, or None for a deletion."""

    link: EventLink
    doc: Doc | None


def plan(run: Run) -> list[Work]:
    """Return what is to be sent; what is new is given a name first."""
    with locked(run) as sync:
        planning = Planning(run, sync)
        return [*planning.linked(), *planning.fresh()]


class Planning:
    """What is here, beside what both sides last agreed on."""

    def __init__(self, run: Run, sync: CalendarSync) -> None:
        self.run, self.sync = run, sync
        locking = EventLink.objects.select_for_update(of=("self",))
        self.links = list(locking.filter(sync=sync))
        rows: Any = Event.objects.select_for_update(of=("self",))
        self.bundles = bundles_of(rows.filter(calendar=sync.calendar, series=None))

    def linked(self) -> list[Work]:
        """Return what is to be sent of what both sides know."""
        found = [self._of(link) for link in self.links if link.base or link.is_pending]
        return [work for work in found if work is not None]

    def _of(self, link: EventLink) -> Work | None:
        bundle = self.bundles.get(link.event_id) if link.event_id else None
        doc = bundle.doc if bundle else None
        if link.read_only or self.sync.read_only:
            self._put_back(link, bundle, doc)
            return None
        if bundle is None or doc is None:
            if link.is_pending and not link.base:
                link.delete()
                return None
            return Work(link, None)
        try:
            said = self.run.provider.plain(doc)
        except NoCounterpartError as error:
            refuse(link, doc, f"{error}.")
            return None
        if said == link.base or digest_of(said) == link.refused_version:
            return None
        if link.is_pending and not link.base:
            link.base = said
            link.save()
        return Work(link, said)

    def _put_back(self, link: EventLink, bundle: Bundle | None, doc: Doc | None) -> None:
        """What is changed at the vendor's alone says here what it says there."""
        if not link.base:
            return
        if bundle is None:
            self._bring_back(link)
            return
        here = self.run.said(doc) if doc is not None else None
        if here != link.base:
            names = [name for name in link.base if here is None or here[name] != link.base[name]]
            lost = [Loss(name, here and here[name], HERE) for name in names]
            applying.apply(bundle, here, link.base)
            note_losses(self.run, link, lost, link.base["title"])

    def _bring_back(self, link: EventLink) -> None:
        """What is deleted at the vendor's alone is here as long as it is there."""
        uid = (link.ical_uid or link.external_id)[:400]
        if any(each.event.ical_uid == uid for each in self.bundles.values()):
            uid = f"{uid}#{link.pk}"
        made = applying.create(
            self.sync.calendar,
            link.base,
            source=self.run.sync.connection.provider,
            external_id=link.external_id,
            ical_uid=uid,
        )
        link.event = made.event
        link.save()
        lost = Loss("deletion", link.base["title"], HERE)
        note_losses(self.run, link, [lost], link.base["title"])

    def fresh(self) -> list[Work]:
        """Return what the vendor does not know, each with a link that names it."""
        if self.sync.read_only:
            return []
        linked = {link.event_id for link in self.links}
        found = []
        for pk, bundle in self.bundles.items():
            doc = bundle.doc
            since, until = self.run.window.since, self.run.window.until
            if pk in linked or doc is None or not touches(doc, since, max(until, _end(bundle))):
                continue
            # It came from another calendar of this kind: there it is deleted.
            EventLink.objects.filter(event=pk).update(event=None)
            link = EventLink(sync=self.sync, event=bundle.event, is_pending=True)
            link.external_id = link.pk.hex
            try:
                link.base = self.run.provider.plain(doc)
            except NoCounterpartError as error:
                refuse(link, doc, f"{error}.")
            link.save()
            if link.base:
                found.append(Work(link, link.base))
        return found


def _end(bundle: Bundle) -> Any:
    return bundle.event.ends_at or bundle.event.end


def digest_of(doc: Doc) -> str:
    """Return what names a version."""
    return sha256(orjson.dumps(doc, option=orjson.OPT_SORT_KEYS)).hexdigest()


def refuse(link: EventLink, doc: Doc, words: str) -> None:
    """Note why the vendor does not take this version; it is not sent again."""
    trouble, version = words[:300], digest_of(doc)
    if (link.trouble, link.refused_version) != (trouble, version):
        link.trouble, link.refused_version = trouble, version
        link.save()


def finish_pending(run: Run) -> None:
    """Ask for what was asked for and never answered, before anything else is heard."""
    with locked(run) as sync:
        pending = list(sync.links.filter(is_pending=True))
    for link in pending:
        if link.base:
            _create(run, Work(link, link.base))


def send(run: Run, works: list[Work]) -> None:
    """Ask the vendor for all of it."""
    for work in works:
        if work.link.is_pending and work.doc is not None:
            _create(run, work)
        elif work.doc is None:
            _delete(run, work.link)
        else:
            _change(run, work, again=True)


def _create(run: Run, work: Work) -> None:
    sent: Doc = work.doc or work.link.base
    try:
        remote = run.provider.create(work.link.pk, sent)
    except REFUSALS as error:
        _note_refusal(run, work, error)
        return
    with locked(run) as sync:
        link = _fresh(work.link)
        if link is None:
            return
        bundle = bundle_of(link.event_id, sync.calendar_id)
        if remote is None and bundle is None:
            link.delete()
        elif remote is None and bundle is not None:
            remove(run, link, bundle)
        elif remote is not None:
            run.counts["created_there"] += 1
            _adopt(run, link, (bundle, sent), remote)


def _delete(run: Run, link: EventLink) -> None:
    try:
        run.provider.delete(link.external_id)
    except REFUSALS as error:
        _note_refusal(run, Work(link, link.base), error)
        return
    with locked(run):
        EventLink.objects.filter(pk=link.pk).delete()
        run.counts["deleted_there"] += 1


def _change(run: Run, work: Work, *, again: bool) -> None:
    link, sent = work.link, work.doc
    if sent is None:
        return
    try:
        remote = run.provider.change(Target(link.external_id, link.etag), link.base, sent)
    except (ConflictError, NotFoundError):
        # It was changed or deleted there while we were writing.
        _look_again(run, link, again=again)
        return
    except REFUSALS as error:
        _note_refusal(run, work, error)
        return
    with locked(run) as sync:
        fresh = _fresh(link)
        if fresh is not None:
            run.counts["changed_there"] += 1
            bundle = bundle_of(fresh.event_id, sync.calendar_id)
            _adopt(run, fresh, (bundle, sent), remote)


def _look_again(run: Run, link: EventLink, *, again: bool) -> None:
    remote = run.provider.read(link.external_id)
    with locked(run) as sync:
        fresh = _fresh(link)
        bundle = bundle_of(fresh.event_id, sync.calendar_id) if fresh else None
        if fresh is None or bundle is None:
            return
        if remote is None:
            remove(run, fresh, bundle)
            return
        if remote.problem:
            refuse(fresh, fresh.base, remote.problem)
            return
        take_one(run, fresh, bundle, remote)
        doc = bundle.doc
        said = run.said(doc) if doc is not None else None
    if again and said is not None and said != fresh.base and not fresh.read_only:
        _change(run, Work(fresh, said), again=False)


def _adopt(run: Run, link: EventLink, known: tuple[Bundle | None, Doc], remote: Remote) -> None:
    """Remember what the vendor made of it, and say the same here where it is something else."""
    bundle, sent = known
    there = run.provider.plain(remote.doc)
    keep(link, remote, there)
    here = bundle.doc if bundle is not None else None
    if bundle is None or here is None or there == sent:
        return
    here = run.said(here)
    merged = merge(sent, here, there, later=HERE)
    applying.apply(bundle, here, merged.doc)


def _note_refusal(run: Run, work: Work, error: IntegrationError) -> None:
    with locked(run):
        link = _fresh(work.link)
        if link is not None and work.doc is not None:
            link.base = {} if link.is_pending else link.base
            refuse(link, work.doc, str(error))


def _fresh(link: EventLink) -> EventLink | None:
    """Return the link as it is now, locked."""
    return EventLink.objects.select_for_update(of=("self",)).filter(pk=link.pk).first()

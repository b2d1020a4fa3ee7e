"""The daily digest: once on each day of the person's calendar, at the hour that the person chose.

What stands in it comes from the apps: each registers a part, which is loaded for many people at
once and then asked for one person and instant. Sending and preview ask the same parts.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from accounts.models import User
from common.languages import speaking
from common.moments import to_utc, to_wall
from messaging.crontabs import DAY, FAR, Crontab
from messaging.due import Owed
from messaging.schedule_rows import Round
from messaging.scheduling import rule_of
from messaging.services import owe_messages
from messaging.unsubscribing import unsubscribe_url
from tenants.context import current_tenant
from tenants.directory import address_of

KIND = "digest"
# How far a digest looks ahead, from the beginning of its day.
AHEAD = timedelta(days=9)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing in a digest, with its page."""

    title: str
    when: datetime
    path: str


@dataclass(frozen=True, slots=True)
class Section:
    """Things under one heading; `more` counts those that are not shown."""

    title: StrOrPromise
    lines: Sequence[Line]
    late: bool = False
    more: int = 0

    @property
    def count(self) -> int:
        """How many there are, shown or not."""
        return len(self.lines) + self.more


SectionsOf = Callable[[User, datetime], list[Section]]
# Loads what concerns these people until an instant; the answer tells what to say to one of them.
Part = Callable[[Collection[User], datetime], SectionsOf]
_parts: list[Part] = []


def register_digest(part: Part) -> None:
    """Announce something that digests tell of; called once, when the apps load."""
    _parts.append(part)


def digest_instants(
    person: User, after: datetime, until: datetime, rule: Crontab | None = None
) -> Iterator[datetime]:
    """Yield when the person's digests are due after one instant and up to another.

    A rule of the office's takes the place of the person's own hour, on the person's clock.
    """
    if person.digest_at is None:
        return
    zone = ZoneInfo(person.timezone)
    if rule is not None:
        yield from rule.moments(zone, after, until)
        return
    day = to_wall(after, zone).date() - DAY
    while (moment := to_utc(datetime.combine(day, person.digest_at), zone)) <= until:
        if moment > after:
            yield moment
        day += DAY


def owed_digests(moments: Sequence[tuple[User, datetime]]) -> list[Owed]:
    """Return the digests of these people at these instants; an empty one is not owed."""
    if not moments:
        return []
    people = {person.pk: person for person, _moment in moments}.values()
    until = max(moment for _person, moment in moments) + AHEAD
    parts = [part(people, until) for part in _parts]
    found = (
        (person, moment, [one for part in parts for one in part(person, moment) if one.count])
        for person, moment in moments
    )
    return [_owed(person, moment, sections) for person, moment, sections in found if sections]


def planned_digests(people: Collection[User], start: datetime, end: datetime) -> list[Owed]:
    """Return the digests that will be due, as far as can be told from what there is now."""
    rule = rule_of(Round.DIGEST)
    return owed_digests(
        [
            (person, moment)
            for person in people
            for moment in digest_instants(person, person.digested_until or start, end, rule)
        ]
    )


def owe_due_digests(ids: Sequence[UUID], now: datetime) -> None:
    """Owe each of these people the latest digest that is due, and plan the next one.

    After a change of the wish nothing is owed for what lies behind.
    """
    rows = User.objects.select_for_update(skip_locked=True, of=("self",))
    people = list(rows.filter(pk__in=ids, digest_next_at__lte=now, digest_at__isnull=False))
    due, rule = [], rule_of(Round.DIGEST)
    for person in people:
        person.digested_until = person.digested_until or now
        for moment in digest_instants(person, person.digested_until, now, rule):
            person.digested_until = moment
            due.append((person, moment))
        following = digest_instants(person, person.digested_until, now + FAR, rule)
        person.digest_next_at = next(following)
    latest = {person.pk: (person, moment) for person, moment in due}
    owe_messages(owed_digests([*latest.values()]))
    User.objects.bulk_update(people, ["digested_until", "digest_next_at"])


def _owed(person: User, moment: datetime, sections: list[Section]) -> Owed:
    office, wall = current_tenant(), to_wall(moment, ZoneInfo(person.timezone))
    words = {
        "person": person,
        "office": office,
        "url": address_of(office),
        "day": wall.date(),
        "sections": sections,
        "unsubscribe": unsubscribe_url(person.pk),
    }
    with speaking(person.locale):
        counts = ", ".join(f"{_amid(section.title)}: {section.count}" for section in sections)
        return Owed(
            recipient=person,
            subject=_("Your day: {counts}").format(counts=counts),
            text=render_to_string("emails/digest.txt", words),
            html=render_to_string("emails/digest.html", words),
            brief=f"Your day – {counts}. {words['url']}/",
            kind=KIND,
            about_id=None,
            due_at=moment,
            # Once on each day of the person's calendar, wherever it is spent.
            occasion=f"digest:{wall:%Y%m%d}",
        )


def _amid(title: StrOrPromise) -> str:
    """Return a heading as it stands within a sentence."""
    return str(title)[:1].lower() + str(title)[1:]

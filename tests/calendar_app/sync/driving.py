"""A random history of one calendar on both sides: people edit, things go wrong, syncs come and go.

At the end nothing goes wrong any more, and after a few quiet syncs both sides must say the same:
as documents, by the name of each event, and in what anybody sees, by each side's own reckoning.
"""

from collections import Counter
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection

from calendar_app.expansion import occurrences_between
from calendar_app.models import Event
from calendar_app.occurrences import cancel_occurrence, change_occurrence, delete_event
from calendar_app.recurrence import expand
from calendar_app.services import NewEvent, create_event, update_event
from calendar_app.sync.engine import sync_calendar
from common.errors import AppError
from messaging.models import OutgoingMessage
from tests.calendar_app.conftest import NOW
from tests.calendar_app.sync.vendors import ZONES, GoogleSide, OutlookSide, shifted
from tests.peers.loopback import Asked

RULES = (
    "FREQ=DAILY;COUNT=5",
    "FREQ=WEEKLY",
    "FREQ=WEEKLY;INTERVAL=2;COUNT=4",
    "FREQ=DAILY;UNTIL=20240901",
)
UNTIL = NOW + timedelta(days=300)
QUIET = 6


class KilledError(BaseException):
    """The worker is killed: nothing of ours runs any more."""


class Drive:
    """One history."""

    def __init__(self, sync: Any, side: GoogleSide | OutlookSide, clock: Any, seed: str) -> None:
        self.sync, self.side, self.clock = sync, side, clock
        self.peer = side.peer
        self.person = sync.connection.person
        self.dice = side.dice
        self.seed = seed
        self.number = 0
        self.tally: Counter[str] = Counter()
        self.log: list[str] = []
        self.kept_here: list[Any] = []

    # --- Edits

    def title(self) -> str:
        self.number += 1
        return f"{self.seed} event {self.number}"

    def here(self, *, series: bool = False) -> Event | None:
        found = Event.objects.filter(calendar=self.sync.calendar_id, series=None)
        rows = [row for row in found if not series or row.recurrence]
        # By no id of this run, so that the same dice make the same history.
        rows.sort(key=lambda row: (row.title, row.description))
        return self.dice.choice(rows) if rows else None

    def times(self, day: date) -> dict[str, Any]:
        zone = self.dice.choice(ZONES)
        if self.dice.random() < 0.25:
            return {"start": day, "end": day + timedelta(days=2), "all_day": True, "timezone": zone}
        start = datetime(day.year, day.month, day.day, self.dice.randrange(24), tzinfo=UTC)
        end = start + timedelta(minutes=self.dice.choice((30, 60, 1500)))
        return {"start": start, "end": end, "all_day": False, "timezone": zone}

    def edit_here(self) -> None:
        dice, day = self.dice, shifted(NOW.date(), self.dice)
        kind = dice.choice(
            ("create", "create", "retitle", "move", "delete", "cancel", "part", "rule", "following")
        )
        self.log.append(f"here {kind}")
        if kind == "create":
            title = self.title()
            rule = dice.choice(RULES) if dice.random() < 0.4 else ""
            new = NewEvent(
                title=title, description=title, calendar_id=self.sync.calendar_id,
                recurrence=rule, **self.times(day),
            )  # fmt: skip
            create_event(new=new, by=self.person)
            return
        row = self.here(series=kind in {"cancel", "part", "rule", "following"})
        if row is None:
            return
        locked = Event.objects.select_for_update(of=("self",)).get(pk=row.pk)
        changes: dict[str, Any] = {"title": f"{row.title}."}
        if kind == "move" or (kind == "part" and dice.random() < 0.5):
            changes = self.times(day)
        if kind in {"retitle", "move"}:
            name = "title" if dice.random() < 0.6 else "location"
            edits = changes if kind == "move" else {name: self.title()}
            update_event(event=locked, changes=edits, by=self.person)
        elif kind == "rule":
            update_event(event=locked, changes={"recurrence": dice.choice(RULES)}, by=self.person)
        elif kind == "delete":
            delete_event(event=locked, by=self.person)
        else:
            self.edit_part(locked, kind, changes)

    def edit_part(self, row: Event, kind: str, changes: dict[str, Any]) -> None:
        found = expand(row.as_series(), row.start, row.start + timedelta(days=60), most=6)
        if not found:
            return
        at = self.dice.choice(found).key
        if kind == "cancel":
            cancel_occurrence(event=row, at=at, scope="this", by=self.person)
        elif kind == "part":
            change_occurrence(event=row, at=at, scope="this", changes=changes, by=self.person)
        else:
            title = self.title()
            edits = {"title": title, "description": title}
            change_occurrence(event=row, at=at, scope="following", changes=edits, by=self.person)

    def edit_there(self) -> None:
        dice, side, day = self.dice, self.side, shifted(NOW.date(), self.dice)
        kind = dice.choice(
            ("create", "create", "retitle", "move", "delete", "cancel", "part", "rule")
        )
        self.log.append(f"there {kind}")
        if kind == "create":
            side.create(self.title(), day)
            return
        row = side.pick(series=kind in {"cancel", "part", "rule"})
        if row is None:
            return
        if kind == "retitle":
            side.retitle(row, self.title())
        elif kind == "move":
            side.move(row, day)
        elif kind == "delete":
            side.delete(row)
        elif kind == "rule":
            side.change_series(row)
        elif kind == "cancel":
            side.cancel_part(row)
        else:
            side.change_part(row, self.title(), day)

    # --- Syncs, and what goes wrong

    def faulty(self, share: float) -> Any:
        def fault(asked: Asked) -> str:
            if self.dice.random() > share:
                return ""
            kinds = ["lost", *self.side.lost]
            if "syncToken" in asked.query or "$deltatoken" in asked.query:
                kinds.append("410")
            kind = self.dice.choice(kinds)
            self.tally[f"fault {kind}"] += 1
            self.log.append(f"fault {kind} at {asked.method} {asked.path[-40:]}")
            return kind

        return fault

    def pause(self, _seconds: float) -> None:
        if self.dice.random() < 0.15:
            self.tally["fault killed"] += 1
            self.log.append("killed")
            raise KilledError

    def sync_once(self, share: float) -> None:
        self.peer.fault = self.faulty(share)
        self.log.append("sync")
        try:
            sync_calendar(self.sync.pk, pause=self.pause)
        except KilledError:
            # Its lease is over after five minutes.
            self.clock.shift(301)
        self.peer.fault = lambda _asked: ""
        # As each commit would: the test's own transaction only asks this at its end.
        connection.check_constraints()
        self.tally["syncs"] += 1
        self.accept()

    def accept(self) -> None:
        """Do what the person does who is asked whether so much is to be deleted."""
        self.sync.refresh_from_db()
        if self.sync.state == "held":
            number = self.sync.held_deletions
            rows = type(self.sync).objects.filter(pk=self.sync.pk)
            rows.update(state="active", held_deletions=0, may_delete=number)
            self.tally["held back"] += 1

    def step(self) -> None:
        self.clock.shift(self.dice.randint(61, 400))
        what = self.dice.random()
        if what < 0.36:
            self.tally["operations"] += 1
            # The office refuses what makes no sense.
            with suppress(AppError):
                self.edit_here()
        elif what < 0.72:
            self.tally["operations"] += 1
            self.edit_there()
        elif what < 0.76:
            self.peer.forgotten = self.peer.number
            self.tally["fault forgotten cursor"] += 1
        else:
            # A word of the vendor's may be missing, or come twice.
            for _time in range(self.dice.choice((1, 1, 2))):
                self.sync_once(self.dice.choice((0, 0, 0.1, 0.3)))

    # --- The end

    def settle(self) -> None:
        """Let it become quiet."""
        for _round in range(QUIET):
            self.clock.shift(400)
            self.sync_once(0)
            if not self.sync.last_counts and not self.sync.trouble:
                return
        assert not self.sync.trouble, self.story(self.sync.trouble)
        assert not self.sync.last_counts, self.story(f"never quiet: {self.sync.last_counts}")

    def check(self) -> None:
        writes, before = len(self.peer.writes), self.state()
        for _time in range(2):
            self.clock.shift(400)
            self.sync_once(0)
        assert len(self.peer.writes) == writes, self.story("an idle sync wrote there")
        assert self.state() == before, self.story("an idle sync wrote here")
        self.leave_out()
        ours, theirs = self.happenings(), self.side.happenings(UNTIL)
        self.tally["differences"] += len(set(ours) ^ set(theirs))
        assert ours == theirs, self.story(
            {"here alone": set(ours) - set(theirs), "there alone": set(theirs) - set(ours)}
        )
        labels = self.side.labels()
        both = sorted(self.ours().filter(series=None).values_list("description", flat=True))
        doubled = [label for label, number in Counter([*labels]).items() if number > 1]
        self.tally["duplicates"] += len(doubled)
        assert not doubled, self.story(doubled)
        assert labels == both, self.story(set(labels) ^ set(both))
        assert not self.peer.mails
        assert not OutgoingMessage.objects.exclude(kind="sync_held").exists()

    def leave_out(self) -> None:
        """Look away from what one side cannot say, as the person was told."""
        links = list(self.sync.links.exclude(trouble=""))
        self.tally["left out with a reason"] += len(links)
        self.side.without = {link.external_id for link in links}
        self.kept_here = [link.event_id for link in links if link.event_id]

    def ours(self) -> Any:
        rows = Event.objects.filter(calendar=self.sync.calendar_id)
        return rows.exclude(pk__in=self.kept_here).exclude(series__in=self.kept_here)

    def state(self) -> list[Any]:
        rows = Event.objects.filter(calendar=self.sync.calendar_id).order_by("pk")
        return list(rows.values_list("pk", "version", "updated_at"))

    def happenings(self) -> list[tuple[str, str, str]]:
        """Return what anybody would see in the office, by the office's own reckoning."""
        rows = self.ours()
        events = {row.pk: row for row in rows}
        found = []
        for one in occurrences_between(rows, NOW - timedelta(days=400), UNTIL + timedelta(days=99)):
            event = events[one.event_id]
            if event.all_day:
                span = [f"{each.astimezone(event.zone):%Y-%m-%d}" for each in (one.start, one.end)]
            else:
                span = [f"{each.astimezone(UTC):%Y-%m-%dT%H:%M}" for each in (one.start, one.end)]
            found.append((event.title, span[0], span[1]))
        return sorted(one for one in found if one[1][:10] < UNTIL.date().isoformat())

    def story(self, found: Any) -> str:
        rows = Event.objects.filter(calendar=self.sync.calendar_id)
        names = ("title", "start", "end", "timezone", "recurrence", "exdates", "original_start")
        ours = [str({name: getattr(row, name) for name in names}) for row in rows]
        theirs = [str(row) for row in self.peer.events.values()]
        return "\n".join([f"{self.seed}: {found}", *self.log, *ours, *theirs])


def drive(sync: Any, side: Any, clock: Any, seed: str) -> Counter[str]:
    """Let one history happen; return what it was made of."""
    story = Drive(sync, side, clock, seed)
    for _step in range(story.dice.randint(8, 24)):
        story.step()
    story.settle()
    story.check()
    story.tally["sequences"] += 1
    return story.tally

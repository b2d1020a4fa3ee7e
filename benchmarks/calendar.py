"""What a month of a full calendar costs, and the free time of fifty people.

    python -m benchmarks.calendar [--events 5000] [--series 500] [--people 50] [--rounds 5]
                                  [--synced 2000]

One office with so many events over two years, some of them series of every kind, and people who are
asked to some. Through the API, as one of them: a month as one list (each page of it, and all
pages), and when everybody is busy in a week; beside it what expanding alone takes. Then a calendar
with `--synced` events is synced for the first time with Google and Graph on loopback, from either
side, and once more when nothing is new.
"""

import argparse
import random
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from django.db import connections

from benchmarks.clock import timed
from benchmarks.database import own_database
from benchmarks.report import Report, Row, arguments
from benchmarks.servers import servers, set_up
from benchmarks.syncs import measure_syncs

QUICK = [
    *("--events", "200", "--series", "20", "--people", "5", "--rounds", "2"),
    *("--synced", "40"),
]
OK = 200
BEGINNING = datetime(2024, 1, 1, tzinfo=UTC)
MONTH = BEGINNING + timedelta(days=366), BEGINNING + timedelta(days=397)
WEEK = MONTH[0] + timedelta(days=6), MONTH[0] + timedelta(days=13)
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata")
RULES = (
    "FREQ=WEEKLY",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE,FR",
    "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR",
    "FREQ=MONTHLY;BYDAY=2TU",
    "FREQ=MONTHLY;BYMONTHDAY=-1",
    "FREQ=DAILY;COUNT=500",
    "FREQ=YEARLY",
)


def main() -> None:
    """Measure and print."""
    parser = arguments(__doc__)
    parser.add_argument("--events", type=int, default=5000, help="0 for none")
    parser.add_argument("--series", type=int, default=500, help="how many of them recur")
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--synced", type=int, default=2000, help="events of a sync; 0 for none")
    chosen = parser.parse_args()
    with servers(), own_database("calendar"):
        report = Report(chosen)
        set_up()
        if chosen.events:
            measure(report, chosen)
        if chosen.synced:
            report.table("Two-way sync, vendors on loopback", measure_syncs(chosen.synced))
        report.finish()


def measure(report: Report, chosen: argparse.Namespace) -> None:
    """Fill an office and ask it."""
    from tenants.context import tenant_transaction
    from tenants.services import open_tenant

    office = open_tenant(name="Full calendar")
    with tenant_transaction(office):
        people = fill(chosen)
    asked = Asked(office, people[0], chosen.rounds)
    users = ",".join(str(person.pk) for person in people)
    month = {"start": MONTH[0].isoformat(), "end": MONTH[1].isoformat()}
    week = {"start": WEEK[0].isoformat(), "end": WEEK[1].isoformat(), "users": users}
    events = "/api/v1/calendar/events"
    total = asked.get(events, month).json()["count"]
    pages = -(-total // 200)
    rows = [
        asked.row(f"month: first page of {total} occurrences", events, month),
        asked.row("month: a page of 200", events, {**month, "page_size": 200}),
        asked.row(f"month: all {pages} pages of 200", events, {**month, "page_size": 200}, pages),
        asked.row(f"free/busy of {len(people)} people for a week",
                  "/api/v1/calendar/free-busy", week),
    ]  # fmt: skip
    report.table(f"{chosen.events} events, {chosen.series} of them series", rows)
    report.table("Expanding alone", [expanding(office, chosen.rounds)])


def fill(chosen: argparse.Namespace) -> list[Any]:
    """Write people, calendars, events and who is asked, by a fixed seed."""
    from accounts.models import Role, User
    from calendar_app.models import Attendee, Calendar, Event
    from calendar_app.times import set_end

    dice = random.Random(7)
    role = Role.objects.get(name="manager")
    people = User.objects.bulk_create(
        [
            User(
                email=f"p{number}@full.example",
                full_name=f"Person {number}",
                role=role,
                timezone=ZONES[number % len(ZONES)],
            )
            for number in range(chosen.people)
        ]
    )
    calendars = Calendar.objects.bulk_create(
        [Calendar(owner=person, name=person.full_name) for person in people]
    )
    events, attendees = [], []
    for number in range(chosen.events):
        calendar = dice.choice(calendars)
        start = BEGINNING + timedelta(days=dice.randrange(730), minutes=15 * dice.randrange(96))
        event = Event(calendar=calendar, organizer=calendar.owner, title=f"Event {number}")
        event.start, event.end = start, start + timedelta(minutes=dice.choice((30, 60, 90)))
        event.timezone, event.ical_uid = dice.choice(ZONES), f"{number}@full.example"
        if number < chosen.series:
            event.recurrence = RULES[number % len(RULES)]
            event.start -= timedelta(days=300)
            event.end -= timedelta(days=300)
        set_end(event)
        events.append(event)
        some = dice.sample(people, k=min(len(people), dice.randrange(4)))
        attendees += [Attendee(event=event, person=person) for person in some]
    Event.objects.bulk_create(events)
    Attendee.objects.bulk_create(attendees)
    return people


class Asked:
    """Requests of one person to the product's API, in this process."""

    def __init__(self, office: Any, person: Any, rounds: int) -> None:
        from rest_framework.test import APIClient

        from accounts.sessions import begin_session
        from tenants.context import tenant_transaction

        with tenant_transaction(office):
            token = begin_session(user=person)["access_token"]
        self.client = APIClient(HTTP_HOST=f"{office.slug}.localhost")
        self.client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        self.rounds = rounds

    def get(self, url: str, query: dict[str, Any]) -> Any:
        """Ask once, and see that it went well."""
        answer = self.client.get(url, query, secure=True)
        assert answer.status_code == OK, answer.content
        return answer

    def row(self, name: str, url: str, query: dict[str, Any], pages: int = 1) -> Row:
        """Return what asking costs: the median of the rounds."""

        def ask() -> None:
            for page in range(1, pages + 1):
                self.get(url, {**query, "page": page} if "users" not in query else query)

        queries = self._queries_of(ask)
        seconds = [timed(ask) for _round in range(self.rounds)]
        return {"what": name, "queries": queries, "ms": median(seconds) * 1000}

    def _queries_of(self, ask: Callable[[], None]) -> int:
        """Count what a first time asks the database, on whichever connection.

        Not by Django's log: each request empties that.
        """
        asked = 0

        def count(execute: Any, *rest: Any) -> Any:
            nonlocal asked
            asked += 1
            return execute(*rest)

        with ExitStack() as stack:
            for alias in connections:
                stack.enter_context(connections[alias].execute_wrapper(count))
            ask()
        return asked


def expanding(office: Any, rounds: int) -> Row:
    """Return what turning rows into the occurrences of a month takes, with reading them."""
    from calendar_app.expansion import occurrences_between
    from calendar_app.models import Event
    from tenants.context import tenant_transaction

    found: list[Any] = []
    with tenant_transaction(office):
        seconds = [
            timed(lambda: found.append(len(occurrences_between(Event.objects.all(), *MONTH))))
            for _round in range(rounds)
        ]
    return {"occurrences": found[0], "ms": median(seconds) * 1000}


if __name__ == "__main__":
    main()

"""What people do at Google's and Microsoft's own pages, by the dice."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.peers.google_calendar import GoogleCalendar
from tests.peers.google_instances import keys_of
from tests.peers.microsoft_calendar import MicrosoftCalendar, _instant, midnight_of

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Sydney", "UTC")
Told = tuple[str, str, str]


def shifted(day: date, dice: random.Random) -> date:
    return day + timedelta(days=dice.randrange(-15, 120))


class GoogleSide:
    """Somebody at Google's pages."""

    lost = ("503", "429", "403", "hang_up")

    def __init__(self, peer: GoogleCalendar, dice: random.Random) -> None:
        self.peer, self.dice = peer, dice
        # What the office has said that it cannot keep equal.
        self.without: set[str] = set()

    def _times(self, day: date) -> dict[str, Any]:
        if self.dice.random() < 0.25:
            after = day + timedelta(days=self.dice.randint(1, 3))
            return {
                "start": {"date": day.isoformat(), "dateTime": None, "timeZone": None},
                "end": {"date": after.isoformat(), "dateTime": None, "timeZone": None},
            }
        zone = self.dice.choice(ZONES)
        start = datetime(
            day.year, day.month, day.day, self.dice.randrange(24), tzinfo=ZoneInfo(zone)
        )
        start = start.astimezone(UTC)
        end = start + timedelta(minutes=self.dice.choice((30, 60, 1500)))
        told = [f"{each:%Y-%m-%dT%H:%M:%SZ}" for each in (start, end)]
        return {
            "start": {"dateTime": told[0], "timeZone": zone, "date": None},
            "end": {"dateTime": told[1], "timeZone": zone, "date": None},
        }

    def _rule(self, times: dict[str, Any]) -> list[str]:
        rule = self.dice.choice(("DAILY;COUNT=5", "WEEKLY", "WEEKLY;INTERVAL=2;COUNT=4", "DAILY"))
        return [f"RRULE:FREQ={rule}"]

    def create(self, title: str, day: date) -> None:
        times = self._times(day)
        plain = {k: {n: v for n, v in each.items() if v} for k, each in times.items()}
        body = {"summary": title, "description": title, **plain}
        if self.dice.random() < 0.4:
            body["recurrence"] = self._rule(times)
        self.peer.insert(body)

    def _rows(self) -> list[dict[str, Any]]:
        rows = [row for row in self.peer.events.values() if row["status"] != "cancelled"]
        rows = [row for row in rows if row["id"] not in self.without]
        return [row for row in rows if "recurringEventId" not in row]

    def pick(self, *, series: bool = False) -> dict[str, Any] | None:
        rows = [row for row in self._rows() if not series or row.get("recurrence")]
        return self.dice.choice(rows) if rows else None

    def retitle(self, row: dict[str, Any], title: str) -> None:
        names = {"summary": title} if self.dice.random() < 0.6 else {"location": title}
        self.peer.patch(row["id"], names)

    def move(self, row: dict[str, Any], day: date) -> None:
        body = self._times(day)
        if "UNTIL" in str(row.get("recurrence")):
            # Its end would be of another kind than its beginning; Google's pages write it anew.
            body["recurrence"] = self._rule(row)
        self.peer.patch(row["id"], body)

    def change_series(self, row: dict[str, Any]) -> None:
        self.peer.patch(row["id"], {"recurrence": self._rule(row)})

    def delete(self, row: dict[str, Any]) -> None:
        self.peer.remove(row["id"])

    def _part(self, row: dict[str, Any]) -> str:
        return self.peer.part(row["id"], self.dice.choice(keys_of(row)[:6]))

    def cancel_part(self, row: dict[str, Any]) -> None:
        name = self._part(row)
        if self.peer.events.get(name, {}).get("status") != "cancelled":
            self.peer.remove(name)

    def change_part(self, row: dict[str, Any], title: str, day: date) -> None:
        body = {"summary": title} if self.dice.random() < 0.5 else self._times(day)
        name = self._part(row)
        if self.peer.events.get(name, {}).get("status") != "cancelled":
            self.peer.patch(name, body)

    def happenings(self, until: datetime) -> list[Told]:
        """Return what anybody would see at Google, by Google's own reckoning."""
        found = []
        for row in self._rows():
            shown = [row]
            if row.get("recurrence"):
                shown = [self.peer._instance(row, key) for key in keys_of(row)]
            alive = [each for each in shown if each["status"] != "cancelled"]
            found += [(each["summary"], *_google_span(each)) for each in alive]
        return sorted(one for one in found if one[1][:10] < until.date().isoformat())

    def labels(self) -> list[str]:
        return sorted(row.get("description", "") for row in self._rows())


def _google_span(row: dict[str, Any]) -> tuple[str, str]:
    if "date" in row["start"]:
        return row["start"]["date"], row["end"]["date"]
    spans = (datetime.fromisoformat(row[name]["dateTime"]) for name in ("start", "end"))
    start, end = (f"{each.astimezone(UTC):%Y-%m-%dT%H:%M}" for each in spans)
    return start, end


class OutlookSide:
    """Somebody in Outlook."""

    lost = ("503", "429", "hang_up")

    def __init__(self, peer: MicrosoftCalendar, dice: random.Random) -> None:
        self.peer, self.dice = peer, dice
        # What the office has said that it cannot keep equal.
        self.without: set[str] = set()

    def _times(self, day: date, *, zone: str = "") -> dict[str, Any]:
        if not zone and self.dice.random() < 0.25:
            after = day + timedelta(days=self.dice.randint(1, 3))
            return {"start": midnight_of(day), "end": midnight_of(after), "isAllDay": True}
        zone = zone or self.dice.choice(ZONES)
        start = datetime.fromisoformat(f"{day}T{self.dice.randrange(4, 24):02}:00:00")
        end = start + timedelta(minutes=self.dice.choice((30, 60, 1500)))
        told = [{"dateTime": each.isoformat(), "timeZone": zone} for each in (start, end)]
        return {"start": told[0], "end": told[1], "isAllDay": False}

    def _recurrence(self, times: dict[str, Any]) -> dict[str, Any]:
        day = date.fromisoformat(times["start"]["dateTime"][:10])
        first = {"startDate": day.isoformat(), "recurrenceTimeZone": times["start"]["timeZone"]}
        daily = {"type": "daily", "interval": 1}
        weekly = {
            "type": "weekly",
            "interval": self.dice.choice((1, 2)),
            "daysOfWeek": [WEEK[day.weekday()]],
            "firstDayOfWeek": "sunday",
        }
        monthly = {"type": "absoluteMonthly", "interval": 1, "dayOfMonth": day.day}
        ends = {"type": "numbered", "numberOfOccurrences": self.dice.randint(3, 6)}
        span = self.dice.choice((ends, {"type": "noEnd"}))
        return {"pattern": self.dice.choice((daily, weekly, monthly)), "range": {**span, **first}}

    def create(self, title: str, day: date) -> None:
        times = self._times(day)
        body = {"subject": title, "body": {"contentType": "text", "content": title}, **times}
        if self.dice.random() < 0.4:
            body["recurrence"] = self._recurrence(times)
        self.peer.insert(body)

    def pick(self, *, series: bool = False) -> dict[str, Any] | None:
        rows = [row for row in self.peer.events.values() if not series or row.get("recurrence")]
        return self.dice.choice(rows) if rows else None

    def retitle(self, row: dict[str, Any], title: str) -> None:
        place = {"location": {"displayName": title}}
        self.peer.patch(row["id"], {"subject": title} if self.dice.random() < 0.6 else place)

    def move(self, row: dict[str, Any], day: date) -> None:
        times = self._times(day)
        if row.get("recurrence"):
            times["recurrence"] = self._recurrence(times)
        self.peer.patch(row["id"], times)

    def change_series(self, row: dict[str, Any]) -> None:
        self.peer.patch(row["id"], {"recurrence": self._recurrence(row)})

    def delete(self, row: dict[str, Any]) -> None:
        self.peer.remove(row["id"])

    def _part(self, row: dict[str, Any]) -> str:
        days = [day for day in self.peer._days(row)[:6] if row["parts"].get(day, {}) is not None]
        return self.peer.part(row["id"], self.dice.choice(days)) if days else ""

    def cancel_part(self, row: dict[str, Any]) -> None:
        if name := self._part(row):
            self.peer.remove(name)

    def change_part(self, row: dict[str, Any], title: str, day: date) -> None:
        body = {"subject": title} if self.dice.random() < 0.5 else self._times(day, zone="UTC")
        if name := self._part(row):
            self.peer.patch(name, body)

    def happenings(self, until: datetime) -> list[Told]:
        """Return what anybody would see in Outlook, by its own reckoning."""
        found = []
        for row in self._rows():
            shown = self.peer._parts(row) if row.get("recurrence") else [row]
            for each in shown:
                whole = each if "subject" in each else {**row, **each}
                found.append((whole["subject"], *_outlook_span(whole)))
        return sorted(one for one in found if one[1][:10] < until.date().isoformat())

    def labels(self) -> list[str]:
        return sorted(row["body"]["content"] for row in self._rows())

    def _rows(self) -> list[dict[str, Any]]:
        return [row for name, row in self.peer.events.items() if name not in self.without]


def _outlook_span(row: dict[str, Any]) -> tuple[str, str]:
    if row["isAllDay"]:
        return row["start"]["dateTime"][:10], row["end"]["dateTime"][:10]
    start, end = (f"{_instant(row[name]):%Y-%m-%dT%H:%M}" for name in ("start", "end"))
    return start, end

"""How instants and rules read on pages: on the clock of whoever reads, in plain words."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.dateformat import format as format_date

from accounts.models import User
from common.moments import to_wall

NEAR_DAYS = {-1: "Yesterday", 0: "Today", 1: "Tomorrow"}
UNITS = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}
WEEKDAYS = {
    "MO": "Monday",
    "TU": "Tuesday",
    "WE": "Wednesday",
    "TH": "Thursday",
    "FR": "Friday",
    "SA": "Saturday",
    "SU": "Sunday",
}
MINUTES = ((7 * 24 * 60, "week"), (24 * 60, "day"), (60, "hour"), (1, "minute"))


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose clock on the wall the words follow, and when they are read."""

    zone: ZoneInfo
    now: datetime

    @classmethod
    def for_user(cls, user: User) -> "Reader":
        """Return how this person reads times now."""
        return cls(ZoneInfo(user.timezone), timezone.now())

    @property
    def today(self) -> date:
        """The date on the reader's calendar."""
        return to_wall(self.now, self.zone).date()

    def when(self, instant: datetime) -> str:
        """Return `Today, 15:00` or `Wed 22 May, 09:00`, with the year when it is another one."""
        wall = to_wall(instant, self.zone)
        far = "D j M" if wall.year == self.today.year else "D j M Y"
        day = NEAR_DAYS.get((wall.date() - self.today).days) or format_date(wall, far)
        return f"{day}, {wall:%H:%M}"


def lead_words(lead: timedelta | None) -> str:
    """Return `30 minutes before`, or `when due` for no lead at all."""
    minutes = int(lead.total_seconds() // 60) if lead else 0
    for size, unit in MINUTES:
        if minutes and minutes % size == 0:
            count = minutes // size
            return f"{count} {unit}{'s' if count > 1 else ''} before"
    return "when due"


def rule_words(rule: str) -> str:
    """Return `every 2 weeks on Monday` for a recurrence, if plain words can say it."""
    parts = dict(part.partition("=")[::2] for part in rule.split(";"))
    unit, step = UNITS.get(parts.pop("FREQ", "")), parts.pop("INTERVAL", "1")
    days = [WEEKDAYS.get(name) for name in parts.pop("BYDAY", "").split(",") if name]
    if unit is None or None in days or not set(parts) <= {"COUNT", "UNTIL", "WKST"}:
        return "on its own schedule"
    words = f"every {unit}" if step == "1" else f"every {step} {unit}s"
    return f"{words} on {', '.join(filter(None, days))}" if days else words

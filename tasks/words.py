"""How instants and rules read on pages: on the clock of whoever reads, in plain words."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from accounts.models import User
from common.moments import to_wall

NEAR_DAYS = {-1: _lazy("Yesterday"), 0: _lazy("Today"), 1: _lazy("Tomorrow")}
LEADS: tuple[tuple[int, Callable[[int], str]], ...] = (
    (7 * 24 * 60, lambda count: ngettext("{count} week before", "{count} weeks before", count)),
    (24 * 60, lambda count: ngettext("{count} day before", "{count} days before", count)),
    (60, lambda count: ngettext("{count} hour before", "{count} hours before", count)),
    (1, lambda count: ngettext("{count} minute before", "{count} minutes before", count)),
)


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
        far = _("D j M") if wall.year == self.today.year else _("D j M Y")
        day = NEAR_DAYS.get((wall.date() - self.today).days) or format_date(wall, far)
        return f"{day}, {wall:%H:%M}"


def lead_words(lead: timedelta | None) -> str:
    """Return `30 minutes before`, or `when due` for no lead at all."""
    minutes = int(lead.total_seconds() // 60) if lead else 0
    for size, words in LEADS:
        if minutes and minutes % size == 0:
            return words(minutes // size).format(count=minutes // size)
    return _("when due")

"""Quiet hours: from and until when a person wants nothing but what is urgent."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from accounts.models import User
from common.moments import to_utc, to_wall


def quiet_end(person: User, instant: datetime) -> datetime | None:
    """Return when the quiet hours end in which the instant lies; None outside of them.

    They are meant on the clock of the person's own zone, and may run past midnight.
    """
    start, end = person.quiet_from, person.quiet_until
    if start is None or end is None:
        return None
    zone = ZoneInfo(person.timezone)
    wall = to_wall(instant, zone)
    clock = wall.time()
    over_night = start > end
    within = clock >= start or clock < end if over_night else start <= clock < end
    if not within:
        return None
    last_day = wall.date() + timedelta(days=over_night and clock >= start)
    ends = to_utc(datetime.combine(last_day, end), zone)
    # An hour that comes twice ends the first time.
    return ends if ends > instant else None

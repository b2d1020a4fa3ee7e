"""What dragging, stretching or a few keys say of an event: its new day, time and length."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from accounts.models import User
from calendar_app.forms import ScopeForm
from common.moments import to_utc, to_wall

MOST_DAYS = 366
A_DAY = 24 * 60


class MoveForm(ScopeForm):
    """A day and a time on the reader's clock; what is left out stays as it is."""

    day = forms.DateField()
    begins = forms.TimeField(required=False)
    # How long it takes then.
    minutes = forms.IntegerField(required=False, min_value=5, max_value=MOST_DAYS * A_DAY)
    # The version that was on the page: a change since must not get lost.
    version = forms.IntegerField()

    def changes(self, shown: Mapping[str, Any], by: User) -> dict[str, Any]:
        """Return the new times, as the services take them, of an event that was shown."""
        given, zone = self.cleaned_data, ZoneInfo(by.timezone)
        if shown["all_day"]:
            length = shown["end_date"] - shown["start_date"]
            if given["minutes"]:
                length = timedelta(days=max(given["minutes"] // A_DAY, 1))
            return {"start": given["day"], "end": given["day"] + length}
        begins = given["begins"] or to_wall(shown["start"], zone).time()
        start = to_utc(datetime.combine(given["day"], begins), zone)
        length = shown["end"] - shown["start"]
        if given["minutes"]:
            length = timedelta(minutes=given["minutes"])
        return {"start": start, "end": start + length}

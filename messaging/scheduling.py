"""Say when the office's rounds run. The sweep and the preview ask the same rule."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import IntegrityError
from django.utils import timezone

from accounts.models import User
from common.errors import ConflictError
from messaging.crontabs import Crontab, parse_crontab
from messaging.schedule_rows import Round, Schedule
from tenants.context import atomic

AHEAD = timedelta(days=366 * 8)


def rule_of(kind: str) -> Crontab | None:
    """Return when the office wants a round to run; None leaves it to each person."""
    text = Schedule.objects.filter(kind=kind).values_list("crontab", flat=True).first()
    return parse_crontab(text) if text else None


@atomic()
def set_schedule(*, kind: Round, crontab: str | None, by: User) -> Crontab | None:
    """Have the round run then, for everybody; None: at each person's own hour again.

    What has been sent stays sent, and nothing is sent for the time behind. Raises InvalidError.
    """
    rule = parse_crontab(crontab) if crontab else None
    row = Schedule.objects.select_for_update().filter(kind=kind).first()
    if rule is None:
        if row is not None:
            row.delete()
    elif row is None:
        _create(kind, rule)
    elif row.crontab != rule.text:
        row.crontab = rule.text
        row.save()
    # Due at once: the sweep plans the next ones by the new rule, as after a person's own change.
    readers = User.objects.filter(digest_at__isnull=False, is_active=True)
    readers.update(digested_until=None, digest_next_at=timezone.now())
    return rule


def next_runs(rule: Crontab, zone: str, *, count: int = 5) -> Sequence[datetime]:
    """Return the next instants on that clock."""
    now = timezone.now()
    moments = rule.moments(ZoneInfo(zone), now, now + AHEAD)
    return [moment for moment, _number in zip(moments, range(count), strict=False)]


def _create(kind: Round, rule: Crontab) -> None:
    try:
        with atomic():
            Schedule.objects.create(kind=kind, crontab=rule.text)
    except IntegrityError as error:
        raise ConflictError("Somebody has set it a moment ago.") from error

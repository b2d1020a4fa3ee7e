"""The stretch of time that a list is asked for: "this week", "by friday", "overdue"."""

from datetime import date, timedelta

from assistant.interpreter import Context, Window
from assistant.local.grammar import Chart
from assistant.local.plan import Plan
from assistant.local.values import Clock, Day, DayPart, Here, Until
from assistant.local.walls import instant

_MIDNIGHT = Clock(0)


def window_of(chart: Chart, plan: Plan, context: Context) -> Window | None:
    """From the first to behind the last of the days; "by friday" begins whenever."""
    if _is_overdue(chart, plan):
        return Window(None, context.now)
    here = Here(context.now.astimezone(context.timezone).date(), context.office)
    days = _days_of(plan, here)
    if days is None:
        return None
    start, end = (instant(day, _MIDNIGHT, context.timezone) for day in days)
    return Window(None if _is_open(chart, plan) else start, end)


def _is_overdue(chart: Chart, plan: Plan) -> bool:
    """Whether they ask for what is late; "late this week" is a day."""
    dated = {place for piece in plan.pieces() for place in range(piece.first, piece.end)}
    words = (token.key for place, token in enumerate(chart.tokens) if place not in dated)
    return not chart.lists["overdue"].isdisjoint(words)


def _is_open(chart: Chart, plan: Plan) -> bool:
    if plan.date is None:
        return plan.until is not None
    words = range(plan.date.first - 1, plan.date.first + 1)
    return any(chart.key(place) in chart.lists["any_time_until"] for place in words)


def _days_of(plan: Plan, here: Here) -> tuple[date, date] | None:
    """The first day, and the one behind the last."""
    day = plan.date.value if plan.date else None
    if plan.until and isinstance(plan.until.value, Until):
        day = plan.until.value.day
    span = None
    if isinstance(day, Day):
        first = next(day.dates(here), None)
        last = next(day.last(here), first) if day.last else first
        span = next(day.period(here), None) if day.period else (first, last)
    elif plan.part and isinstance(plan.part.value, DayPart):
        span = (here.today, here.today)
    if span is None or span[0] is None or span[1] is None:
        return None
    return span[0], span[1] + timedelta(days=1)

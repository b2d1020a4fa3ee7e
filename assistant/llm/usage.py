"""What an office has used of language models, and what is left of the day."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Aggregate, Count, FloatField, Q, QuerySet, Sum
from django.utils import timezone

from assistant.llm.endpoints import profile_of
from assistant.llm.ledger import day_of
from assistant.llm.models import ModelCall, Outcome, Spent
from tenants.context import current_tenant
from tenants.plans import use_of


class Percentile(Aggregate):
    """The value that so large a share of the rows does not exceed; rows without one do not count.

    The second aggregate of SQL:2003: https://www.postgresql.org/docs/current/functions-aggregate.html
    """

    template = "percentile_disc(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()

    def __init__(self, expression: str, share: float) -> None:
        super().__init__(expression, share=share)


@dataclass(frozen=True, slots=True)
class Today:
    """What the office's day has used, and what it may; None while no model is in use."""

    spent: Spent
    tokens_per_day: int | None
    cost_per_day: Decimal | None


@dataclass(frozen=True, slots=True)
class Month:
    """What the plan allows of calls, and the sentence that says when there are no more."""

    calls: int
    calls_per_month: int | None
    detail: str


def usage_of_plan() -> Month:
    """Return how much of the plan's calls this month has used."""
    use, sentence = use_of("ai_calls_per_month")
    return Month(use.used or 0, use.maximum, sentence)


def usage_since(since: datetime | None, until: datetime | None) -> list[dict[str, Any]]:
    """Return a line for each model and feature: calls, tokens, cost, latency in milliseconds.

    From the first of this month by the office's clock, or from `since`, to `until`.
    """
    calls = ModelCall.objects.since(since or day_of(timezone.now()).replace(day=1))
    if until is not None:
        calls = calls.filter(created_at__lt=until)
    lines: QuerySet[Any, Any] = calls.order_by("model", "purpose").values("model", "purpose")
    return list(
        lines.annotate(
            calls=Count("pk"),
            used=Count("pk", filter=Q(outcome=Outcome.USED)),
            refused=Count("pk", filter=Q(outcome=Outcome.REFUSED)),
            failed=Count("pk", filter=Q(outcome=Outcome.FAILED)),
            sum_in=Sum("tokens_in"),
            sum_out=Sum("tokens_out"),
            sum_cost=Sum("cost"),
            ms_median=Percentile("ms", 0.5),
            ms_p95=Percentile("ms", 0.95),
        )
    )


def usage_today() -> Today:
    """Return what today's calls have come to, with those under way counted as they may."""
    profile = profile_of(current_tenant())
    spent = ModelCall.objects.since(day_of(timezone.now())).spent()
    if profile is None:
        return Today(spent, None, None)
    return Today(spent, profile.tokens_per_day, profile.cost_per_day)

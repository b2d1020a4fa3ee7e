"""Calls are paid for before they are made: at no moment can a day's calls come to more.

A call is written down with the most that it can cost, in a transaction of its own that is over
before anything is asked, and with what it did cost afterwards. Those of one office take turns.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connections
from django.utils import timezone
from django.utils.crypto import salted_hmac

from assistant.llm.client import MOST_TRIES, Meter
from assistant.llm.endpoints import Endpoint, Profile
from assistant.llm.errors import NotAskedError
from assistant.llm.models import ModelCall, ModelKey, Outcome, Purpose
from assistant.llm.prompt import Payable
from tenants.context import atomic, current_tenant, home_alias
from tenants.plans import NotInPlanError, PlanLimitError, require_room


@dataclass(frozen=True, slots=True)
class Reserved:
    """A call that may be made, and the endpoint together with its key."""

    call: ModelCall
    endpoint: Endpoint


def reserve(*, profile: Profile, prompt: Payable, purpose: Purpose) -> Reserved:
    """Write down a call with the most that it can come to. Raises NotAskedError.

    Must not be called inside a transaction: what it writes has to be there before anybody is asked.
    """
    endpoint = profile.endpoint
    most_in, most_out = prompt.most_tokens_in * MOST_TRIES, prompt.most_tokens_out * MOST_TRIES
    cost = endpoint.cost(most_in, most_out)
    try:
        with atomic(durable=True):
            _take_turns()
            spent = ModelCall.objects.since(day_of(timezone.now())).spent()
            if spent.tokens + most_in + most_out > profile.tokens_per_day:
                raise NotAskedError("tokens_of_the_day")
            if spent.cost + cost > profile.cost_per_day:
                raise NotAskedError("money_of_the_day")
            call = ModelCall.objects.create(
                purpose=purpose,
                host=endpoint.host[:255],
                model=endpoint.model,
                prompt_hash=salted_hmac("language model prompt", prompt.data).hexdigest(),
                tokens_in=most_in,
                tokens_out=most_out,
                cost=cost,
            )
            endpoint = replace(endpoint, key=_own_key()) if not endpoint.is_ours else endpoint
            require_room("ai_calls_per_month")
    except (PlanLimitError, NotInPlanError) as error:
        raise NotAskedError(error.code, sentence=error.sentence) from error
    return Reserved(call, endpoint)


def settle(call: ModelCall, *, meter: Meter, cost_of: Endpoint, outcome: Outcome) -> None:
    """Replace what was reserved by what was used."""
    call.tokens_in, call.tokens_out = meter.tokens_in, meter.tokens_out
    call.cost = cost_of.cost(meter.tokens_in, meter.tokens_out)
    call.outcome = outcome
    columns = ["tokens_in", "tokens_out", "cost", "ms", "outcome", "reason", "updated_at"]
    with atomic(durable=True):
        call.save(update_fields=columns)


def day_of(moment: datetime) -> datetime:
    """Return when the office's present day began, by its own clock."""
    there = moment.astimezone(ZoneInfo(current_tenant().timezone))
    return there.replace(hour=0, minute=0, second=0, microsecond=0)


def count_this_month(most: int | None) -> int:
    """Count the calls of the month for the plan."""
    first = day_of(timezone.now()).replace(day=1)
    return ModelCall.objects.since(first).order_by()[:most].count()


def _own_key() -> str:
    stored = ModelKey.objects.first()
    return stored.key if stored else ""


def _take_turns() -> None:
    """Hold back the office's other calls until this transaction ends."""
    with connections[home_alias()].cursor() as cursor:
        key = f"language model {current_tenant().pk}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])

"""The schedules that the platform starts with; operators edit them in the console."""

from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from tenants.routing import is_on_public


@dataclass(frozen=True, slots=True)
class Tick:
    """A job that beat queues every so many seconds, if it can be run soon after."""

    name: str
    job: str
    every_seconds: int
    expires_seconds: int


TICKS = (
    Tick("Sweep what is due", "messaging.sweep", every_seconds=2, expires_seconds=10),
    Tick("Wake operations", "tenants.wake_operations", every_seconds=10, expires_seconds=20),
    Tick(
        "Forget old sessions", "accounts.forget_sessions", every_seconds=3600, expires_seconds=900
    ),
    Tick(
        "Forget old webhook deliveries",
        "webhooks.forget_deliveries",
        every_seconds=3600,
        expires_seconds=900,
    ),
    Tick(
        "Forget what cannot be undone",
        "assistant.forget_states",
        every_seconds=3600,
        expires_seconds=900,
    ),
    Tick("Look at host names", "tenants.check_domains", every_seconds=900, expires_seconds=600),
    Tick("Seal the audit trails", "accounts.seal_audit", every_seconds=300, expires_seconds=250),
    Tick("Anchor the seals", "accounts.anchor_seals", every_seconds=3600, expires_seconds=900),
)


def ensure_schedules(*, using: str, **kwargs: Any) -> None:
    """Add what is missing after a migration of `public`; what an operator changed stays."""
    if using != DEFAULT_DB_ALIAS or not is_on_public(using):
        return
    for tick in TICKS:
        if PeriodicTask.objects.filter(task=tick.job).exists():
            continue
        interval, _made = IntervalSchedule.objects.get_or_create(
            every=tick.every_seconds, period=IntervalSchedule.SECONDS
        )
        PeriodicTask.objects.create(
            name=tick.name,
            task=tick.job,
            interval=interval,
            expire_seconds=tick.expires_seconds,
        )

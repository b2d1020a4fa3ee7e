"""What the tests of the audit trail share."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from accounts import seal_check, seals
from accounts.models import AuditEntry
from common.origin import Origin, origin_of_writes


@pytest.fixture
def trail(in_acme) -> Callable[..., list[AuditEntry]]:
    """`trail(row)` returns the entries about a row that the test has made, oldest first."""
    known = set(AuditEntry.objects.values_list("pk", flat=True))

    def entries(row: Any = None) -> list[AuditEntry]:
        fresh = AuditEntry.objects.exclude(pk__in=known).select_related("content_type")
        if row is not None:
            fresh = fresh.filter(object_pk=str(getattr(row, "pk", row)))
        return list(fresh.order_by("timestamp"))

    return entries


@pytest.fixture
def origin(ada) -> Iterator[Origin]:
    """Everything in the test is written by Ada, from one request."""
    marks = Origin(
        source="api", request_id="request-1", ip="203.0.113.9", user_agent="probe/1", actor=ada
    )
    with origin_of_writes(marks):
        yield marks


@pytest.fixture
def settled_at_once(monkeypatch) -> None:
    """What was written before now has settled."""
    monkeypatch.setattr(seals, "SETTLE", timedelta(0))
    for module in (seals, seal_check):
        monkeypatch.setattr(module, "MARGIN", timedelta(0))

"""What is stored at once never comes to more than the plan allows, however large the files are."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections
from django.db.models import Sum

from accounts.services import create_user
from documents import services
from documents.models import Revision
from documents.services import create_document
from tenants.context import tenant_transaction
from tenants.plans import PlanLimitError, require_room
from tenants.uploads import Upload
from tests.conftest import PASSWORD
from tests.plan_limits import allow

THREADS, SIZE, ROOM = 6, 200_000, 3


@pytest.fixture
def una(committed):
    with tenant_transaction(committed):
        return create_user(
            email="una@umbrella.example", full_name="Una", role="admin", password=PASSWORD
        )


def test_of_many_who_upload_at_once_only_as_many_as_fit_are_kept(committed, una, monkeypatch):
    """Each has written its file before any has looked whether there is room."""
    # Far from that limit nobody takes turns.
    allow(committed, documents=10_000, storage_bytes=ROOM * SIZE + SIZE // 2)
    barrier = Barrier(THREADS)

    def all_together(limit, *, added=1):
        if limit == "storage_bytes":
            barrier.wait(timeout=30)
        require_room(limit, added=added)

    monkeypatch.setattr(services, "require_room", all_together)

    def upload(number):
        text = f"{number} ".ljust(SIZE, "x").encode()
        try:
            with tenant_transaction(committed):
                create_document(upload=Upload(f"{number}.txt", [text]), by=una)
        except PlanLimitError as refusal:
            return refusal.extra["limit"]
        finally:
            connections.close_all()
        return "stored"

    with ThreadPoolExecutor(THREADS) as pool:
        outcome = sorted(pool.map(upload, range(THREADS)))
    assert outcome == ["storage_bytes"] * (THREADS - ROOM) + ["stored"] * ROOM
    with tenant_transaction(committed):
        assert Revision.objects.aggregate(all=Sum("size"))["all"] == ROOM * SIZE

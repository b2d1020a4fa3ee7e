"""Writes that nobody waits for: they travel with the next statement, and none gets lost or strays.

Each test commits for real, and looks over a second connection at what has arrived.
"""

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from accounts.models import AuditEntry, Team
from accounts.reading import read_locked
from accounts.services import create_user
from tasks.models import Task
from tenants.backend.paths import TenantPathError
from tenants.backend.wire import MOST_UNSENT
from tenants.context import tenant_transaction, wrapper_of
from tests.conftest import PASSWORD
from tests.tenants.below.conftest import own_connection


@pytest.fixture
def ours(committed):
    with own_connection():
        yield committed


def arrived(owner, tenant, table: str) -> int:
    return owner.execute(f"SELECT count(*) FROM {tenant.schema_name}.{table}").fetchone()[0]


def waiting() -> int:
    return len(wrapper_of("default")._unsent)


def test_rows_wait_for_the_commit_and_arrive_with_it(ours, owner):
    before = arrived(owner, ours, "accounts_auditentry")
    with tenant_transaction(ours):
        Team.objects.create(name="Finance")
        Team.objects.create(name="Legal")
        assert waiting() > 0
        assert arrived(owner, ours, "accounts_team") == 0
    assert waiting() == 0
    assert arrived(owner, ours, "accounts_team") == 2
    assert arrived(owner, ours, "accounts_auditentry") == before + 2


def test_the_next_statement_sees_them(ours):
    with tenant_transaction(ours):
        team = Team.objects.create(name="Finance")
        assert Team.objects.get() == team
        Team.objects.create(name="Legal")
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM accounts_team")
            assert cursor.fetchone() == (2,)


def test_a_cursor_that_was_open_before_sees_them(ours):
    with tenant_transaction(ours), connection.cursor() as cursor:
        Team.objects.create(name="Finance")
        cursor.execute("SELECT count(*) FROM accounts_team")
        assert cursor.fetchone() == (1,)


def test_a_job_that_writes_a_lot_does_not_heap_it_up(ours):
    with tenant_transaction(ours):
        heaps = []
        for number in range(60):
            Team.objects.create(name=f"Team {number}")
            heaps.append(waiting())
        assert max(heaps) < MOST_UNSENT
        assert Team.objects.count() == 60


def test_what_is_rolled_back_never_leaves(ours, owner):
    with pytest.raises(ZeroDivisionError), tenant_transaction(ours):
        Team.objects.create(name="Finance")
        raise ZeroDivisionError
    assert waiting() == 0
    with tenant_transaction(ours):
        Team.objects.create(name="Legal")
    with tenant_transaction(ours):
        assert [team.name for team in Team.objects.all()] == ["Legal"]


def test_a_savepoint_takes_back_its_own_and_no_more(ours):
    with tenant_transaction(ours):
        Team.objects.create(name="before")
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            Team.objects.create(name="inside")
            raise ZeroDivisionError
        Team.objects.create(name="after")
    with tenant_transaction(ours):
        assert sorted(team.name for team in Team.objects.all()) == ["after", "before"]


def test_what_the_server_refuses_fails_at_the_end_of_its_own_block(ours):
    with tenant_transaction(ours):
        Team.objects.create(name="Finance")
        with pytest.raises(IntegrityError), transaction.atomic():
            Team.objects.create(name="Finance")
        assert Team.objects.count() == 1


def test_what_the_server_refuses_with_the_commit_fails_all_of_it(ours, owner):
    with pytest.raises(IntegrityError), tenant_transaction(ours):
        Team.objects.create(name="Finance")
        Team.objects.create(name="Finance")
    assert arrived(owner, ours, "accounts_team") == 0
    with tenant_transaction(ours):
        Team.objects.create(name="Legal")
    assert arrived(owner, ours, "accounts_team") == 1


def test_nothing_is_written_into_a_schema_that_is_another_tenants(ours, owner):
    """The place is found out to be wrong only when all is sent, and then nothing has happened."""
    marker = f"{ours.schema_name}.schema_marker"
    for _time in range(3):
        with tenant_transaction(ours):
            Team.objects.create(name=f"Team {_time}")
    owner.execute(f"UPDATE {marker} SET tenant_id = gen_random_uuid()")
    with pytest.raises(TenantPathError, match="not this tenant's"), tenant_transaction(ours):
        Team.objects.create(name="Finance")
    assert arrived(owner, ours, "accounts_team") == 3
    owner.execute(f"UPDATE {marker} SET tenant_id = '{ours.pk}'")


def test_somebody_who_catches_that_error_cannot_commit_the_rest(ours, owner):
    marker = f"{ours.schema_name}.schema_marker"
    owner.execute(f"UPDATE {marker} SET tenant_id = gen_random_uuid()")
    with pytest.raises(InternalError, match="aborted"), tenant_transaction(ours):
        with pytest.raises(TenantPathError):
            Team.objects.count()
        Team.objects.create(name="Finance")
    assert arrived(owner, ours, "accounts_team") == 0
    owner.execute(f"UPDATE {marker} SET tenant_id = '{ours.pk}'")


def one(_asker, _values):
    return Task.objects.all()


@pytest.fixture
def ada(ours):
    with tenant_transaction(ours):
        ada = create_user(
            email="ada@umbrella.example", full_name="Ada", role="admin", password=PASSWORD
        )
        Task.objects.create(title="Water the plants", creator=ada, labels=["green"])
    return ada


@pytest.fixture
def locked(ours, ada):
    """A task that the transaction around the test holds locked."""
    with tenant_transaction(ours):
        [task] = read_locked(one, by=ada, values={})
        yield task


def last_changes() -> dict:
    entries = AuditEntry.objects.filter(action=AuditEntry.Action.UPDATE)
    return entries.order_by("-timestamp", "-id")[0].changes_dict


def test_of_a_locked_row_only_what_changed_is_written(locked):
    Task.objects.filter(pk=locked.pk).update(description="Twice a week.")
    locked.title, locked.labels = "Repot the plants", [*locked.labels, "heavy"]
    locked.save()
    now = Task.objects.get()
    assert (now.title, now.description) == ("Repot the plants", "Twice a week.")
    assert now.labels == ["green", "heavy"]
    assert set(last_changes()) == {"title", "labels"}


def test_a_list_that_was_changed_in_place_is_written(locked):
    locked.labels.append("heavy")
    locked.save()
    assert Task.objects.get().labels == ["green", "heavy"]
    assert last_changes() == {"labels": [["green"], ["green", "heavy"]]}


def test_a_row_is_saved_twice(locked):
    for title in ("one", "two"):
        locked.title = title
        locked.save()
    assert last_changes() == {"title": ["one", "two"]}
    assert Task.objects.get().title == "two"


def test_what_a_savepoint_took_back_is_not_taken_for_written(locked):
    """The lock may be gone with it, so that others may have changed the row since."""
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        locked.title = "never"
        locked.save()
        raise ZeroDivisionError
    locked.title = "never"
    locked.save()
    assert Task.objects.get().title == "never"
    assert last_changes() == {"title": ["Water the plants", "never"]}


def test_after_its_transaction_a_row_counts_as_unknown(ours, ada):
    """Somebody has changed it in between, and that goes into the trail as it was."""
    with tenant_transaction(ours):
        [task] = read_locked(one, by=ada, values={})
    with tenant_transaction(ours):
        Task.objects.update(title="Burn the plants")
    with tenant_transaction(ours):
        task.save()
        assert last_changes() == {"title": ["Burn the plants", "Water the plants"]}

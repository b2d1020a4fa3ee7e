"""An entry of the trail is written once."""

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.identity_models import Device
from accounts.models import AuditEntry, RefreshFamily, Team, User
from tenants.context import public_context, tenant_transaction
from tests.conftest import as_owner


@pytest.fixture
def entry(in_acme) -> AuditEntry:
    team = Team.objects.create(name="Night shift")
    return AuditEntry.objects.get(object_pk=str(team.pk))


def sql(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def save(entry):
    entry.object_repr = "changed"
    entry.save()


# The role may not; were there one role for all, the trigger would not let it.
REFUSAL = "permission denied|is not allowed"
STATEMENTS = [
    "UPDATE accounts_auditentry SET object_repr = 'changed'",
    "DELETE FROM accounts_auditentry",
    "TRUNCATE accounts_auditentry",
]
CHANGES = [
    save,
    lambda entry: entry.delete(),
    lambda entry: AuditEntry.objects.filter(pk=entry.pk).update(object_repr="changed"),
    lambda _entry: AuditEntry.objects.all().delete(),
    lambda entry: AuditEntry.objects.filter(pk=entry.pk)._raw_delete("default"),
    *(lambda _entry, statement=statement: sql(statement) for statement in STATEMENTS),
]


@pytest.mark.parametrize("change", CHANGES, ids=range(len(CHANGES)))
def test_nobody_changes_or_deletes_an_entry(entry, change):
    with pytest.raises(DatabaseError, match=REFUSAL), transaction.atomic():
        change(entry)
    assert AuditEntry.objects.get(pk=entry.pk).object_repr == "Night shift"


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_owner_of_the_tables_does_not_either(committed, statement):
    with tenant_transaction(committed):
        Team.objects.create(name="Night shift")
    refusal = pytest.raises(DatabaseError, match="is not allowed")
    with as_owner(), refusal, tenant_transaction(committed):
        sql(statement)


def test_the_shared_trail_is_kept_the_same_way(db):
    with public_context(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'public.accounts_auditentry'::regclass"
            " AND tgenabled = 'O' ORDER BY 1"
        )
        assert [name for (name,) in cursor.fetchall()] == ["never_changed", "never_emptied"]


def test_an_entry_outlives_the_person_that_it_names(api, ada, eve):
    api(eve).patch("/api/v1/auth/me", {"full_name": "Eve Anew"})
    for kind in (RefreshFamily, Device):
        kind.objects.filter(user=eve).delete()
    User.objects.filter(pk=eve.pk)._raw_delete("default")
    answer = api(ada).get("/api/v1/admin/audit-logs", {"user": str(eve.pk)})
    (entry,) = answer.json()["results"]
    assert entry["user_id"] == str(eve.pk)
    assert entry["new_values"] == {"full_name": "Eve Anew"}

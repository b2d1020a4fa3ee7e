"""A schema that is gone, or is not the tenant's, is an error."""

import pytest
from django.db import DatabaseError

from tasks.models import Task
from tenants.backend.paths import TenantPathError
from tenants.context import tenant_transaction
from tests.tenants.below.conftest import DEFAULT_PATH, seen, session_path

DAMAGE = {
    "the schema is dropped": "DROP SCHEMA {ours} CASCADE",
    "the schema has another name": "ALTER SCHEMA {ours} RENAME TO {ours}_away",
    "the marker is dropped": "DROP TABLE {ours}.schema_marker",
    "the marker is empty": "DELETE FROM {ours}.schema_marker",
    "the marker is another's": "UPDATE {ours}.schema_marker SET tenant_id = '{their_id}'",
    "the schema was made anew": "DROP SCHEMA {ours} CASCADE; CREATE SCHEMA {ours};"
    "CREATE TABLE {ours}.schema_marker (tenant_id uuid)",
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_schema_is_not_entered(offices, owner, damage):
    with tenant_transaction(offices.ours):
        seen()
    ours = offices.ours.schema_name
    owner.execute(damage.format(ours=ours, their_id=offices.theirs.pk))
    try:
        for _again in range(2):
            with pytest.raises(TenantPathError), tenant_transaction(offices.ours):
                seen()
        assert session_path() == DEFAULT_PATH
    finally:
        owner.execute(f"DROP SCHEMA IF EXISTS {ours}_away CASCADE")


def test_a_missing_table_is_an_error_and_never_its_namesake_in_public(offices, owner):
    owner.execute(f"DROP TABLE {offices.ours.schema_name}.django_session")
    with pytest.raises(DatabaseError, match="django_session"), tenant_transaction(offices.ours):
        seen()


def test_a_tenants_table_does_not_exist_in_public(offices):
    with pytest.raises(DatabaseError, match="tasks_task"):
        Task.objects.count()

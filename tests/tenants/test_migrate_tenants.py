"""`migrate_tenants`: what is behind is migrated, whatever happens to others or to the command."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from time import sleep

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from tenants.migrating import migrate_tenant, migrate_tenants, tenants_behind
from tenants.models import SchemaTemplate, Tenant
from tenants.schema_states import SchemaState
from tenants.services import open_tenant, suspend_tenant
from tenants.template import keep_template, migration_state
from tests.conftest import APP, OWNER, as_owner, forget
from tests.tenants.behind import INDEX, NAME, drop_what_is_new, forget_migrations
from tests.tenants.processes import database_url

PATIENCE_SECONDS = 60


@pytest.fixture
def owner(committed):
    with as_owner():
        yield


@pytest.fixture
def three(committed, owner):
    """Offices that really commit; the owner's role is at work, as when operators migrate."""
    others = [open_tenant(name=f"Umbrella {number}") for number in range(2)]
    yield [committed, *others]
    for tenant in others:
        forget(tenant)


def do(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else None


def fall_behind(tenant, *, drop=True):
    """Take back the tasks' migrations from NAME on; without `drop` only the record of them."""
    with connection.cursor() as cursor:
        forget_migrations(cursor, tenant.schema_name)
        if drop:
            drop_what_is_new(cursor, tenant.schema_name)


def is_migrated(tenant):
    place = f"{tenant.schema_name}.{INDEX}"
    records = f"SELECT count(*) FROM {tenant.schema_name}.django_migrations WHERE name = '{NAME}'"
    return do(f"SELECT to_regclass('{place}') IS NOT NULL, ({records})") == [(True, 1)]


def status_of(tenant):
    state = SchemaState.objects.filter(tenant=tenant).first()
    return state and state.status


def migrate(*arguments):
    said = StringIO()
    call_command("migrate_tenants", "--jobs", "1", *arguments, stdout=said, stderr=said)
    return said.getvalue()


def slugs(tenants):
    return {tenant.slug for tenant in tenants}


def test_what_is_current_is_looked_at_together_and_left_alone(three):
    with CaptureQueriesContext(connection) as for_one:
        assert tenants_behind(three[:1]) == []
    with CaptureQueriesContext(connection) as for_all:
        assert migrate_tenants(three, jobs=1).current == 3
    assert len(for_all) == len(for_one)
    assert not SchemaState.objects.filter(tenant__in=three).exists()


def test_what_is_behind_is_migrated_and_noted(three):
    second = three[1]
    fall_behind(second)
    assert slugs(tenants_behind(three)) == {second.slug}
    said = migrate(*(f"--tenant={tenant.slug}" for tenant in three))
    assert said.startswith("3 tenants: 2 current, 1 migrated, 0 failed")
    assert is_migrated(second)
    assert [status_of(tenant) for tenant in three] == [None, "current", None]


def test_closed_offices_are_migrated_too(three):
    suspend_tenant(tenant=three[0])
    fall_behind(three[0])
    migrate("--tenant", three[0].slug)
    assert is_migrated(three[0])


def test_one_that_fails_is_named_and_does_not_stop_the_others(three):
    first, second, third = three
    fall_behind(first, drop=False)
    fall_behind(second)
    fall_behind(third)
    with pytest.raises(CommandError) as caught:
        migrate()
    assert str(caught.value) == f"not migrated: {first.slug}"
    assert [status_of(tenant) for tenant in three] == ["failed", "current", "current"]
    state = SchemaState.objects.get(tenant=first)
    assert "already exists" in state.error
    assert state.ended_at >= state.started_at
    assert slugs(tenants_behind(three)) == {first.slug}
    with connection.cursor() as cursor:
        drop_what_is_new(cursor, first.schema_name)
    migrate()
    assert is_migrated(first)
    assert status_of(first) == "current"
    assert SchemaState.objects.get(tenant=first).error == ""


def test_check_names_what_is_behind_and_changes_nothing(three):
    assert "all current" in migrate("--check")
    fall_behind(three[1])
    with pytest.raises(CommandError, match=f"behind: {three[1].slug}$"):
        migrate("--check")
    assert not is_migrated(three[1])
    assert status_of(three[1]) is None


def test_an_unknown_name_is_refused_before_anything_is_done(three):
    fall_behind(three[0])
    with pytest.raises(CommandError, match="there is no tenant nobody"):
        migrate("--tenant", three[0].slug, "--tenant", "nobody")
    assert not is_migrated(three[0])


def test_an_office_without_a_schema_is_left_out(three):
    do(f"DROP SCHEMA {three[0].schema_name} CASCADE")
    fall_behind(three[1])
    assert migrate_tenants(three, jobs=1).migrated == [three[1].slug]


def test_two_at_once_migrate_each_office_once(three):
    fall_behind(three[0])

    def work(_number):
        try:
            return migrate_tenant(three[0].pk)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(work, range(2))) == ["", ""]
    assert is_migrated(three[0])


def test_the_applications_role_may_use_what_was_added(three):
    fall_behind(three[0])
    do(f"REVOKE ALL ON {three[0].schema_name}.tasks_task FROM {APP['USER']}")
    if APP == OWNER:
        pytest.skip("these servers have one role for all")
    migrate("--tenant", three[0].slug)
    right = f"has_table_privilege('{APP['USER']}', '{three[0].schema_name}.tasks_task', 'UPDATE')"
    assert do(f"SELECT {right}") == [(True,)]


# --- As a process of its own


def start(*arguments):
    env = {**os.environ, "DATABASE_URL": database_url()}
    command = (sys.executable, "manage.py", "migrate_tenants", *arguments)
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def wait_until(condition):
    for _try in range(PATIENCE_SECONDS * 10):
        if condition():
            return
        sleep(0.1)
    pytest.fail("it did not happen")


def test_several_processes_share_the_work(three):
    for tenant in three:
        fall_behind(tenant)
    process = start("--jobs", "2", *(f"--tenant={tenant.slug}" for tenant in three))
    said, _nothing = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0, said
    assert b"3 tenants: 0 current, 3 migrated, 0 failed" in said
    assert all(map(is_migrated, three))


def test_a_command_that_is_killed_half_way_is_continued_by_the_next(three):
    first, second, _third = three
    for tenant in (first, second):
        fall_behind(tenant)
    blocker = connections["default"].copy()
    try:
        blocker.set_autocommit(False)
        with blocker.cursor_without_path() as cursor:
            cursor.execute(f"LOCK TABLE {first.schema_name}.tasks_task IN ROW EXCLUSIVE MODE")
        process = start("--jobs", "1", "--tenant", first.slug)
        wait_until(lambda: status_of(first) == "running")
        process.kill()
        process.communicate()
        blocker.rollback()
    finally:
        blocker.close()
    assert Tenant.objects.filter(pk__in=[first.pk, second.pk]).count() == 2
    assert slugs(tenants_behind(three)) == {first.slug, second.slug}
    migrate()
    assert is_migrated(first)
    assert is_migrated(second)
    assert status_of(first) == "current"


def test_the_release_before_opens_offices_with_the_present_template(owner):
    there = SchemaTemplate.objects.get(state=migration_state())
    for state in ("long ago", "just before"):
        SchemaTemplate.objects.create(state=state, sql="an older office")
    try:
        keep_template("default")
        kept = dict(SchemaTemplate.objects.values_list("state", "sql"))
        assert kept == {there.state: there.sql, "just before": there.sql}
    finally:
        SchemaTemplate.objects.exclude(state=there.state).delete()

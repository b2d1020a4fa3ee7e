"""The application's role owns nothing: PostgreSQL itself refuses what it need not do."""

from uuid import uuid4

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.models import Role
from tenants.context import tenant_transaction
from tenants.grants import grant_rights
from tenants.models import Tenant
from tenants.schemas import drop_schema_of, migrate_schema
from tenants.services import suspend_tenant
from tests.conftest import APP, OWNER, as_owner

pytestmark = pytest.mark.skipif(APP == OWNER, reason="DATABASE_URL names one role for all")

REFUSED = "42501"

MAKING = [
    "CREATE ROLE x",
    "CREATE DATABASE x",
    "CREATE SCHEMA x",
    "CREATE TABLE public.x ()",
    "CREATE TABLE {acme}.x ()",
    "CREATE TEMPORARY TABLE x ()",
    "CREATE FUNCTION public.x() RETURNS int LANGUAGE sql RETURN 1",
    "CREATE EXTENSION citext",
]
CHANGING = [
    "ALTER TABLE {acme}.tasks_task ADD COLUMN x int",
    "ALTER TABLE {acme}.tasks_task OWNER TO CURRENT_USER",
    "DROP TABLE {acme}.tasks_task",
    "TRUNCATE {acme}.tasks_task CASCADE",
    "DROP SCHEMA {acme} CASCADE",
    "ALTER SCHEMA {acme} RENAME TO x",
    "CREATE TRIGGER x AFTER INSERT ON {acme}.tasks_task EXECUTE FUNCTION office_refuse_change()",
    "DROP FUNCTION public.office_refuse_change() CASCADE",
    "ALTER FUNCTION public.office_drop_schema(uuid) SECURITY INVOKER",
    "CREATE OR REPLACE FUNCTION public.office_refuse_change() RETURNS trigger LANGUAGE plpgsql"
    " AS $$ BEGIN RETURN NEW; END $$",
]
AUDIT = [
    statement.format(trail=trail)
    for trail in ("{acme}.accounts_auditentry", "public.accounts_auditentry")
    for statement in (
        "UPDATE {trail} SET object_repr = ''",
        "DELETE FROM {trail}",
        "TRUNCATE {trail}",
        "SELECT FROM {trail} FOR UPDATE",
        "ALTER TABLE {trail} DISABLE TRIGGER ALL",
        "DROP TRIGGER never_changed ON {trail}",
        "INSERT INTO {trail} SELECT * FROM {trail}"
        " ON CONFLICT (id) DO UPDATE SET object_repr = excluded.object_repr",
    )
]
RECORDS = [
    "UPDATE {acme}.schema_marker SET tenant_id = gen_random_uuid()",
    "DELETE FROM {acme}.schema_marker",
    "INSERT INTO {acme}.schema_marker VALUES (gen_random_uuid())",
    "UPDATE public.tenants_schematemplate SET sql = sql || ';DROP SCHEMA public'",
    "INSERT INTO public.tenants_schematemplate VALUES ('x', 'DROP SCHEMA public', now())",
    "DELETE FROM public.tenants_schematemplate",
    "DELETE FROM public.django_migrations",
    "INSERT INTO {acme}.django_migrations (app, name, applied) VALUES ('x', 'x', now())",
    "UPDATE {acme}.django_content_type SET model = 'x'",
    "INSERT INTO public.tenants_loginentry (email, tenant_id) VALUES ('x', '{acme_id}')",
    "UPDATE public.tenants_loginentry SET tenant_id = '{acme_id}'",
]
POWER = [
    "SET session_replication_role = replica",
    "SET ROLE {owner}",
    "SET SESSION AUTHORIZATION {owner}",
    "GRANT {owner} TO CURRENT_USER",
    "ALTER ROLE CURRENT_USER CREATEDB",
    "ALTER ROLE CURRENT_USER SUPERUSER",
    "ALTER ROLE {owner} PASSWORD 'x'",
    "ALTER SYSTEM SET fsync = off",
    "COPY {acme}.tasks_task TO PROGRAM 'cat'",
    "SELECT pg_read_file('postgresql.conf')",
]
FUNCTIONS = [
    "SELECT public.office_grant_schema('public')",
    "SELECT public.office_rights_on('public.tenants_tenant'::regclass)",
    "SELECT public.office_open_schema('{acme_id}', '{state}')",
    "SELECT public.office_open_schema(gen_random_uuid(), '{state}')",
    "SELECT public.office_drop_schema('{acme_id}')",
    "SELECT public.office_drop_schema(gen_random_uuid())",
]


@pytest.fixture
def app(django_db_setup, django_db_blocker):
    """A session of the application's role on its own, whose statements commit."""
    with django_db_blocker.unblock():
        params = connection.get_connection_params()
        names = ("host", "port", "dbname", "user", "password")
        with psycopg.connect(**{key: params[key] for key in names}, autocommit=True) as session:
            yield session


@pytest.fixture
def names(app):
    """What stands in braces in the statements."""
    [(schema, pk)] = app.execute(
        "SELECT schema_name, id FROM tenants_tenant WHERE slug = 'acme'"
    ).fetchall()
    [(state,)] = app.execute("SELECT state FROM tenants_schematemplate").fetchall()
    return {"acme": schema, "acme_id": pk, "state": state, "owner": OWNER["USER"]}


@pytest.mark.parametrize(
    "statement", [*MAKING, *CHANGING, *AUDIT, *RECORDS, *POWER, *FUNCTIONS], ids=str
)
def test_postgresql_refuses(app, names, statement):
    with pytest.raises(psycopg.Error) as caught:
        app.execute(statement.format(**names))
    assert caught.value.sqlstate == REFUSED, caught.value


def test_all_tests_work_as_the_applications_role(db):
    assert one("SELECT session_user") == APP["USER"]


def test_the_role_owns_nothing_and_has_no_power(app):
    flags = ("super", "createrole", "createdb", "replication", "bypassrls")
    columns = ", ".join(f"rol{flag}" for flag in flags)
    [found] = app.execute(f"SELECT {columns} FROM pg_roles WHERE rolname = current_user").fetchall()
    assert not any(found)
    [counts] = app.execute(
        "SELECT (SELECT count(*) FROM pg_shdepend WHERE deptype = 'o' AND refobjid = me),"
        " (SELECT count(*) FROM pg_auth_members WHERE member = me)"
        " FROM (SELECT current_user::regrole::oid AS me)"
    ).fetchall()
    assert counts == (0, 0)


# --- The rights on each table

READ = {"SELECT"}
ADD = READ | {"INSERT"}
WRITE = ADD | {"UPDATE", "DELETE"}
SPECIAL = {
    "accounts_auditentry": ADD,
    "accounts_auditseal": ADD,
    "django_content_type": READ,
    "django_migrations": READ,
    "schema_marker": READ,
    "tenants_schematemplate": READ,
    "tenants_loginentry": READ | {"DELETE"},
}
RIGHTS = """
    SELECT relname, array_remove(array_agg(privilege_type), NULL)
    FROM pg_class LEFT JOIN LATERAL aclexplode(relacl) ON grantee = %s::regrole
    WHERE relnamespace = %s::regnamespace AND relkind IN ('r', 'p', 'v', 'm') GROUP BY 1"""


def rights_in(schema: str) -> dict[str, set[str]]:
    with connection.cursor() as cursor:
        cursor.execute(RIGHTS, [APP["USER"], schema])
        return {table: set(rights) for table, rights in cursor.fetchall()}


def wrong(rights: dict[str, set[str]]) -> dict[str, set[str]]:
    return {table: has for table, has in rights.items() if has != SPECIAL.get(table, WRITE)}


def test_each_table_has_exactly_its_rights(acme):
    for schema in ("public", acme.schema_name):
        rights = rights_in(schema)
        assert rights["accounts_auditentry"] == ADD
        assert wrong(rights) == {}


def test_migrating_gives_rights_on_new_tables_and_takes_what_is_too_much(committed):
    schema = committed.schema_name
    with as_owner():
        run(f"CREATE TABLE {schema}.new_table (id int)")
        run(f"GRANT ALL ON {schema}.accounts_auditentry TO {APP['USER']}")
        assert set(wrong(rights_in(schema))) == {"new_table", "accounts_auditentry"}
        migrate_schema(schema)
        assert wrong(rights_in(schema)) == {}


def test_migrating_lets_the_role_into_schemas_that_were_made_before_it(committed):
    with as_owner():
        run(f"REVOKE ALL ON ALL TABLES IN SCHEMA {committed.schema_name} FROM {APP['USER']}")
        run(f"REVOKE ALL ON SCHEMA {committed.schema_name} FROM {APP['USER']}")
        grant_rights("default")
    with tenant_transaction(committed):
        assert Role.objects.count() == 3
    with as_owner():
        assert wrong(rights_in(committed.schema_name)) == {}


# --- The functions


def test_functions_with_the_owners_rights_have_a_fixed_path_and_are_not_for_everybody(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname, proconfig, prorettype = 'trigger'::regtype,"
            " has_function_privilege('public', oid, 'EXECUTE')"
            " FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace"
        )
        found = {name: rest for name, *rest in cursor.fetchall()}
    assert {"office_open_schema", "office_drop_schema", "office_keep_login_entry"} <= set(found)
    for name, (settings, is_trigger, is_public) in found.items():
        assert settings == ["search_path=pg_catalog, public, pg_temp"], name
        assert is_trigger or not is_public, name


def test_a_suspended_tenants_schema_can_be_dropped_once_and_again(committed):
    with pytest.raises(DatabaseError, match="is not suspended"):
        drop_schema_of(committed)
    assert one("SELECT to_regnamespace(%s) IS NOT NULL", committed.schema_name)
    suspend_tenant(tenant=committed)
    drop_schema_of(committed)
    assert one("SELECT to_regnamespace(%s) IS NULL", committed.schema_name)
    drop_schema_of(committed)


@pytest.mark.parametrize("name", ["public", "t_0", 't_"; DROP SCHEMA public; --'])
def test_no_row_names_a_schema_but_its_own(name, acme):
    with pytest.raises(IntegrityError, match="named_after_its_id"), transaction.atomic():
        Tenant.objects.filter(pk=acme.pk).update(schema_name=name)
    with pytest.raises(IntegrityError, match="named_after_its_id"), transaction.atomic():
        Tenant.objects.create(name="Odd", slug="odd", schema_name=name)


def test_without_a_template_no_schema_is_made_and_the_way_out_is_named(db):
    pk = uuid4()
    Tenant.objects.create(pk=pk, name="New", slug="new", schema_name=f"t_{pk.hex}")
    with pytest.raises(DatabaseError, match=r"run manage\.py migrate"), transaction.atomic():
        run("SELECT office_open_schema(%s, 'no such state')", pk)
    run("SELECT office_open_schema(%s, %s)", pk, template())
    assert one(f"SELECT tenant_id FROM t_{pk.hex}.schema_marker") == pk


# --- migrate


def test_migrating_as_the_application_is_refused_at_once(db):
    with pytest.raises(CommandError, match=rf"{APP['USER']} may not create schemas"):
        call_command("migrate", verbosity=0)


def test_migrating_for_a_role_that_is_not_there_is_refused_at_once(committed, settings):
    settings.DATABASE_APP_ROLE = "nobody_here"
    with as_owner(), pytest.raises(CommandError, match="no role nobody_here exists"):
        call_command("migrate", verbosity=0)


def test_looking_at_what_is_to_be_migrated_needs_no_rights(db):
    call_command("migrate", check_unapplied=True, verbosity=0)


def run(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)


def one(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchone()[0]


def template():
    return one("SELECT state FROM tenants_schematemplate")


def refuse(statement, *values):
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        run(statement, *values)
    assert caught.value.__cause__.sqlstate == REFUSED

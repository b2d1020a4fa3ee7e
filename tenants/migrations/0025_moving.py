"""An organisation moves to another database while its people read on.

Where it is being moved from, a trigger on each of its tables refuses whoever writes, also who began
before; it stays on what is left behind, until that is dropped. To attach one waits for those who
have just written to the table.
"""

from importlib import import_module

from django.db import migrations, models

REFUSE = """
CREATE FUNCTION public.office_refuse_while_moving() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION 'this organisation moves to another database'
        USING ERRCODE = 'OM503';
END
$$;
"""

# In the first database the rows of tenants say what may be done; in a further one it is the
# application's own rule.
STILL_TABLE = """
CREATE FUNCTION public.office_still_table(tenant uuid, relation name) RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    place regclass := format('t_%s.%I', replace(tenant::text, '-', ''), relation)::regclass;
BEGIN
    PERFORM FROM public.tenants_tenant WHERE id = tenant AND moving_to <> '';
    IF NOT FOUND AND EXISTS (SELECT FROM public.tenants_tenant) THEN
        RAISE EXCEPTION 'tenant % does not move', tenant USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = place AND tgname = 'office_still') THEN
        EXECUTE format('CREATE TRIGGER office_still BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE'
            ' ON %s EXECUTE FUNCTION public.office_refuse_while_moving()', place);
    END IF;
END
$$;
"""

STIR_SCHEMA = """
CREATE FUNCTION public.office_stir_schema(tenant uuid) RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    place regclass;
BEGIN
    FOR place IN
        SELECT tgrelid FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
        WHERE tgname = 'office_still'
            AND relnamespace = to_regnamespace('t_' || replace(tenant::text, '-', ''))
    LOOP
        EXECUTE format('DROP TRIGGER office_still ON %s', place);
    END LOOP;
END
$$;
"""

# A copy is loaded as it stands: nothing follows from a row that was written elsewhere long ago.
REST_TRIGGERS = """
CREATE FUNCTION public.office_rest_triggers(tenant uuid, rest boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    place regclass;
BEGIN
    PERFORM FROM public.tenants_tenant
    WHERE id = tenant AND moving_to = 'default' AND db_alias <> 'default';
    IF NOT FOUND AND EXISTS (SELECT FROM public.tenants_tenant) THEN
        RAISE EXCEPTION 'tenant % does not move here', tenant
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    FOR place IN
        SELECT oid FROM pg_class WHERE relkind = 'r'
            AND relnamespace = to_regnamespace('t_' || replace(tenant::text, '-', ''))
    LOOP
        EXECUTE format('ALTER TABLE %s %s TRIGGER USER', place,
            CASE WHEN rest THEN 'DISABLE' ELSE 'ENABLE' END);
        -- What nobody may write but this one.
        IF rest AND EXISTS (
            SELECT FROM pg_trigger WHERE tgrelid = place AND tgname = 'keep_login_entry'
        ) THEN
            EXECUTE format('ALTER TABLE %s ENABLE TRIGGER keep_login_entry', place);
        END IF;
    END LOOP;
END
$$;
"""

DROP_COPY = """
CREATE FUNCTION public.office_drop_copy(tenant uuid) RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM FROM public.tenants_tenant WHERE id = tenant AND db_alias <> 'default' FOR UPDATE;
    IF NOT FOUND AND EXISTS (SELECT FROM public.tenants_tenant) THEN
        RAISE EXCEPTION 'tenant % lives here', tenant USING ERRCODE = 'insufficient_privilege';
    END IF;
    EXECUTE format('DROP SCHEMA IF EXISTS %I CASCADE', 't_' || replace(tenant::text, '-', ''));
END
$$;
"""

OWNERS_ALONE = """
REVOKE EXECUTE ON FUNCTION public.office_still_table(uuid, name), public.office_stir_schema(uuid),
    public.office_rest_triggers(uuid, boolean), public.office_drop_copy(uuid) FROM PUBLIC;
"""

OPEN_SCHEMA = import_module("tenants.migrations.0004_schema_functions").OPEN_SCHEMA.replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
)
# It is made where an organisation comes to as well.
OPEN_SCHEMA_FOR_MOVING = OPEN_SCHEMA.replace(
    "WHERE id = tenant AND NOT ready)",
    "WHERE id = tenant AND (NOT ready OR (moving_to = 'default' AND db_alias <> 'default')))",
)


class Migration(migrations.Migration):
    """Add where it moves to, what it has left behind, and the functions."""

    dependencies = [("tenants", "0024_known_domains")]
    operations = [
        migrations.AddField(
            "tenant",
            "moving_to",
            models.CharField(blank=True, db_default="", default="", editable=False, max_length=32),
        ),
        migrations.AddField(
            "tenant",
            "left_alias",
            models.CharField(blank=True, db_default="", default="", editable=False, max_length=32),
        ),
        migrations.RunSQL(REFUSE, "DROP FUNCTION public.office_refuse_while_moving()"),
        migrations.RunSQL(STILL_TABLE, "DROP FUNCTION public.office_still_table(uuid, name)"),
        migrations.RunSQL(STIR_SCHEMA, "DROP FUNCTION public.office_stir_schema(uuid)"),
        migrations.RunSQL(
            REST_TRIGGERS, "DROP FUNCTION public.office_rest_triggers(uuid, boolean)"
        ),
        migrations.RunSQL(DROP_COPY, "DROP FUNCTION public.office_drop_copy(uuid)"),
        migrations.RunSQL(OWNERS_ALONE, migrations.RunSQL.noop),
        migrations.RunSQL(OPEN_SCHEMA_FOR_MOVING, OPEN_SCHEMA),
        migrations.AlterField(
            "operation",
            "kind",
            models.CharField(
                choices=[
                    ("export", "Export"),
                    ("import", "Import"),
                    ("erase", "Erase"),
                    ("move", "Move"),
                ],
                max_length=10,
            ),
        ),
    ]

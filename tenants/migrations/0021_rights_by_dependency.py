"""Rights in a schema are given without reading the whole catalogue.

PostgreSQL has no index of `pg_class` by schema: with 1,550 tenants, to look for the tables of one
and for its sequences once more took 0.3 s. What stands in a schema depends on it, and `pg_depend`
is indexed by that.
"""

from importlib import import_module

from django.db import migrations

GRANT_SCHEMA = """
CREATE OR REPLACE FUNCTION public.office_grant_schema(place text) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    app name;
    rights text;
    relations text;
BEGIN
    FOR app IN
        SELECT rolname FROM pg_proc, aclexplode(proacl) JOIN pg_roles ON pg_roles.oid = grantee
        WHERE pg_proc.oid = 'public.office_open_schema(uuid, text)'::regprocedure
            AND grantee <> proowner
    LOOP
        FOR rights, relations IN
            SELECT CASE WHEN relkind = 'S' THEN 'USAGE, UPDATE'
                ELSE public.office_rights_on(pg_class.oid) END,
                string_agg(format('%I.%I', place, relname), ', ')
            FROM pg_depend JOIN pg_class ON pg_class.oid = objid
            WHERE refclassid = 'pg_namespace'::regclass
                AND refobjid = to_regnamespace(quote_ident(place))
                AND classid = 'pg_class'::regclass
                AND relkind IN ('r', 'p', 'S') AND relowner = current_user::regrole
            GROUP BY 1
        LOOP
            EXECUTE format('REVOKE ALL ON %s FROM %I', relations, app);
            EXECUTE format('GRANT %s ON %s TO %I', rights, relations, app);
        END LOOP;
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', place, app);
    END LOOP;
END
$$;
"""
BEFORE = import_module("tenants.migrations.0004_schema_functions").GRANT_SCHEMA


class Migration(migrations.Migration):
    """Replace the function."""

    dependencies = [("tenants", "0020_wanted_events")]
    operations = [
        migrations.RunSQL(
            GRANT_SCHEMA, BEFORE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
        )
    ]

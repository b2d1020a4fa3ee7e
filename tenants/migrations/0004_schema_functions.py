"""What the application may do to schemas, although its role owns none of them.

Every function holds its search path, with `pg_temp` last: else a caller's temporary types and
tables would be found first. The rows of tenants stand in the first database alone; in a further
one it is the application's own rule which tenants are opened and dropped.
"""

from django.db import migrations

# The rows of a login entry are written by the trigger on people alone. A table that refuses changes
# by trigger refuses them by rights as well.
RIGHTS_ON = """
CREATE FUNCTION public.office_rights_on(relation oid) RETURNS text LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT CASE
        WHEN relname IN (
            'django_content_type', 'django_migrations', 'schema_marker', 'tenants_schematemplate'
        ) THEN 'SELECT'
        WHEN relname = 'tenants_loginentry' THEN 'SELECT, DELETE'
        WHEN EXISTS (
            SELECT FROM pg_trigger WHERE tgrelid = pg_class.oid
                AND tgfoid = 'public.office_refuse_change()'::regprocedure
        ) THEN 'SELECT, INSERT'
        ELSE 'SELECT, INSERT, UPDATE, DELETE'
    END
    FROM pg_class WHERE oid = relation
$$;
"""

# Whoever may open schemas gets the rights in them: the function's own list of rights is where the
# application's role is written down.
GRANT_SCHEMA = """
CREATE FUNCTION public.office_grant_schema(place text) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    app name;
    rights text;
    tables text;
BEGIN
    FOR app IN
        SELECT rolname FROM pg_proc, aclexplode(proacl) JOIN pg_roles ON pg_roles.oid = grantee
        WHERE pg_proc.oid = 'public.office_open_schema(uuid, text)'::regprocedure
            AND grantee <> proowner
    LOOP
        FOR rights, tables IN
            SELECT public.office_rights_on(oid), string_agg(format('%I.%I', place, relname), ', ')
            FROM pg_class
            WHERE relnamespace = to_regnamespace(quote_ident(place)) AND relkind IN ('r', 'p')
                AND relowner = current_user::regrole
            GROUP BY 1
        LOOP
            EXECUTE format('REVOKE ALL ON %s FROM %I', tables, app);
            EXECUTE format('GRANT %s ON %s TO %I', rights, tables, app);
        END LOOP;
        EXECUTE format('GRANT USAGE, UPDATE ON ALL SEQUENCES IN SCHEMA %I TO %I', place, app);
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', place, app);
    END LOOP;
END
$$;
"""

OPEN_SCHEMA = """
CREATE FUNCTION public.office_open_schema(tenant uuid, state text) RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    place text := 't_' || replace(tenant::text, '-', '');
    statements text;
BEGIN
    IF EXISTS (SELECT FROM public.tenants_tenant)
        AND NOT EXISTS (SELECT FROM public.tenants_tenant WHERE id = tenant AND NOT ready)
    THEN
        RAISE EXCEPTION 'tenant % is not one that is being opened', tenant
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT sql INTO statements FROM public.tenants_schematemplate AS template
    WHERE template.state = office_open_schema.state;
    IF statements IS NULL THEN
        RAISE EXCEPTION 'there is no template for these migrations: run manage.py migrate'
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    EXECUTE format('CREATE SCHEMA %I', place);
    EXECUTE replace(statements, '{schema}', place);
    EXECUTE format('INSERT INTO %I.schema_marker VALUES ($1)', place) USING tenant;
    PERFORM public.office_grant_schema(place);
END
$$;
"""

DROP_SCHEMA = """
CREATE FUNCTION public.office_drop_schema(tenant uuid) RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    place text := 't_' || replace(tenant::text, '-', '');
BEGIN
    PERFORM FROM public.tenants_tenant
    WHERE id = tenant AND NOT (ready AND is_active) FOR UPDATE;
    IF NOT FOUND AND EXISTS (SELECT FROM public.tenants_tenant) THEN
        RAISE EXCEPTION 'tenant % is not suspended', tenant
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    EXECUTE format('DROP SCHEMA IF EXISTS %I CASCADE', place);
END
$$;
"""

OWNERS_ALONE = """
REVOKE EXECUTE ON FUNCTION public.office_rights_on(oid), public.office_grant_schema(text),
    public.office_open_schema(uuid, text), public.office_drop_schema(uuid) FROM PUBLIC;
"""

LOGIN_ENTRY = """
ALTER FUNCTION public.office_keep_login_entry() SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp;
"""
LOGIN_ENTRY_BACK = """
ALTER FUNCTION public.office_keep_login_entry() SECURITY INVOKER RESET search_path;
"""


class Migration(migrations.Migration):
    """Make the functions; `tenants.grants` says who may call them."""

    dependencies = [("tenants", "0003_homes")]
    operations = [
        migrations.RunSQL(RIGHTS_ON, "DROP FUNCTION public.office_rights_on(oid)"),
        migrations.RunSQL(OPEN_SCHEMA, "DROP FUNCTION public.office_open_schema(uuid, text)"),
        migrations.RunSQL(GRANT_SCHEMA, "DROP FUNCTION public.office_grant_schema(text)"),
        migrations.RunSQL(DROP_SCHEMA, "DROP FUNCTION public.office_drop_schema(uuid)"),
        migrations.RunSQL(OWNERS_ALONE, migrations.RunSQL.noop),
        migrations.RunSQL(LOGIN_ENTRY, LOGIN_ENTRY_BACK),
    ]

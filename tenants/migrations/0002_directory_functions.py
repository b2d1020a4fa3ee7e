"""The functions behind the triggers that keep the shared directories true."""

from django.db import migrations

# The name of the schema that fires the trigger tells the tenant; `public` and scratch schemas
# have none.
TENANT_OF_SCHEMA = """
CREATE FUNCTION public.office_tenant_of(schema name) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT id FROM public.tenants_tenant WHERE schema_name = schema::text
$$;
"""

KEEP_DUE_INSTANT = """
CREATE FUNCTION public.office_keep_due_instant() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    owner uuid := public.office_tenant_of(TG_TABLE_SCHEMA);
    due timestamptz;
BEGIN
    IF owner IS NULL THEN
        RETURN NULL;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        due := (to_jsonb(NEW) ->> TG_ARGV[1])::timestamptz;
    END IF;
    IF due IS NULL THEN
        DELETE FROM public.tenants_dueinstant
        WHERE tenant_id = owner AND kind = TG_ARGV[0]
            AND object_id = CASE WHEN TG_OP = 'DELETE' THEN OLD.id ELSE NEW.id END;
    ELSE
        INSERT INTO public.tenants_dueinstant (id, tenant_id, kind, object_id, due_at, failures)
        VALUES (gen_random_uuid(), owner, TG_ARGV[0], NEW.id, due, 0)
        ON CONFLICT (tenant_id, kind, object_id)
        DO UPDATE SET due_at = excluded.due_at, failures = 0
        WHERE tenants_dueinstant.due_at <> excluded.due_at;
    END IF;
    RETURN NULL;
END
$$;
"""

KEEP_LOGIN_ENTRY = """
CREATE FUNCTION public.office_keep_login_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    owner uuid := public.office_tenant_of(TG_TABLE_SCHEMA);
BEGIN
    IF owner IS NULL THEN
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM public.tenants_loginentry WHERE tenant_id = owner AND email = OLD.email;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO public.tenants_loginentry (tenant_id, email) VALUES (owner, NEW.email)
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END
$$;
"""

REFUSE_CHANGE = """
CREATE FUNCTION public.office_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is not allowed', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END
$$;
"""


def dropping(name: str, *arguments: str) -> str:
    """Return the way back."""
    return f"DROP FUNCTION public.{name}({', '.join(arguments)})"


class Migration(migrations.Migration):
    """Make the functions in `public`; the apps' own migrations attach them."""

    dependencies = [("tenants", "0001_initial")]
    operations = [
        migrations.RunSQL(TENANT_OF_SCHEMA, dropping("office_tenant_of", "name")),
        migrations.RunSQL(KEEP_DUE_INSTANT, dropping("office_keep_due_instant")),
        migrations.RunSQL(KEEP_LOGIN_ENTRY, dropping("office_keep_login_entry")),
        migrations.RunSQL(REFUSE_CHANGE, dropping("office_refuse_change")),
    ]

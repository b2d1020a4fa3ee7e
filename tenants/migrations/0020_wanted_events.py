"""Which events an office's webhooks want, where a trigger finds it without a statement of its own.

What is told was asked of each office's table of webhooks, by a statement that names the schema and
is therefore parsed and planned at each row of a task or of the audit trail. The functions ask the
shared table now, whose statement is planned once for a connection.
"""

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

KEEP_WANTED_EVENTS = """
CREATE FUNCTION public.office_keep_wanted_events() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    owner uuid := public.office_tenant_of(TG_TABLE_SCHEMA);
BEGIN
    IF owner IS NULL THEN
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM public.tenants_wantedevent WHERE tenant_id = owner AND webhook_id = OLD.id;
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.is_active THEN
        INSERT INTO public.tenants_wantedevent (tenant_id, webhook_id, event)
        SELECT DISTINCT owner, NEW.id, event FROM unnest(NEW.events) event
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END
$$;
"""

# Offices that have webhooks already: their own migration attaches the trigger later.
FILL = """
DO $$
DECLARE
    place record;
BEGIN
    FOR place IN
        SELECT nspname, public.office_tenant_of(nspname) AS owner FROM pg_class
        JOIN pg_namespace ON pg_namespace.oid = relnamespace
        WHERE relname = 'webhooks_webhook' AND public.office_tenant_of(nspname) IS NOT NULL
    LOOP
        EXECUTE format('INSERT INTO public.tenants_wantedevent (tenant_id, webhook_id, event)
            SELECT DISTINCT $1, id, unnest(events) FROM %I.webhooks_webhook WHERE is_active
            ON CONFLICT DO NOTHING', place.nspname) USING place.owner;
    END LOOP;
END
$$;
"""

# Each function with what it asked before, and what it asks now.
ASKED = {
    "office_owe_webhooks": (
        """    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I.webhooks_webhook WHERE is_active)',
        TG_TABLE_SCHEMA) INTO is_wanted;
    IF NOT is_wanted THEN""",
        """    SELECT EXISTS (SELECT FROM public.tenants_wantedevent
        WHERE tenant_id = public.office_tenant_of(TG_TABLE_SCHEMA)) INTO is_wanted;
    IF NOT is_wanted THEN""",
    ),
    "office_owe_audit_webhooks": (
        """    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I.webhooks_webhook
        WHERE is_active AND ''audit.entry'' = ANY (events))', TG_TABLE_SCHEMA) INTO is_wanted;
    IF NOT is_wanted THEN""",
        """    SELECT EXISTS (SELECT FROM public.tenants_wantedevent
        WHERE tenant_id = public.office_tenant_of(TG_TABLE_SCHEMA)
            AND event = 'audit.entry') INTO is_wanted;
    IF NOT is_wanted THEN""",
    ),
}


def _replace(editor: BaseDatabaseSchemaEditor, *, forwards: bool) -> None:
    with editor.connection.cursor() as cursor:
        for name, asked in ASKED.items():
            before, after = asked if forwards else reversed(asked)
            cursor.execute(
                "SELECT pg_get_functiondef(%s::regproc), strpos(prosrc, %s) FROM pg_proc"
                " WHERE oid = %s::regproc",
                [f"public.{name}", before, f"public.{name}"],
            )
            definition, place = cursor.fetchone()
            if not place:
                raise LookupError(f"{name} does not ask what it is expected to ask")
            cursor.execute(definition.replace(before, after))


def ask_the_shared_table(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Have the functions look at the shared table."""
    _replace(editor, forwards=True)


def ask_each_office(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Have them look at the office's own table again."""
    _replace(editor, forwards=False)


class Migration(migrations.Migration):
    """Make the table and the function; `webhooks` attaches it."""

    dependencies = [("tenants", "0019_owing_audit_webhooks")]
    operations = [
        migrations.CreateModel(
            name="WantedEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("webhook_id", models.UUIDField()),
                ("event", models.CharField(max_length=20)),
                (
                    "tenant",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "event", "webhook_id"),
                        name="wanted_event_once_per_webhook",
                    )
                ],
            },
        ),
        migrations.RunSQL(KEEP_WANTED_EVENTS, "DROP FUNCTION public.office_keep_wanted_events()"),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunPython(ask_the_shared_table, ask_each_office),
    ]

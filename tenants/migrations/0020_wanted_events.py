"""Which events an office's webhooks want, where a trigger finds it without a statement of its own.

What is told was asked of each office's table of webhooks, by a statement that names the schema and
is therefore parsed and planned at each row of a task or of the audit trail. The functions ask the
shared table now, whose statement is planned once for a connection.
"""

import re
from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

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

OWE_WEBHOOKS = import_module("tenants.migrations.0015_owing_webhooks").OWE_WEBHOOKS.replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
)
OWE_AUDIT_WEBHOOKS = import_module(
    "tenants.migrations.0019_owing_audit_webhooks"
).OWE_AUDIT_WEBHOOKS.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
# What is asked before anything is told: from the EXECUTE to its INTO.
ASKED = re.compile(r"EXECUTE format\('SELECT EXISTS.*?TG_TABLE_SCHEMA\) INTO is_wanted;", re.DOTALL)
ASK = """SELECT EXISTS (SELECT FROM public.tenants_wantedevent
        WHERE tenant_id = public.office_tenant_of(TG_TABLE_SCHEMA){more}) INTO is_wanted;"""


def asking(function: str, more: str = "") -> migrations.RunSQL:
    """Return the step that has the function ask the shared table."""
    return migrations.RunSQL(ASKED.sub(ASK.format(more=more), function, count=1), function)


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
        asking(OWE_WEBHOOKS),
        asking(OWE_AUDIT_WEBHOOKS, " AND event = 'audit.entry'"),
    ]

"""The function behind the trigger that tells programs of new entries of the audit trail."""

from django.db import migrations

# What is told is who did what to which thing and from where; never the values, which stay behind
# the right to read the trail. Statements that name their schema have no path, hence the format.
OWE_AUDIT_WEBHOOKS = """
CREATE FUNCTION public.office_owe_audit_webhooks() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    is_wanted boolean;
    kind text;
    told jsonb;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I.webhooks_webhook
        WHERE is_active AND ''audit.entry'' = ANY (events))', TG_TABLE_SCHEMA) INTO is_wanted;
    IF NOT is_wanted THEN
        RETURN NULL;
    END IF;
    EXECUTE format('SELECT model FROM %I.django_content_type WHERE id = $1', TG_TABLE_SCHEMA)
        INTO kind USING NEW.content_type_id;
    told := jsonb_build_object(
        'id', NEW.id,
        'action', (ARRAY['CREATE', 'UPDATE', 'DELETE', 'ACCESS'])[NEW.action + 1],
        'resource_type', kind,
        'resource_id', NEW.object_pk,
        'user_id', NEW.actor_id,
        'source', NEW.source,
        'request_id', NEW.cid)
        || CASE WHEN NEW.action = 1 AND jsonb_typeof(NEW.changes) = 'object' THEN
            jsonb_build_object('changed',
                ARRAY(SELECT name FROM jsonb_object_keys(NEW.changes) name ORDER BY name))
            ELSE '{}'::jsonb END;
    EXECUTE format('
        INSERT INTO %1$I.webhooks_webhookdelivery
            (id, webhook_id, event, data, occurred_at, status, attempts, wake_at, reason)
        SELECT gen_random_uuid(), id, ''audit.entry'', $1, clock_timestamp(), ''pending'', 0,
            now(), ''''
        FROM %1$I.webhooks_webhook WHERE is_active AND ''audit.entry'' = ANY (events)',
        TG_TABLE_SCHEMA) USING told;
    RETURN NULL;
END
$$;
"""


class Migration(migrations.Migration):
    """Make the function; the trigger comes with the webhooks app."""

    dependencies = [("tenants", "0018_seal_notes_of_idle_offices")]
    operations = [
        migrations.RunSQL(OWE_AUDIT_WEBHOOKS, "DROP FUNCTION public.office_owe_audit_webhooks()")
    ]

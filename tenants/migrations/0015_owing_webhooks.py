"""The function behind the triggers that owe webhooks."""

from django.db import migrations

# The first argument is the kind of object, the second the columns that are told, the third those
# whose change is worth telling, each as a list with commas. Where no webhook wants the event it
# costs one look at a small table. Statements that name their schema have no path, hence the format.
OWE_WEBHOOKS = """
CREATE FUNCTION public.office_owe_webhooks() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    event text := TG_ARGV[0] || CASE TG_OP
        WHEN 'INSERT' THEN '.created' WHEN 'UPDATE' THEN '.updated' ELSE '.deleted' END;
    before jsonb;
    after jsonb;
    changed text[];
    told jsonb;
    is_wanted boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I.webhooks_webhook WHERE is_active)',
        TG_TABLE_SCHEMA) INTO is_wanted;
    IF NOT is_wanted THEN
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        before := to_jsonb(OLD);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        after := to_jsonb(NEW);
    END IF;
    IF TG_OP = 'UPDATE' THEN
        changed := ARRAY(SELECT name FROM unnest(string_to_array(TG_ARGV[2], ',')) name
            WHERE before -> name IS DISTINCT FROM after -> name ORDER BY name);
        IF changed = '{}' THEN
            RETURN NULL;
        END IF;
        IF TG_ARGV[0] = 'task' AND 'status' = ANY (changed) AND after ->> 'status' = 'done' THEN
            event := 'task.completed';
        ELSIF TG_ARGV[0] = 'message' THEN
            event := 'message.' || (after ->> 'status');
        END IF;
    END IF;
    told := jsonb_build_object('id', coalesce(after, before) -> 'id')
        || coalesce((SELECT jsonb_object_agg(name, coalesce(after, before) -> name)
            FROM unnest(string_to_array(TG_ARGV[1], ',')) name), '{}')
        || CASE WHEN changed IS NULL THEN '{}'::jsonb
            ELSE jsonb_build_object('changed', changed) END;
    EXECUTE format('
        INSERT INTO %1$I.webhooks_webhookdelivery
            (id, webhook_id, event, data, occurred_at, status, attempts, wake_at, reason)
        SELECT gen_random_uuid(), id, $1, $2, clock_timestamp(), ''pending'', 0, now(), ''''
        FROM %1$I.webhooks_webhook WHERE is_active AND $1 = ANY (events)',
        TG_TABLE_SCHEMA) USING event, told;
    RETURN NULL;
END
$$;
"""


class Migration(migrations.Migration):
    """Make the function; the tables come with the webhooks app."""

    dependencies = [("tenants", "0014_seal_notes")]
    operations = [migrations.RunSQL(OWE_WEBHOOKS, "DROP FUNCTION public.office_owe_webhooks()")]

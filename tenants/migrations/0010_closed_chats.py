"""Chats that are closed stay known, so that they can be opened again from there."""

from django.db import migrations, models

KEEP_CHAT_ENTRY = """
CREATE OR REPLACE FUNCTION public.office_keep_chat_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    owner uuid := public.office_tenant_of(TG_TABLE_SCHEMA);
BEGIN
    IF owner IS NULL THEN
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM public.tenants_chatentry
        WHERE tenant_id = owner AND channel = OLD.channel AND address = OLD.address;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO public.tenants_chatentry
            (tenant_id, person_id, channel, address, chosen_at, is_closed)
        VALUES (owner, NEW.person_id, NEW.channel, NEW.address, NEW.chosen_at,
            NEW.closed_at IS NOT NULL);
    END IF;
    RETURN NULL;
END
$$;
"""


class Migration(migrations.Migration):
    """Add the column, and have the trigger keep it."""

    dependencies = [("tenants", "0009_chat_entries")]
    operations = [
        migrations.AddField(
            model_name="chatentry",
            name="is_closed",
            field=models.BooleanField(default=False, db_default=False),
        ),
        migrations.RunSQL(KEEP_CHAT_ENTRY, migrations.RunSQL.noop),
    ]

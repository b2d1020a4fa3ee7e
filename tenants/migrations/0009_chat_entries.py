"""Where a chat or telephone is known, kept by triggers on the tenants' contacts."""

import django.db.models.deletion
from django.db import migrations, models

KEEP_CHAT_ENTRY = """
CREATE FUNCTION public.office_keep_chat_entry() RETURNS trigger LANGUAGE plpgsql AS $$
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
    IF TG_OP <> 'DELETE' AND NEW.closed_at IS NULL THEN
        INSERT INTO public.tenants_chatentry (tenant_id, person_id, channel, address, chosen_at)
        VALUES (owner, NEW.person_id, NEW.channel, NEW.address, NEW.chosen_at);
    END IF;
    RETURN NULL;
END
$$;
"""


class Migration(migrations.Migration):
    """Make the table and the function; `messaging` attaches it."""

    dependencies = [("tenants", "0008_touched_tenants")]
    operations = [
        migrations.CreateModel(
            name="ChatEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("person_id", models.UUIDField()),
                ("channel", models.CharField(max_length=10)),
                ("address", models.CharField(max_length=254)),
                ("chosen_at", models.DateTimeField()),
                (
                    "tenant",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("channel", "address", "tenant"), name="chat_entry_once_per_tenant"
                    )
                ],
            },
        ),
        migrations.RunSQL(KEEP_CHAT_ENTRY, "DROP FUNCTION public.office_keep_chat_entry()"),
    ]

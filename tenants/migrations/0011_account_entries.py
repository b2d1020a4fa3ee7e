"""Which office has connected a workspace, kept by triggers on the tenants' connections."""

import django.db.models.deletion
from django.db import migrations, models

KEEP_ACCOUNT_ENTRY = """
CREATE FUNCTION public.office_keep_account_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    owner uuid := public.office_tenant_of(TG_TABLE_SCHEMA);
BEGIN
    IF owner IS NULL THEN
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM public.tenants_accountentry
        WHERE tenant_id = owner AND connection_id = OLD.id;
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.provider = 'slack'
            AND NEW.state IN ('active', 'degraded', 'reauth_required') THEN
        INSERT INTO public.tenants_accountentry (tenant_id, connection_id, provider, account_key)
        VALUES (owner, NEW.id, NEW.provider, NEW.account_key);
    END IF;
    RETURN NULL;
END
$$;
"""


class Migration(migrations.Migration):
    """Make the table and the function; `connections` attaches it."""

    dependencies = [("tenants", "0010_closed_chats")]
    operations = [
        migrations.CreateModel(
            name="AccountEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("connection_id", models.UUIDField()),
                ("provider", models.CharField(max_length=10)),
                ("account_key", models.CharField(max_length=200)),
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
                        fields=("provider", "account_key"), name="account_entry_of_one_office"
                    )
                ],
            },
        ),
        migrations.RunSQL(KEEP_ACCOUNT_ENTRY, "DROP FUNCTION public.office_keep_account_entry()"),
    ]

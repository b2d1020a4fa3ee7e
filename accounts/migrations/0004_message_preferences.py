"""How a person wants to be reached, and when not."""

import django.contrib.postgres.fields
from django.db import migrations, models

# When the wish changes, the sweep is to look at once and plan anew: what a day on the person's
# calendar is, our own code knows best.
PLAN_DIGEST = """
CREATE FUNCTION accounts_plan_digest() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.digest_at IS NULL OR NOT NEW.is_active THEN
        NEW.digested_until := NULL;
        NEW.digest_next_at := NULL;
    ELSIF NEW.digested_until IS NULL OR (TG_OP = 'UPDATE' AND (
        OLD.digest_at IS DISTINCT FROM NEW.digest_at OR OLD.timezone <> NEW.timezone
    )) THEN
        NEW.digested_until := NULL;
        NEW.digest_next_at := to_timestamp(0);
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER plan_digest BEFORE INSERT OR UPDATE ON accounts_user
FOR EACH ROW EXECUTE FUNCTION accounts_plan_digest();
"""
KEEP_DUE_INSTANT = """
CREATE TRIGGER keep_due_instant AFTER INSERT OR UPDATE OR DELETE ON accounts_user
FOR EACH ROW EXECUTE FUNCTION public.office_keep_due_instant('digest', 'digest_next_at');
"""


class Migration(migrations.Migration):
    """Add the wishes, and plan the digests by them."""

    dependencies = [
        ("accounts", "0003_built_in_roles"),
        ("tenants", "0002_directory_functions"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="digest_at",
            field=models.TimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="user",
            name="digest_next_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="user",
            name="digested_until",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="user",
            name="fallback_channels",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("email", "Email"),
                        ("sms", "Sms"),
                        ("telegram", "Telegram"),
                        ("slack", "Slack"),
                    ],
                    max_length=10,
                ),
                blank=True,
                null=True,
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="quiet_from",
            field=models.TimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="user",
            name="quiet_until",
            field=models.TimeField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("quiet_from__isnull", True), ("quiet_until__isnull", True)),
                    models.Q(
                        ("quiet_from__isnull", False),
                        ("quiet_until__isnull", False),
                        models.Q(("quiet_from", models.F("quiet_until")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="user_quiet_hours_have_two_ends",
            ),
        ),
        migrations.RunSQL(
            PLAN_DIGEST,
            "DROP TRIGGER plan_digest ON accounts_user; DROP FUNCTION accounts_plan_digest()",
        ),
        migrations.RunSQL(KEEP_DUE_INSTANT, "DROP TRIGGER keep_due_instant ON accounts_user"),
    ]

"""Seals of the audit trail, which never change either."""

from django.db import migrations, models

NEVER_CHANGED = """
CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON accounts_auditseal
FOR EACH ROW EXECUTE FUNCTION public.office_refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON accounts_auditseal
FOR EACH STATEMENT EXECUTE FUNCTION public.office_refuse_change();
"""
FORGET = """
DROP TRIGGER never_changed ON accounts_auditseal;
DROP TRIGGER never_emptied ON accounts_auditseal
"""


class Migration(migrations.Migration):
    """Make the table and attach the functions of the tenants app."""

    dependencies = [
        ("accounts", "0010_kept_answers"),
        ("tenants", "0014_seal_notes"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                ("number", models.PositiveIntegerField(primary_key=True, serialize=False)),
                ("sealed_at", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("count", models.PositiveIntegerField()),
                ("first_id", models.UUIDField()),
                ("last_id", models.UUIDField()),
                ("digests", models.BinaryField()),
                ("previous", models.CharField(max_length=64)),
                ("seal", models.CharField(max_length=64)),
            ],
            options={
                "ordering": ["number"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("count__gt", 0)), name="audit_seal_holds_entries"
                    )
                ],
            },
        ),
        migrations.RunSQL(NEVER_CHANGED, FORGET),
    ]

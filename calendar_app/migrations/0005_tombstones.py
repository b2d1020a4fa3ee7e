"""What is left of deleted events for a while; a trigger says when to forget it."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

KEEP_DUE_INSTANT = """
CREATE TRIGGER keep_due_instant AFTER INSERT OR UPDATE OR DELETE ON calendar_app_tombstone
FOR EACH ROW EXECUTE FUNCTION public.office_keep_due_instant('tombstone', 'forget_at');
"""


class Migration(migrations.Migration):
    dependencies = [
        ("calendar_app", "0004_answers_by_mail"),
    ]

    operations = [
        migrations.CreateModel(
            name="Tombstone",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("ical_uid", models.CharField(max_length=500)),
                ("source", models.CharField(blank=True, max_length=20)),
                ("external_id", models.CharField(blank=True, max_length=1024)),
                ("sequence", models.PositiveIntegerField(default=0)),
                ("start", models.DateTimeField()),
                ("end", models.DateTimeField()),
                ("timezone", models.CharField(max_length=64)),
                ("start_date", models.DateField(blank=True, null=True)),
                ("end_date", models.DateField(blank=True, null=True)),
                (
                    "people",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), blank=True, default=list, size=None
                    ),
                ),
                ("deleted_at", models.DateTimeField()),
                ("forget_at", models.DateTimeField()),
                (
                    "calendar",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tombstones",
                        to="calendar_app.calendar",
                    ),
                ),
            ],
            options={
                "ordering": ["deleted_at", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("calendar", "ical_uid"), name="tombstone_once")
                ],
            },
        ),
        migrations.RunSQL(
            KEEP_DUE_INSTANT, "DROP TRIGGER keep_due_instant ON calendar_app_tombstone"
        ),
    ]

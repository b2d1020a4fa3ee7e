"""When an office's rounds run."""

import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messaging", "0009_calendar_objects")]

    operations = [
        migrations.CreateModel(
            name="Schedule",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("kind", models.CharField(choices=[("digest", "Daily digest")], max_length=16)),
                ("crontab", models.CharField(max_length=100)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("kind",), name="schedule_of_kind"),
                    models.CheckConstraint(
                        condition=models.Q(("crontab", ""), _negated=True),
                        name="schedule_says_when",
                    ),
                ],
            },
        ),
    ]

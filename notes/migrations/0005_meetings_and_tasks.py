"""When a meeting was, and the tasks of a note."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the columns."""

    dependencies = [("notes", "0004_words")]

    operations = [
        migrations.AddField("note", "held_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "note",
            "task_ids",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.UUIDField(), blank=True, db_default=[], default=list, size=None
            ),
        ),
    ]

"""The events of a note."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the column."""

    dependencies = [("notes", "0007_long_summaries")]

    operations = [
        migrations.AddField(
            "note",
            "event_ids",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.UUIDField(), blank=True, db_default=[], default=list, size=None
            ),
        ),
    ]

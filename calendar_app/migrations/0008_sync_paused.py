"""A sync may be stopped and started again; the column stays as it is."""

from django.db import migrations, models

STATES = [
    ("draft", "waits until somebody has looked at what it would do"),
    ("active", "running"),
    ("held", "stopped, because it would delete too much"),
    ("paused", "stopped until somebody starts it again"),
]


class Migration(migrations.Migration):
    dependencies = [("calendar_app", "0007_two_way_sync")]

    operations = [
        migrations.AlterField(
            model_name="calendarsync",
            name="state",
            field=models.CharField(choices=STATES, default="draft", max_length=6),
        ),
    ]

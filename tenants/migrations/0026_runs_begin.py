"""A run of a periodic job is written down when it begins: one without an end was killed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add when it began."""

    dependencies = [("tenants", "0025_moving")]
    operations = [
        migrations.AddField("jobrun", "started_at", models.DateTimeField(blank=True, null=True)),
        migrations.AlterField(
            "jobrun",
            "outcome",
            models.CharField(
                choices=[("queued", "Not ended"), ("done", "Done"), ("failed", "Failed")],
                max_length=10,
            ),
        ),
    ]

"""A host name leads to its organisation once it is proved."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add what is known about the proof; what old code adds meanwhile is not proved."""

    dependencies = [("tenants", "0022_job_runs")]
    operations = [
        migrations.AlterModelOptions(
            "domain", options={"ordering": ["domain"], "verbose_name": "host name"}
        ),
        migrations.AddField(
            "domain",
            "token",
            models.CharField(blank=True, db_default="", default="", editable=False, max_length=64),
        ),
        migrations.AddField(
            "domain",
            "verified_at",
            models.DateTimeField(blank=True, null=True, verbose_name="proved"),
        ),
        migrations.AddField(
            "domain",
            "checked_at",
            models.DateTimeField(blank=True, null=True, verbose_name="looked at"),
        ),
        migrations.AddField(
            "domain",
            "problem",
            models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
    ]

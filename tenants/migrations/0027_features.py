"""What operators switch off: for everybody of a tier, or for one organisation."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add a column for each feature; all are on."""

    dependencies = [("tenants", "0026_runs_begin")]
    operations = [
        migrations.AddField(
            "plan",
            "mcp",
            models.BooleanField(
                db_default=True, default=True, verbose_name="Tools for programs (MCP)"
            ),
        ),
        migrations.AddField(
            "plan",
            "webhooks",
            models.BooleanField(db_default=True, default=True, verbose_name="Webhooks"),
        ),
        migrations.AddField(
            "plan",
            "inbound_mail",
            models.BooleanField(
                db_default=True, default=True, verbose_name="Letters to the office"
            ),
        ),
        migrations.AddField(
            "plan",
            "language_model",
            models.BooleanField(db_default=True, default=True, verbose_name="Language models"),
        ),
        migrations.AddField(
            "plan",
            "live_updates",
            models.BooleanField(
                db_default=True, default=True, verbose_name="Live updates of pages"
            ),
        ),
        migrations.AddField(
            "ownlimits",
            "mcp",
            models.BooleanField(blank=True, null=True, verbose_name="Tools for programs (MCP)"),
        ),
        migrations.AddField(
            "ownlimits",
            "webhooks",
            models.BooleanField(blank=True, null=True, verbose_name="Webhooks"),
        ),
        migrations.AddField(
            "ownlimits",
            "inbound_mail",
            models.BooleanField(blank=True, null=True, verbose_name="Letters to the office"),
        ),
        migrations.AddField(
            "ownlimits",
            "language_model",
            models.BooleanField(blank=True, null=True, verbose_name="Language models"),
        ),
        migrations.AddField(
            "ownlimits",
            "live_updates",
            models.BooleanField(blank=True, null=True, verbose_name="Live updates of pages"),
        ),
    ]

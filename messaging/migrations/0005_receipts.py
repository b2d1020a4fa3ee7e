"""Reports of vendors on messages, and codes that are sent to telephones."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the columns."""

    dependencies = [
        ("messaging", "0004_contacts"),
    ]

    operations = [
        migrations.AddField(
            model_name="linkcode",
            name="address",
            field=models.CharField(blank=True, db_default="", default="", max_length=254),
        ),
        migrations.AddField(
            model_name="linkcode",
            name="attempts",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="outgoingmessage",
            name="provider_status",
            field=models.CharField(blank=True, db_default="", default="", max_length=16),
        ),
    ]

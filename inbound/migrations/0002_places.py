"""Where in a chat something was written or touched."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the columns."""

    dependencies = [("inbound", "0001_initial")]
    operations = [
        migrations.AddField(
            model_name="delivery",
            name="place",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AddField(
            model_name="delivery",
            name="is_edit",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]

"""Messages that take the place of earlier ones in a chat."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the column."""

    dependencies = [("messaging", "0007_offered_codes")]
    operations = [
        migrations.AddField(
            model_name="outgoingmessage",
            name="replaces",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
    ]

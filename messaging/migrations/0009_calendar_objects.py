"""Letters that carry a calendar object."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messaging", "0008_replacing")]

    operations = [
        migrations.AddField(
            model_name="outgoingmessage",
            name="calendar",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
    ]

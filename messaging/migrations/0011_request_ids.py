"""Messages that say which request or job owes them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messaging", "0010_schedules")]

    operations = [
        migrations.AddField(
            model_name="outgoingmessage",
            name="request_id",
            field=models.CharField(blank=True, db_default="", default="", max_length=128),
        ),
    ]

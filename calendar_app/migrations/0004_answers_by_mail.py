"""When somebody answered: a letter that comes late does not change the answer back."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("calendar_app", "0003_feeds")]

    operations = [
        migrations.AddField(
            model_name="attendee",
            name="answered_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
    ]

"""How many entries an office had when all were sealed: with no more, it is not looked at."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the column."""

    dependencies = [("tenants", "0017_ways_of_sending")]
    operations = [
        migrations.AddField("sealnote", "inserted", models.BigIntegerField(null=True)),
    ]

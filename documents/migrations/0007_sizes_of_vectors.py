"""How many numbers a vector has, beside the name of its model."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the column."""

    dependencies = [("documents", "0006_policies")]

    operations = [
        migrations.AddField(
            model_name="chunk",
            name="size",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
    ]

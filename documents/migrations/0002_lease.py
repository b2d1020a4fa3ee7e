"""Until when a worker has its turn at a revision."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the column."""

    dependencies = [("documents", "0001_documents")]

    operations = [
        migrations.AddField(
            model_name="revision",
            name="leased_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]

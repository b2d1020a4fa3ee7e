"""Which seal was last written down outside the database."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the column."""

    dependencies = [("tenants", "0027_features")]
    operations = [
        migrations.AddField("sealnote", "anchored", models.PositiveIntegerField(null=True)),
    ]

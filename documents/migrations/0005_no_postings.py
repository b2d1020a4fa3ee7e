"""The table with a row for each term of each chunk is no longer read."""

from django.db import migrations


class Migration(migrations.Migration):
    """Drop it."""

    dependencies = [("documents", "0004_fill_terms")]

    operations = [migrations.DeleteModel(name="Posting")]

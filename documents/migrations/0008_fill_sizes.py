"""The sizes of the vectors that are there: two bytes for each number."""

from django.db import migrations

FILL = "UPDATE documents_chunk SET size = octet_length(vector) / 2 WHERE vector IS NOT NULL"


class Migration(migrations.Migration):
    """Fill the column; on the way back there is nothing to do."""

    dependencies = [("documents", "0007_sizes_of_vectors")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]

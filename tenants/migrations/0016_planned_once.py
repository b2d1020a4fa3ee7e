"""The mirror of due instants works on one path, whose tenant's row it is told of.

Under the path of whoever fires it, PostgreSQL plans its statements anew for each office.
"""

from django.db import migrations


class Migration(migrations.Migration):
    """It names its tables with their schema already."""

    dependencies = [("tenants", "0015_owing_webhooks")]
    operations = [
        migrations.RunSQL(
            "ALTER FUNCTION public.office_keep_due_instant() SET search_path = pg_catalog, public",
            "ALTER FUNCTION public.office_keep_due_instant() RESET search_path",
        ),
    ]

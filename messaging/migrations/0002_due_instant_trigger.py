"""The sweep finds a message through its `wake_at`."""

from django.db import migrations

KEEP_DUE_INSTANT = """
CREATE TRIGGER keep_due_instant AFTER INSERT OR UPDATE OR DELETE ON messaging_outgoingmessage
FOR EACH ROW EXECUTE FUNCTION public.office_keep_due_instant('message', 'wake_at');
"""


class Migration(migrations.Migration):
    """Attach the function of the tenants app."""

    dependencies = [("messaging", "0001_initial"), ("tenants", "0002_directory_functions")]
    operations = [
        migrations.RunSQL(
            KEEP_DUE_INSTANT, "DROP TRIGGER keep_due_instant ON messaging_outgoingmessage"
        ),
    ]

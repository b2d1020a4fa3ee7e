"""What webhooks want is mirrored to the shared table that triggers ask."""

from django.db import migrations

KEEP = """
CREATE TRIGGER keep_wanted_events AFTER INSERT OR DELETE OR UPDATE OF events, is_active
ON webhooks_webhook FOR EACH ROW EXECUTE FUNCTION public.office_keep_wanted_events();
"""
# Those that were changed between the two migrations: an update that changes nothing tells it.
TELL = "UPDATE webhooks_webhook SET is_active = is_active;"


class Migration(migrations.Migration):
    """Attach the function of the tenants app."""

    dependencies = [
        ("webhooks", "0002_audit_entries"),
        ("tenants", "0020_wanted_events"),
    ]
    operations = [
        migrations.RunSQL(KEEP, "DROP TRIGGER keep_wanted_events ON webhooks_webhook"),
        migrations.RunSQL(TELL, migrations.RunSQL.noop),
    ]

"""What offices could say of mailboxes and SMS was read by nobody; from now on it holds.

So each office keeps what it has had until now: a connected mailbox sends, and SMS go out.
"""

from django.db import migrations

KEEP = """
UPDATE tenants_tenant
SET settings = settings || '{"email_provider": "microsoft", "sms_enabled": true}'::jsonb
"""


class Migration(migrations.Migration):
    """On the directory of offices; the way back changes nothing that old code reads."""

    dependencies = [("tenants", "0016_planned_once")]
    operations = [migrations.RunSQL(KEEP, migrations.RunSQL.noop)]

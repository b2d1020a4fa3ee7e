"""Programs can be told of each new entry of the audit trail."""

import django.contrib.postgres.fields
from django.db import migrations, models

OWE = """
CREATE TRIGGER owe_webhooks AFTER INSERT ON accounts_auditentry
FOR EACH ROW EXECUTE FUNCTION public.office_owe_audit_webhooks();
"""
EVENTS = [
    ("task.created", "Task Created"),
    ("task.updated", "Task Updated"),
    ("task.completed", "Task Completed"),
    ("task.deleted", "Task Deleted"),
    ("event.created", "Event Created"),
    ("event.updated", "Event Updated"),
    ("event.deleted", "Event Deleted"),
    ("note.created", "Note Created"),
    ("note.updated", "Note Updated"),
    ("note.deleted", "Note Deleted"),
    ("message.created", "Message Created"),
    ("message.sent", "Message Sent"),
    ("message.failed", "Message Failed"),
    ("audit.entry", "Audit Entry"),
]


class Migration(migrations.Migration):
    """Attach the function of the tenants app."""

    dependencies = [
        ("webhooks", "0001_initial"),
        ("tenants", "0019_owing_audit_webhooks"),
        ("accounts", "0011_audit_seals"),
    ]
    operations = [
        migrations.AlterField(
            "webhook",
            "events",
            django.contrib.postgres.fields.ArrayField(
                models.CharField(choices=EVENTS, max_length=20), size=None
            ),
        ),
        migrations.RunSQL(OWE, "DROP TRIGGER owe_webhooks ON accounts_auditentry"),
    ]

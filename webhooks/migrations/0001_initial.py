"""Webhooks, what they are told, and the triggers that owe it."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import common.crypto

KEEP_DUE_INSTANT = """
CREATE TRIGGER keep_due_instant AFTER INSERT OR UPDATE OR DELETE ON webhooks_webhookdelivery
FOR EACH ROW EXECUTE FUNCTION public.office_keep_due_instant('webhook', 'wake_at');
"""
# The table, what a change of it is called, the columns that are told, and those that count.
WATCHED = {
    "tasks_task": (
        "task",
        "title,status,priority,assignee_id,creator_id,team_id,due_date",
        "title,description,status,priority,assignee_id,team_id,due_date,recurrence,labels,parent_id",
    ),
    "calendar_app_event": (
        "event",
        "status,start,end,all_day,calendar_id,organizer_id,series_id",
        "title,description,location,start,end,all_day,recurrence,status,calendar_id,conference_url",
    ),
    "notes_note": (
        "note",
        "kind,visibility,author_id",
        "title,body,kind,visibility,tags,summary",
    ),
    "messaging_outgoingmessage": ("message", "channel,status,kind,recipient_id", "status"),
}
OWE = """
CREATE TRIGGER owe_webhooks AFTER INSERT OR UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION public.office_owe_webhooks('{kind}', '{told}', '{counts}');
"""


def owing(table: str) -> migrations.RunSQL:
    """Return the step that attaches the trigger to a table."""
    kind, told, counts = WATCHED[table]
    return migrations.RunSQL(
        OWE.format(table=table, kind=kind, told=told, counts=counts),
        f"DROP TRIGGER owe_webhooks ON {table}",
    )


class Migration(migrations.Migration):
    """Make the tables and attach the functions of the tenants app."""


    initial = True

    dependencies = [
        ("tenants", "0015_owing_webhooks"),
        ("tasks", "0002_reminder_triggers"),
        ("calendar_app", "0006_subscriptions"),
        ("notes", "0007_long_summaries"),
        ("messaging", "0009_calendar_objects"),
    ]

    operations = [
        migrations.CreateModel(
            name='Webhook',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('url', models.CharField(max_length=500)),
                ('description', models.CharField(blank=True, max_length=200)),
                ('events', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('task.created', 'Task Created'), ('task.updated', 'Task Updated'), ('task.completed', 'Task Completed'), ('task.deleted', 'Task Deleted'), ('event.created', 'Event Created'), ('event.updated', 'Event Updated'), ('event.deleted', 'Event Deleted'), ('note.created', 'Note Created'), ('note.updated', 'Note Updated'), ('note.deleted', 'Note Deleted'), ('message.created', 'Message Created'), ('message.sent', 'Message Sent'), ('message.failed', 'Message Failed')], max_length=20), size=None)),
                ('secret', common.crypto.EncryptedField()),
                ('old_secret', common.crypto.EncryptedField(blank=True)),
                ('old_secret_until', models.DateTimeField(blank=True, null=True)),
                ('is_active', models.BooleanField(default=True)),
                ('failing_since', models.DateTimeField(blank=True, null=True)),
                ('disabled_why', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'ordering': ['created_at', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('url', ''), _negated=True), name='webhook_has_url')],
            },
        ),
        migrations.CreateModel(
            name='WebhookDelivery',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('event', models.CharField(max_length=20)),
                ('data', models.JSONField()),
                ('occurred_at', models.DateTimeField()),
                ('status', models.CharField(choices=[('pending', 'Pending'), ('sending', 'Sending'), ('delivered', 'Delivered'), ('failed', 'Failed')], default='pending', max_length=9)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('wake_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('answer', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('webhook', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='webhooks.webhook')),
            ],
            options={
                'ordering': ['-occurred_at', 'id'],
                'indexes': [models.Index(fields=['webhook', '-occurred_at', 'id'], name='webhook_delivery_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('status__in', ('pending', 'sending')), ('wake_at__isnull', False)), models.Q(models.Q(('status__in', ('pending', 'sending')), _negated=True), ('wake_at__isnull', True)), _connector='OR'), name='webhook_delivery_waits_until')],
            },
        ),
        migrations.RunSQL(
            KEEP_DUE_INSTANT, "DROP TRIGGER keep_due_instant ON webhooks_webhookdelivery"
        ),
        *map(owing, WATCHED),
    ]

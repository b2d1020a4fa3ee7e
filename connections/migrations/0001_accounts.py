"""Accounts at vendors, and what is under way to them."""

import common.crypto
import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

KEEP_ACCOUNT_ENTRY = """
CREATE TRIGGER keep_account_entry AFTER INSERT OR UPDATE OR DELETE ON connections_connection
FOR EACH ROW EXECUTE FUNCTION public.office_keep_account_entry();
"""


class Migration(migrations.Migration):
    """Make the tables, and tell the directory of workspaces."""

    initial = True

    dependencies = [
        ("tenants", "0011_account_entries"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='OAuthState',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('provider', models.CharField(choices=[('microsoft', 'Microsoft 365'), ('google', 'Google'), ('slack', 'Slack')], max_length=10)),
                ('for_office', models.BooleanField(default=False)),
                ('flow', common.crypto.EncryptedField()),
                ('reply', common.crypto.EncryptedField(blank=True, default='')),
                ('created_at', models.DateTimeField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Connection',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('provider', models.CharField(choices=[('microsoft', 'Microsoft 365'), ('google', 'Google'), ('slack', 'Slack')], max_length=10)),
                ('mode', models.CharField(choices=[('delegated', 'Delegated'), ('application', 'Application')], default='delegated', max_length=12)),
                ('account_key', models.CharField(max_length=200)),
                ('address', models.CharField(blank=True, max_length=254)),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), blank=True, default=list, size=None)),
                ('details', models.JSONField(blank=True, default=dict)),
                ('secrets', common.crypto.EncryptedField(blank=True, default='')),
                ('refreshing_until', models.DateTimeField(blank=True, null=True)),
                ('state', models.CharField(choices=[('pending', 'being set up'), ('active', 'connected'), ('degraded', 'connected, with trouble'), ('reauth_required', 'has to be connected again'), ('revoked', 'ended by the vendor'), ('disabled', 'switched off')], default='pending', max_length=16)),
                ('last_error', models.CharField(blank=True, max_length=500)),
                ('last_ok_at', models.DateTimeField(blank=True, null=True)),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='connections', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['provider', 'created_at'],
                'constraints': [models.UniqueConstraint(fields=('provider', 'account_key', 'person'), name='connection_once_per_account', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('state__in', ['active', 'degraded', 'pending', 'reauth_required']), ('secrets', ''), _connector='OR'), name='connection_that_ended_keeps_no_secret')],
            },
        ),
        migrations.RunSQL(
            KEEP_ACCOUNT_ENTRY, "DROP TRIGGER keep_account_entry ON connections_connection"
        ),
    ]

"""What people wrote to the office from outside, and how the sweep finds it."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

KEEP_DUE_INSTANT = """
CREATE TRIGGER keep_due_instant AFTER INSERT OR UPDATE OR DELETE ON inbound_delivery
FOR EACH ROW EXECUTE FUNCTION public.office_keep_due_instant('inbound', 'wake_at');
"""


class Migration(migrations.Migration):
    """Make the table, and attach the function of the tenants app."""

    initial = True

    dependencies = [
        ("tenants", "0002_directory_functions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('channel', models.CharField(choices=[('email', 'Email'), ('sms', 'Sms'), ('telegram', 'Telegram'), ('slack', 'Slack')], max_length=10)),
                ('external_id', models.CharField(max_length=100)),
                ('address', models.CharField(max_length=254)),
                ('text', models.TextField()),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('wake_at', models.DateTimeField(blank=True, null=True)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-created_at'],
                'constraints': [models.UniqueConstraint(fields=('channel', 'external_id'), name='delivery_once'), models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', True), ('wake_at__isnull', False)), models.Q(('answered_at__isnull', False), ('wake_at__isnull', True)), _connector='OR'), name='delivery_waits_or_is_answered')],
            },
        ),
        migrations.RunSQL(KEEP_DUE_INSTANT, "DROP TRIGGER keep_due_instant ON inbound_delivery"),
    ]

"""Addresses that calendars follow; a trigger says when each is fetched next."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import common.crypto

KEEP_DUE_INSTANT = """
CREATE TRIGGER keep_due_instant AFTER INSERT OR UPDATE OR DELETE ON calendar_app_subscription
FOR EACH ROW EXECUTE FUNCTION public.office_keep_due_instant('subscription', 'next_at');
"""


class Migration(migrations.Migration):
    dependencies = [
        ("calendar_app", "0005_tombstones"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Subscription",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("url", common.crypto.EncryptedField()),
                ("host", models.CharField(max_length=255)),
                ("etag", models.CharField(blank=True, editable=False, max_length=500)),
                ("last_modified", models.CharField(blank=True, editable=False, max_length=100)),
                ("next_at", models.DateTimeField()),
                ("fetched_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("trouble", models.CharField(blank=True, editable=False, max_length=500)),
                ("held_deletions", models.PositiveIntegerField(default=0, editable=False)),
                ("may_delete", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "calendar",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="subscription",
                        to="calendar_app.calendar",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="subscriptions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["created_at", "id"],
            },
        ),
        migrations.RunSQL(
            KEEP_DUE_INSTANT, "DROP TRIGGER keep_due_instant ON calendar_app_subscription"
        ),
    ]

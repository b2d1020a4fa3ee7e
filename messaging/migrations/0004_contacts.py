"""Chats and telephones that people have shown to be theirs."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

KEEP_CHAT_ENTRY = """
CREATE TRIGGER keep_chat_entry AFTER INSERT OR UPDATE OR DELETE ON messaging_contact
FOR EACH ROW EXECUTE FUNCTION public.office_keep_chat_entry();
"""


class Migration(migrations.Migration):
    """Make the tables, and tell the directory of chats."""

    dependencies = [
        ("messaging", "0003_engine"),
        ("tenants", "0009_chat_entries"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="outgoingmessage",
            name="buttons",
            field=models.JSONField(
                blank=True, db_default=models.Value([], models.JSONField()), default=list
            ),
        ),
        migrations.CreateModel(
            name="LinkCode",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("email", "Email"),
                            ("sms", "Sms"),
                            ("telegram", "Telegram"),
                            ("slack", "Slack"),
                        ],
                        max_length=10,
                    ),
                ),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("expires_at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("email", "Email"),
                            ("sms", "Sms"),
                            ("telegram", "Telegram"),
                            ("slack", "Slack"),
                        ],
                        max_length=10,
                    ),
                ),
                ("address", models.CharField(max_length=254)),
                ("chosen_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("closed_why", models.CharField(blank=True, max_length=200)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contacts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["channel", "created_at"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "channel"), name="contact_once_per_channel"
                    ),
                    models.UniqueConstraint(
                        fields=("channel", "address"), name="contact_of_one_person"
                    ),
                ],
            },
        ),
        migrations.RunSQL(KEEP_CHAT_ENTRY, "DROP TRIGGER keep_chat_entry ON messaging_contact"),
    ]

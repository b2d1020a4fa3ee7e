"""Second factors and passkeys."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import common.crypto


class Migration(migrations.Migration):
    """Make the table and the column."""

    dependencies = [
        ("accounts", "0007_keys_and_sessions"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="mfa_enabled",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.CreateModel(
            name="Authenticator",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("totp", "Totp"),
                            ("recovery", "Recovery"),
                            ("passkey", "Passkey"),
                        ],
                        max_length=10,
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=80)),
                ("secret", common.crypto.EncryptedField()),
                ("credential", models.CharField(blank=True, max_length=1400)),
                ("counter", models.BigIntegerField(default=0)),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="authenticators",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["created_at", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "passkey"), _negated=True),
                        fields=("user", "kind"),
                        name="authenticator_once_but_for_passkeys",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("credential", ""), _negated=True),
                        fields=("credential",),
                        name="passkey_once",
                    ),
                ],
            },
        ),
    ]

"""Keys for programs; sessions that say what they are and can be ended; devices."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Make the tables and the columns."""

    dependencies = [
        ("accounts", "0006_invitations"),
    ]

    operations = [
        migrations.AddField(
            model_name="refreshfamily",
            name="address",
            field=models.GenericIPAddressField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="refreshfamily",
            name="authenticated_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="refreshfamily",
            name="kind",
            field=models.CharField(
                choices=[("api", "Api"), ("page", "Page")],
                db_default="api",
                default="api",
                max_length=4,
            ),
        ),
        migrations.AddField(
            model_name="refreshfamily",
            name="method",
            field=models.CharField(db_default="password", default="password", max_length=12),
        ),
        migrations.AddField(
            model_name="refreshfamily",
            name="seen_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="refreshfamily",
            name="session_key",
            field=models.CharField(blank=True, db_default="", default="", max_length=40),
        ),
        migrations.AddField(
            model_name="refreshfamily",
            name="user_agent",
            field=models.CharField(blank=True, db_default="", default="", max_length=255),
        ),
        migrations.AddField(
            model_name="user",
            name="is_service",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("name", models.CharField(max_length=80)),
                ("prefix", models.CharField(max_length=16)),
                ("digest", models.CharField(max_length=64)),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("user:create", "User Create"),
                                ("user:read", "User Read"),
                                ("user:update", "User Update"),
                                ("user:delete", "User Delete"),
                                ("task:create", "Task Create"),
                                ("task:read", "Task Read"),
                                ("task:update", "Task Update"),
                                ("task:delete", "Task Delete"),
                                ("task:assign", "Task Assign"),
                                ("event:create", "Event Create"),
                                ("event:read", "Event Read"),
                                ("event:update", "Event Update"),
                                ("event:delete", "Event Delete"),
                                ("note:create", "Note Create"),
                                ("note:read", "Note Read"),
                                ("note:update", "Note Update"),
                                ("note:delete", "Note Delete"),
                                ("note:summarize", "Note Summarize"),
                                ("admin:audit", "Admin Audit"),
                                ("admin:settings", "Admin Settings"),
                            ],
                            max_length=20,
                        ),
                        default=list,
                        size=None,
                    ),
                ),
                ("expires_at", models.DateTimeField()),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="api_keys",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "API key",
                "ordering": ["-created_at", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="api_key_has_name"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Device",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("digest", models.CharField(max_length=64)),
                ("label", models.CharField(blank=True, max_length=255)),
                ("address", models.GenericIPAddressField(blank=True, null=True)),
                ("seen_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-seen_at", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("user", "digest"), name="device_once")
                ],
            },
        ),
    ]

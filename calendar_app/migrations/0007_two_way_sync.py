"""Calendars that are kept equal with one at a vendor; triggers say when each is looked at next."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

KEEP_DUE_INSTANTS = """
CREATE TRIGGER keep_due_instant AFTER INSERT OR UPDATE OR DELETE ON calendar_app_calendarsync
FOR EACH ROW EXECUTE FUNCTION public.office_keep_due_instant('calendar_sync', 'next_at');
CREATE TRIGGER keep_due_instant AFTER INSERT OR UPDATE OR DELETE ON calendar_app_syncchannel
FOR EACH ROW EXECUTE FUNCTION public.office_keep_due_instant('sync_channel', 'renew_at');
"""
NO_DUE_INSTANTS = """
DROP TRIGGER keep_due_instant ON calendar_app_calendarsync;
DROP TRIGGER keep_due_instant ON calendar_app_syncchannel;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("calendar_app", "0006_subscriptions"),
        ("connections", "0001_accounts"),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarSync",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("remote_id", models.CharField(blank=True, max_length=512)),
                ("remote_name", models.CharField(blank=True, max_length=200)),
                ("read_only", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "waits until somebody has looked at what it would do"),
                            ("active", "running"),
                            ("held", "stopped, because it would delete too much"),
                        ],
                        default="draft",
                        max_length=6,
                    ),
                ),
                ("cursor", models.TextField(blank=True, editable=False)),
                ("seen_from", models.DateTimeField(blank=True, editable=False, null=True)),
                ("seen_until", models.DateTimeField(blank=True, editable=False, null=True)),
                ("next_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("running_until", models.DateTimeField(blank=True, editable=False, null=True)),
                ("run", models.UUIDField(blank=True, editable=False, null=True)),
                ("synced_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("changed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("last_counts", models.JSONField(blank=True, default=dict, editable=False)),
                ("total_counts", models.JSONField(blank=True, default=dict, editable=False)),
                ("preview", models.JSONField(blank=True, editable=False, null=True)),
                ("trouble", models.CharField(blank=True, editable=False, max_length=500)),
                ("held_deletions", models.PositiveIntegerField(default=0, editable=False)),
                ("may_delete", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "calendar",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sync",
                        to="calendar_app.calendar",
                    ),
                ),
                (
                    "connection",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="calendar_syncs",
                        to="connections.connection",
                    ),
                ),
            ],
            options={
                "ordering": ["created_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="EventLink",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("external_id", models.CharField(max_length=1024)),
                ("ical_uid", models.CharField(blank=True, max_length=1024)),
                ("etag", models.CharField(blank=True, max_length=200)),
                ("base", models.JSONField(blank=True, default=dict)),
                ("is_pending", models.BooleanField(default=False)),
                ("read_only", models.BooleanField(default=False)),
                (
                    "parts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("trouble", models.CharField(blank=True, max_length=300)),
                ("refused_version", models.CharField(blank=True, max_length=64)),
                (
                    "event",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="link",
                        to="calendar_app.event",
                    ),
                ),
                (
                    "sync",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links",
                        to="calendar_app.calendarsync",
                    ),
                ),
            ],
            options={
                "ordering": ["created_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="SyncChannel",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("external_id", models.CharField(max_length=200)),
                ("resource_id", models.CharField(blank=True, max_length=200)),
                ("digest", models.CharField(editable=False, max_length=64)),
                ("ends_at", models.DateTimeField()),
                ("renew_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "sync",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="channels",
                        to="calendar_app.calendarsync",
                    ),
                ),
            ],
            options={
                "ordering": ["created_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="SyncConflict",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("title", models.CharField(max_length=300)),
                ("field", models.CharField(max_length=40)),
                ("lost", models.JSONField(blank=True, null=True)),
                (
                    "lost_side",
                    models.CharField(
                        choices=[("here", "the office's"), ("there", "the vendor's")], max_length=5
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="sync_conflicts",
                        to="calendar_app.event",
                    ),
                ),
                (
                    "sync",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="conflicts",
                        to="calendar_app.calendarsync",
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "id"],
            },
        ),
        migrations.AddConstraint(
            model_name="calendarsync",
            constraint=models.UniqueConstraint(
                fields=("connection", "remote_id"), name="sync_once_per_remote_calendar"
            ),
        ),
        migrations.AddConstraint(
            model_name="eventlink",
            constraint=models.UniqueConstraint(fields=("sync", "external_id"), name="link_once"),
        ),
        migrations.AddConstraint(
            model_name="syncchannel",
            constraint=models.UniqueConstraint(fields=("external_id",), name="channel_once"),
        ),
        migrations.AddIndex(
            model_name="syncconflict",
            index=models.Index(fields=["sync", "-created_at"], name="conflict_by_sync"),
        ),
        migrations.RunSQL(KEEP_DUE_INSTANTS, NO_DUE_INSTANTS),
    ]

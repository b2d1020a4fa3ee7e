"""Files beside tasks, and what is to be removed from the store when they are gone."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Longer than anything can be undone.
LEAVE_FILE = """
CREATE FUNCTION tasks_leave_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO tasks_leftoverfile (id, remove_at)
        VALUES (OLD.id, clock_timestamp() + interval '25 hours')
        ON CONFLICT (id) DO UPDATE SET remove_at = EXCLUDED.remove_at;
    ELSE
        DELETE FROM tasks_leftoverfile WHERE id = NEW.id;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER leave_file AFTER INSERT OR DELETE ON tasks_taskfile
FOR EACH ROW EXECUTE FUNCTION tasks_leave_file();
"""
KEEP_DUE_INSTANT = """
CREATE TRIGGER keep_due_instant AFTER INSERT OR UPDATE OR DELETE ON tasks_leftoverfile
FOR EACH ROW EXECUTE FUNCTION public.office_keep_due_instant('task_file_leftover', 'remove_at');
"""


class Migration(migrations.Migration):
    """Functions live in the tenant's own schema, beside the tables that they write."""

    dependencies = [
        ("tasks", "0007_mentions"),
        ("tenants", "0002_directory_functions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LeftoverFile",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("remove_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="TaskFile",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("filename", models.CharField(max_length=255)),
                ("media_type", models.CharField(max_length=100)),
                ("size", models.PositiveBigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                (
                    "author",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="tasks.task",
                    ),
                ),
            ],
            options={
                "ordering": ["created_at", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("filename", ""), _negated=True),
                        name="task_file_has_name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("size__gt", 0)), name="task_file_has_content"
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            LEAVE_FILE,
            "DROP TRIGGER leave_file ON tasks_taskfile; DROP FUNCTION tasks_leave_file()",
        ),
        migrations.RunSQL(KEEP_DUE_INSTANT, "DROP TRIGGER keep_due_instant ON tasks_leftoverfile"),
    ]

"""A reminder's next instant follows from its task, whatever path changed either."""

from django.db import migrations

PLAN_REMINDER = """
CREATE FUNCTION tasks_plan_reminder() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    task_due timestamptz;
    task_open boolean;
    planned timestamptz;
BEGIN
    SELECT due_date, status IN ('pending', 'in_progress') INTO task_due, task_open
    FROM tasks_task WHERE id = NEW.task_id;
    planned := coalesce(NEW.at, task_due - make_interval(mins => NEW.minutes_before));
    IF task_open AND (NEW.fired_for IS NULL OR planned > NEW.fired_for) THEN
        NEW.next_at := planned;
    ELSE
        NEW.next_at := NULL;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER plan_reminder BEFORE INSERT OR UPDATE ON tasks_reminder
FOR EACH ROW EXECUTE FUNCTION tasks_plan_reminder();
"""
REPLAN_REMINDERS = """
CREATE FUNCTION tasks_replan_reminders() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE tasks_reminder SET next_at = next_at WHERE task_id = NEW.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER replan_reminders AFTER UPDATE ON tasks_task FOR EACH ROW
WHEN (OLD.due_date IS DISTINCT FROM NEW.due_date OR OLD.status IS DISTINCT FROM NEW.status)
EXECUTE FUNCTION tasks_replan_reminders();
"""
KEEP_DUE_INSTANT = """
CREATE TRIGGER keep_due_instant AFTER INSERT OR UPDATE OR DELETE ON tasks_reminder
FOR EACH ROW EXECUTE FUNCTION public.office_keep_due_instant('task_reminder', 'next_at');
"""


class Migration(migrations.Migration):
    """Functions live in the tenant's own schema, beside the tables that they read."""

    dependencies = [("tasks", "0001_initial"), ("tenants", "0002_directory_functions")]
    operations = [
        migrations.RunSQL(
            PLAN_REMINDER,
            "DROP TRIGGER plan_reminder ON tasks_reminder; DROP FUNCTION tasks_plan_reminder()",
        ),
        migrations.RunSQL(
            REPLAN_REMINDERS,
            "DROP TRIGGER replan_reminders ON tasks_task; DROP FUNCTION tasks_replan_reminders()",
        ),
        migrations.RunSQL(KEEP_DUE_INSTANT, "DROP TRIGGER keep_due_instant ON tasks_reminder"),
    ]

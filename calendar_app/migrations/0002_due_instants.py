"""Reminders and bookings fall due; what changes an event has its reminders computed anew."""

from django.db import migrations

# What an instance is, our own code knows best: the sweep is to look at once.
REARM_NEW = """
CREATE FUNCTION calendar_app_rearm_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.next_at := to_timestamp(0);
    RETURN NEW;
END
$$;
CREATE TRIGGER rearm_new BEFORE INSERT OR UPDATE OF minutes_before ON calendar_app_eventreminder
FOR EACH ROW EXECUTE FUNCTION calendar_app_rearm_new();
"""
REARM = """
CREATE FUNCTION calendar_app_rearm_reminders() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moved uuid;
BEGIN
    IF TG_OP = 'DELETE' THEN
        moved := OLD.series_id;
    ELSE
        moved := coalesce(NEW.series_id, NEW.id);
    END IF;
    UPDATE calendar_app_eventreminder SET next_at = to_timestamp(0) WHERE event_id = moved;
    RETURN NULL;
END
$$;
CREATE TRIGGER rearm_reminders AFTER UPDATE ON calendar_app_event FOR EACH ROW
WHEN ((OLD.start, OLD.timezone, OLD.start_date, OLD.recurrence, OLD.exdates, OLD.rdates, OLD.status)
    IS DISTINCT FROM (NEW.start, NEW.timezone, NEW.start_date, NEW.recurrence, NEW.exdates,
    NEW.rdates, NEW.status))
EXECUTE FUNCTION calendar_app_rearm_reminders();
CREATE TRIGGER rearm_reminders_of_series AFTER INSERT ON calendar_app_event FOR EACH ROW
WHEN (NEW.series_id IS NOT NULL) EXECUTE FUNCTION calendar_app_rearm_reminders();
CREATE TRIGGER rearm_reminders_without AFTER DELETE ON calendar_app_event FOR EACH ROW
WHEN (OLD.series_id IS NOT NULL) EXECUTE FUNCTION calendar_app_rearm_reminders();
"""
KEEP_DUE_INSTANTS = """
CREATE TRIGGER keep_due_instant AFTER INSERT OR UPDATE OR DELETE ON calendar_app_eventreminder
FOR EACH ROW EXECUTE FUNCTION public.office_keep_due_instant('event_reminder', 'next_at');
CREATE TRIGGER keep_due_instant AFTER INSERT OR UPDATE OR DELETE ON calendar_app_attendee
FOR EACH ROW EXECUTE FUNCTION public.office_keep_due_instant('room_booking', 'book_more_at');
"""


class Migration(migrations.Migration):
    """Functions live in the tenant's own schema, beside the tables that they read."""

    dependencies = [("calendar_app", "0001_initial"), ("tenants", "0002_directory_functions")]
    operations = [
        migrations.RunSQL(
            REARM_NEW,
            "DROP TRIGGER rearm_new ON calendar_app_eventreminder;"
            " DROP FUNCTION calendar_app_rearm_new()",
        ),
        migrations.RunSQL(
            REARM,
            "DROP TRIGGER rearm_reminders ON calendar_app_event;"
            " DROP TRIGGER rearm_reminders_of_series ON calendar_app_event;"
            " DROP TRIGGER rearm_reminders_without ON calendar_app_event;"
            " DROP FUNCTION calendar_app_rearm_reminders()",
        ),
        migrations.RunSQL(
            KEEP_DUE_INSTANTS,
            "DROP TRIGGER keep_due_instant ON calendar_app_eventreminder;"
            " DROP TRIGGER keep_due_instant ON calendar_app_attendee",
        ),
    ]

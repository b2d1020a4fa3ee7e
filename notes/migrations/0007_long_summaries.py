"""Summaries of long notes, made in the background."""

from django.db import migrations, models

KEEP_DUE_INSTANT = """
CREATE TRIGGER keep_due_instant AFTER INSERT OR UPDATE OR DELETE ON notes_note
FOR EACH ROW EXECUTE FUNCTION public.office_keep_due_instant('note_summary', 'summary_wake_at');
"""
STATES = [("processing", "Processing"), ("ready", "Ready"), ("failed", "Failed")]


def number() -> models.PositiveSmallIntegerField:
    """Return a column that counts."""
    return models.PositiveSmallIntegerField(db_default=0, default=0)


def word(usual: str) -> models.CharField:
    """Return a column of one word."""
    return models.CharField(db_default=usual, default=usual, max_length=10)


class Migration(migrations.Migration):
    """Add the columns, and attach the function of the tenants app."""

    dependencies = [
        ("notes", "0006_one_index_of_words"),
        ("tenants", "0002_directory_functions"),
    ]

    operations = [
        migrations.AddField(
            "note",
            "key_points",
            models.JSONField(
                blank=True, db_default=models.Value([], models.JSONField()), default=list
            ),
        ),
        migrations.AddField("note", "summary_mode", word("local")),
        migrations.AddField(
            "note", "summary_degraded", models.BooleanField(db_default=False, default=False)
        ),
        migrations.AddField(
            "note",
            "summary_status",
            models.CharField(blank=True, choices=STATES, db_default="", default="", max_length=10),
        ),
        migrations.AddField("note", "summary_length", word("medium")),
        migrations.AddField("note", "summary_progress", number()),
        migrations.AddField("note", "summary_attempts", number()),
        migrations.AddField(
            "note",
            "summary_wake_at",
            models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.RunSQL(KEEP_DUE_INSTANT, "DROP TRIGGER keep_due_instant ON notes_note"),
    ]

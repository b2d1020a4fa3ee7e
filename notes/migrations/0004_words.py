"""The words of a note, all of them."""

from django.db import migrations

COLUMN = """
ALTER TABLE notes_note ADD COLUMN words tsvector
    GENERATED ALWAYS AS (public.office_words(title, body)) STORED
"""


class Migration(migrations.Migration):
    """Add the column and its index."""

    dependencies = [("notes", "0003_document_ids"), ("tenants", "0012_words")]

    operations = [
        migrations.RunSQL(COLUMN, "ALTER TABLE notes_note DROP COLUMN words"),
        migrations.RunSQL(
            "CREATE INDEX note_all_words ON notes_note USING gin (words)",
            "DROP INDEX note_all_words",
        ),
    ]

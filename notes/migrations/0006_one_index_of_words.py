"""The index of words of before, which covered the first 150,000 letters."""

from django.db import migrations


class Migration(migrations.Migration):
    """Drop it."""

    dependencies = [("notes", "0005_meetings_and_tasks")]

    operations = [migrations.RemoveIndex(model_name="note", name="note_words")]

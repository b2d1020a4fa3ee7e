"""A model is asked for summaries too."""

from django.db import migrations, models

PURPOSES = [("sentence", "Sentence"), ("answer", "Answer"), ("summary", "Summary")]


class Migration(migrations.Migration):
    """Only names the choice; the column stays as it is."""

    dependencies = [("assistant", "0004_kinds_of_things")]

    operations = [
        migrations.AlterField(
            model_name="modelcall",
            name="purpose",
            field=models.CharField(choices=PURPOSES, max_length=20),
        ),
    ]

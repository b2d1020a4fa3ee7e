"""A model is asked for vectors too."""

from django.db import migrations, models

PURPOSES = [
    *(("sentence", "Sentence"), ("answer", "Answer")),
    *(("summary", "Summary"), ("embedding", "Embedding")),
]


class Migration(migrations.Migration):
    """Only names the choice; the column stays as it is."""

    dependencies = [("assistant", "0005_summaries_of_models")]

    operations = [
        migrations.AlterField(
            model_name="modelcall",
            name="purpose",
            field=models.CharField(choices=PURPOSES, max_length=20),
        ),
    ]

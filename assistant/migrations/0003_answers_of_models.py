"""A model is asked for answers too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Only names the choice; the column stays as it is."""

    dependencies = [("assistant", "0002_llm_calls")]

    operations = [
        migrations.AlterField(
            model_name="modelcall",
            name="purpose",
            field=models.CharField(
                choices=[("sentence", "Sentence"), ("answer", "Answer")], max_length=20
            ),
        ),
    ]

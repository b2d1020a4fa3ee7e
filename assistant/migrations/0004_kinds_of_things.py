"""What the assistant writes is not always a task."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """What is there already is of tasks, and so is what older code writes."""

    dependencies = [("assistant", "0003_answers_of_models")]

    operations = [
        migrations.AddField(
            model_name="action",
            name="kind",
            field=models.CharField(default="task", db_default="task", max_length=20),
        ),
    ]

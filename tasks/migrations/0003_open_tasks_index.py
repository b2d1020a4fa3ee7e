"""Open tasks are counted by their own index, and found by when they are due."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Index what is open."""

    dependencies = [("tasks", "0002_reminder_triggers")]
    operations = [
        migrations.AddIndex(
            "task",
            models.Index(
                condition=models.Q(("status__in", ("pending", "in_progress"))),
                fields=["due_date"],
                name="task_open_by_due",
            ),
        )
    ]

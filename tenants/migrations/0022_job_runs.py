"""How the last runs of periodic jobs went, for operators to read."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the table."""

    dependencies = [("tenants", "0021_rights_by_dependency")]
    operations = [
        migrations.CreateModel(
            "JobRun",
            [
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("schedule", models.CharField(max_length=200)),
                ("job", models.CharField(max_length=200)),
                (
                    "outcome",
                    models.CharField(
                        choices=[("queued", "Queued"), ("done", "Done"), ("failed", "Failed")],
                        max_length=10,
                    ),
                ),
                ("asked_by", models.CharField(blank=True, default="", max_length=254)),
                ("queued_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("seconds", models.FloatField(blank=True, null=True)),
                ("error", models.CharField(blank=True, default="", max_length=100)),
            ],
            options={
                "ordering": ["-queued_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("outcome", "queued"), ("ended_at__isnull", False), _connector="XOR"
                        ),
                        name="job_run_ends_unless_queued",
                    )
                ],
            },
        )
    ]

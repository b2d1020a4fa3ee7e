"""How far each tenant's schema is, for operators to read."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the table."""

    dependencies = [("tenants", "0006_operations")]
    operations = [
        migrations.CreateModel(
            "SchemaState",
            [
                (
                    "tenant",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="schema_state",
                        serialize=False,
                        to="tenants.tenant",
                    ),
                ),
                ("state", models.CharField(max_length=64)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("current", "Current"),
                            ("running", "Running"),
                            ("failed", "Failed"),
                        ],
                        max_length=10,
                    ),
                ),
                ("error", models.CharField(blank=True, max_length=500)),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-started_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status", "running"), ("ended_at__isnull", False), _connector="XOR"
                        ),
                        name="schema_state_ends_unless_running",
                    )
                ],
            },
        )
    ]

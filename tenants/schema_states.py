"""How far each tenant's schema is, for operators to read."""

from django.db import models


class SchemaStatus(models.TextChoices):
    """What became of the last attempt."""

    CURRENT = "current"
    RUNNING = "running"
    FAILED = "failed"


class SchemaState(models.Model):
    """The last migration of a tenant's schema; what is applied stands in the schema itself."""

    tenant = models.OneToOneField(
        "tenants.Tenant", models.CASCADE, primary_key=True, related_name="schema_state"
    )
    state = models.CharField(max_length=64)
    status = models.CharField(max_length=10, choices=SchemaStatus)
    error = models.CharField(max_length=500, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status="running") ^ models.Q(ended_at__isnull=False),
                name="schema_state_ends_unless_running",
            )
        ]

    def __str__(self) -> str:
        return f"{self.tenant}: {self.get_status_display()}"

"""What each tier allows, and what was agreed with single organisations."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

GIB = 1024**3
PLANS = {
    "free": (10, 500, 50, GIB, 200, 120),
    "pro": (200, 20_000, 5_000, 100 * GIB, 20_000, 1_200),
    "enterprise": (None, None, None, None, None, 12_000),
}
# `plan` has no column of its own: this holds the tier's column to the rows that there are.
TIER_HAS_PLAN = """
ALTER TABLE public.tenants_tenant ADD CONSTRAINT tenant_tier_has_plan
FOREIGN KEY (subscription_tier) REFERENCES public.tenants_plan (tier)
"""


def limit_columns():
    """Return the columns that a plan and an organisation's own limits share."""
    integer = models.PositiveIntegerField
    at_least_one = [django.core.validators.MinValueValidator(1)]
    some = {"blank": True, "null": True}
    return [
        ("users", integer("active people", validators=at_least_one, **some)),
        ("tasks", integer("open tasks", **some)),
        ("documents", integer(**some)),
        ("storage_bytes", models.PositiveBigIntegerField("bytes of storage", **some)),
        ("ai_calls_per_month", integer("AI calls a month", **some)),
        ("requests_per_minute", integer("requests a minute", **some)),
    ]


def has_people(model):
    """Return the constraint that leaves everybody at least one person."""
    return models.CheckConstraint(
        condition=models.Q(("users", 0), _negated=True), name=f"{model}_has_people"
    )


def fill(apps, schema_editor):
    """Write down the three plans; the platform console changes them from here on."""
    plan = apps.get_model("tenants", "Plan")
    names = [name for name, _column in limit_columns()]
    plan.objects.using(schema_editor.connection.alias).bulk_create(
        plan(tier=tier, **dict(zip(names, values, strict=True))) for tier, values in PLANS.items()
    )


class Migration(migrations.Migration):
    """Make the plans, fill them in, and bind each organisation to its own."""

    dependencies = [("tenants", "0004_schema_functions")]
    operations = [
        migrations.CreateModel(
            "Plan",
            [
                *limit_columns(),
                (
                    "tier",
                    models.CharField(
                        choices=[("free", "Free"), ("pro", "Pro"), ("enterprise", "Enterprise")],
                        editable=False,
                        max_length=10,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
            ],
            options={
                "ordering": [models.OrderBy(models.F("users"), nulls_last=True)],
                "constraints": [has_people("plan")],
            },
        ),
        migrations.CreateModel(
            "OwnLimits",
            [
                *limit_columns(),
                (
                    "tenant",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="own_limits",
                        serialize=False,
                        to="tenants.tenant",
                    ),
                ),
            ],
            options={
                "verbose_name": "limits of its own",
                "verbose_name_plural": "limits of its own",
                "constraints": [has_people("ownlimits")],
            },
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddField(
            "tenant",
            "plan",
            models.ForeignObject(
                editable=False,
                from_fields=["subscription_tier"],
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenants.plan",
                to_fields=["tier"],
            ),
        ),
        migrations.RunSQL(
            TIER_HAS_PLAN, "ALTER TABLE public.tenants_tenant DROP CONSTRAINT tenant_tier_has_plan"
        ),
    ]

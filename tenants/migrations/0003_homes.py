"""Directories that can stand in another database than the row of the tenant."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Cast, Concat, Replace

# No look-up: the row of the tenant may be in another database.
BY_NAME = """
CREATE OR REPLACE FUNCTION public.office_tenant_of(schema name) RETURNS uuid
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT substring(schema::text FROM '^t_([0-9a-f]{32})$')::uuid
$$;
"""
BY_ROW = """
CREATE OR REPLACE FUNCTION public.office_tenant_of(schema name) RETURNS uuid
LANGUAGE sql STABLE AS $$
    SELECT id FROM public.tenants_tenant WHERE schema_name = schema::text
$$;
"""
NAME = Concat(
    models.Value("t_"),
    Replace(Cast("id", models.CharField()), models.Value("-"), models.Value("")),
)


def pointer(**options: object) -> models.ForeignKey:
    """Return the field that names the tenant."""
    return models.ForeignKey(related_name="+", to="tenants.tenant", **options)


class Migration(migrations.Migration):
    """Name schemas after their tenants' ids, and take the constraints off the directories."""

    dependencies = [("tenants", "0002_directory_functions")]
    operations = [
        migrations.AddConstraint(
            "tenant",
            models.CheckConstraint(
                condition=models.Q(schema_name=NAME), name="tenant_schema_is_named_after_its_id"
            ),
        ),
        migrations.RunSQL(BY_NAME, BY_ROW),
        *(
            migrations.AlterField(
                model,
                "tenant",
                pointer(on_delete=django.db.models.deletion.DO_NOTHING, db_constraint=False),
            )
            for model in ("loginentry", "dueinstant")
        ),
    ]

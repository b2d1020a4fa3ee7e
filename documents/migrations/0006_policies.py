"""When a document is looked at again, and who signs that they have read it."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

KEEP_DUE_INSTANT = """
CREATE TRIGGER keep_due_instant AFTER INSERT OR UPDATE OR DELETE ON documents_document
FOR EACH ROW EXECUTE FUNCTION public.office_keep_due_instant('document_review', 'review_due_at');
"""


def ids() -> django.contrib.postgres.fields.ArrayField:
    """Return a column of ids."""
    return django.contrib.postgres.fields.ArrayField(
        base_field=models.UUIDField(), blank=True, db_default=[], default=list, size=None
    )


class Migration(migrations.Migration):
    """Add the columns and the table, and attach the function of the tenants app."""

    dependencies = [
        ("documents", "0005_no_postings"),
        ("tenants", "0002_directory_functions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("document", "review_on", models.DateField(blank=True, null=True)),
        migrations.AddField(
            "document",
            "review_due_at",
            models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            "document", "sign_by_all", models.BooleanField(db_default=False, default=False)
        ),
        migrations.AddField("document", "sign_team_ids", ids()),
        migrations.AddField("document", "sign_person_ids", ids()),
        migrations.CreateModel(
            name="SignOff",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sign_offs",
                        to="documents.revision",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="signoff",
            constraint=models.UniqueConstraint(fields=("revision", "person"), name="sign_off_once"),
        ),
        migrations.RunSQL(KEEP_DUE_INSTANT, "DROP TRIGGER keep_due_instant ON documents_document"),
    ]

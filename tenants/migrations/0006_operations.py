"""Operations on whole organisations, and the way to forget one in the platform's own trail."""

import uuid

from django.db import migrations, models

# The trail's trigger refuses every change, so only the owner of the table can let something go:
# what the platform wrote about an organisation that is being erased, and nothing else.
FORGET_TENANT = """
CREATE FUNCTION public.office_forget_tenant(tenant uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    forgotten bigint;
BEGIN
    IF NOT EXISTS (
        SELECT FROM public.tenants_operation
        WHERE tenant_id = tenant AND kind = 'erase' AND status = 'running'
    ) OR EXISTS (SELECT FROM public.tenants_tenant WHERE id = tenant AND (is_active OR ready))
    THEN
        RAISE EXCEPTION 'this organisation is not being erased'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    ALTER TABLE public.accounts_auditentry DISABLE TRIGGER never_changed;
    DELETE FROM public.accounts_auditentry e USING public.django_content_type t
    WHERE e.content_type_id = t.id AND t.app_label = 'tenants' AND (
        e.object_pk = tenant::text
        OR e.changes::text LIKE '%' || tenant || '%'
        OR (t.model = 'domain' AND e.object_pk IN
            (SELECT id::text FROM public.tenants_domain WHERE tenant_id = tenant
            UNION SELECT d.object_pk FROM public.accounts_auditentry d
            WHERE d.content_type_id = t.id AND d.changes::text LIKE '%' || tenant || '%'))
        OR (t.model = 'operation' AND e.object_pk IN
            (SELECT id::text FROM public.tenants_operation WHERE tenant_id = tenant))
    );
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    ALTER TABLE public.accounts_auditentry ENABLE TRIGGER never_changed;
    RETURN forgotten;
END
$$;
"""

# Audit entries say by the id of a content type what they are about, so that these ids belong to an
# archive; the application may not change them where somebody is at work.
LOAD_CONTENT_TYPES = """
CREATE FUNCTION public.office_load_content_types(tenant uuid, content jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    place text := 't_' || replace(tenant::text, '-', '');
    in_use boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT FROM %I.accounts_user)', place) INTO in_use;
    IF in_use THEN
        RAISE EXCEPTION 'somebody is at work in this schema'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    EXECUTE format('DELETE FROM %I.django_content_type', place);
    EXECUTE format(
        'INSERT INTO %1$I.django_content_type OVERRIDING SYSTEM VALUE'
        ' SELECT * FROM jsonb_populate_recordset(NULL::%1$I.django_content_type, $1)', place
    ) USING content;
END
$$;
"""
OWNERS_ALONE = """
REVOKE EXECUTE ON FUNCTION public.office_forget_tenant(uuid),
    public.office_load_content_types(uuid, jsonb) FROM PUBLIC;
"""


class Migration(migrations.Migration):
    """Add the tables and the functions."""

    dependencies = [
        ("tenants", "0005_plans"),
    ]

    operations = [
        migrations.CreateModel(
            name="ErasureCertificate",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("tenant_hash", models.CharField(max_length=64, unique=True)),
                ("requested_by", models.CharField(max_length=254)),
                ("rows", models.BigIntegerField()),
                ("files", models.BigIntegerField()),
                ("bytes", models.BigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
            ],
            options={
                "ordering": ["-created_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Operation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("tenant_id", models.UUIDField(blank=True, null=True)),
                ("label", models.CharField(blank=True, max_length=120)),
                (
                    "kind",
                    models.CharField(
                        choices=[("export", "Export"), ("import", "Import"), ("erase", "Erase")],
                        max_length=10,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="queued",
                        max_length=10,
                    ),
                ),
                ("progress", models.PositiveSmallIntegerField(default=0)),
                ("step", models.CharField(blank=True, max_length=200)),
                ("error", models.CharField(blank=True, max_length=500)),
                ("details", models.JSONField(blank=True, default=dict)),
                ("bytes", models.BigIntegerField(blank=True, null=True)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("requested_by", models.CharField(max_length=254)),
                ("request_id", models.CharField(blank=True, max_length=128)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("lease", models.UUIDField(blank=True, editable=False, null=True)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-created_at", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ("queued", "running"))),
                        fields=("tenant_id",),
                        name="operation_one_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("progress__lte", 100)), name="operation_progress_to_100"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "running"), _negated=True),
                            models.Q(("lease__isnull", False), ("lease_until__isnull", False)),
                            _connector="OR",
                        ),
                        name="operation_running_has_lease",
                    ),
                ],
            },
        ),
        migrations.RunSQL(FORGET_TENANT, "DROP FUNCTION public.office_forget_tenant(uuid)"),
        migrations.RunSQL(
            LOAD_CONTENT_TYPES, "DROP FUNCTION public.office_load_content_types(uuid, jsonb)"
        ),
        migrations.RunSQL(OWNERS_ALONE, migrations.RunSQL.noop),
    ]

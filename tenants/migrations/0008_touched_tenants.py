"""A tenant's row changes with the limits that belong to it: who remembers the row sees that."""

from django.db import migrations

TOUCH = """
CREATE FUNCTION public.office_touch_tenants() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF TG_TABLE_NAME = 'tenants_plan' THEN
        UPDATE public.tenants_tenant SET updated_at = now()
            WHERE subscription_tier IN (OLD.tier, NEW.tier);
    ELSE
        UPDATE public.tenants_tenant SET updated_at = now()
            WHERE id IN (OLD.tenant_id, NEW.tenant_id);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER touch_tenants AFTER INSERT OR UPDATE OR DELETE ON public.tenants_plan
    FOR EACH ROW EXECUTE FUNCTION public.office_touch_tenants();
CREATE TRIGGER touch_tenants AFTER INSERT OR UPDATE OR DELETE ON public.tenants_ownlimits
    FOR EACH ROW EXECUTE FUNCTION public.office_touch_tenants();
"""
LEAVE = """
DROP TRIGGER touch_tenants ON public.tenants_plan;
DROP TRIGGER touch_tenants ON public.tenants_ownlimits;
DROP FUNCTION public.office_touch_tenants();
"""


class Migration(migrations.Migration):
    """Let plans and limits touch the tenants that they are about."""

    dependencies = [("tenants", "0007_schema_states")]
    operations = [migrations.RunSQL(TOUCH, LEAVE)]

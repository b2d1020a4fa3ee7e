"""Sign-in entries follow the people; audit entries never change."""

from django.db import migrations

LOGIN_ENTRY = """
CREATE TRIGGER keep_login_entry AFTER INSERT OR DELETE OR UPDATE OF email ON accounts_user
FOR EACH ROW EXECUTE FUNCTION public.office_keep_login_entry();
"""
NEVER_CHANGED = """
CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON accounts_auditentry
FOR EACH ROW EXECUTE FUNCTION public.office_refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON accounts_auditentry
FOR EACH STATEMENT EXECUTE FUNCTION public.office_refuse_change();
"""


class Migration(migrations.Migration):
    """Attach the functions of the tenants app."""

    dependencies = [("accounts", "0001_initial"), ("tenants", "0002_directory_functions")]
    operations = [
        migrations.RunSQL(LOGIN_ENTRY, "DROP TRIGGER keep_login_entry ON accounts_user"),
        migrations.RunSQL(
            NEVER_CHANGED,
            "DROP TRIGGER never_changed ON accounts_auditentry;"
            " DROP TRIGGER never_emptied ON accounts_auditentry",
        ),
    ]

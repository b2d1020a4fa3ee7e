"""What the application's role may do in the database; `migrate` grants it as the owner.

Which tables it may read, add to or change stands in the database: `public.office_rights_on`.
"""

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connections, transaction

from tenants.context import wrapper_of

# What the application's role calls; that it may is also how the functions know the role.
FUNCTIONS = """
    public.office_open_schema(uuid, text), public.office_drop_schema(uuid),
    public.office_forget_tenant(uuid), public.office_load_content_types(uuid, jsonb),
    public.office_still_table(uuid, name), public.office_stir_schema(uuid),
    public.office_rest_triggers(uuid, boolean), public.office_drop_copy(uuid)"""
# A schema that was made before there was a role, or by hand.
WITHOUT_RIGHTS = """
    SELECT nspname FROM pg_namespace WHERE public.office_tenant_of(nspname) IS NOT NULL
    AND NOT has_schema_privilege(%s, oid, 'USAGE')"""


def check_roles(alias: str) -> None:
    """Tell before anything is changed when it cannot be finished. Raises CommandError."""
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT current_user, has_database_privilege(current_database(), 'CREATE'),"
            " to_regrole(quote_ident(%s)) IS NOT NULL",
            [settings.DATABASE_APP_ROLE],
        )
        me, may_create, app_exists = cursor.fetchone()
    if not may_create:
        raise CommandError(
            f"The role {me} may not create schemas: migrate with a DATABASE_URL of the owner."
        )
    if settings.DATABASE_APP_ROLE and not app_exists:
        raise CommandError(f"DATABASE_APP_ROLE: no role {settings.DATABASE_APP_ROLE} exists.")


def grant_rights(alias: str) -> None:
    """Let the application's role in: its functions, `public`, and schemas that it cannot use yet.

    Without DATABASE_APP_ROLE whoever was let in before keeps the rights.
    """
    app = settings.DATABASE_APP_ROLE
    connection = connections[alias]
    with transaction.atomic(using=alias), connection.cursor() as cursor:
        if app:
            role = connection.ops.quote_name(app)
            database = connection.ops.quote_name(connection.settings_dict["NAME"])
            cursor.execute(f"REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC")
            cursor.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
            cursor.execute(f"GRANT CONNECT ON DATABASE {database} TO {role}")
            cursor.execute(f"GRANT EXECUTE ON FUNCTION {FUNCTIONS} TO {role}")
            cursor.execute(WITHOUT_RIGHTS, [app])
            for (schema,) in cursor.fetchall():
                grant_schema(schema, alias=alias)
        grant_schema("public", alias=alias)


def grant_schema(schema: str, *, alias: str) -> None:
    """Give the application's role exactly its rights on the tables of a schema, new ones too."""
    with wrapper_of(alias).cursor_without_path() as cursor:
        cursor.execute("SELECT public.office_grant_schema(%s)", [schema])

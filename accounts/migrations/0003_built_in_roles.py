"""The three roles that every office starts with."""

from django.db import migrations

# As they stood when this migration was written; later changes are later migrations.
EMPLOYEE = [
    *("task:create", "task:read", "task:update", "event:read"),
    *("note:create", "note:read", "note:update", "note:summarize"),
]
MANAGER = [*EMPLOYEE, "task:assign", "user:read", "event:create", "event:update"]
ADMIN = [
    *MANAGER,
    *("user:create", "user:update", "user:delete", "task:delete"),
    *("event:delete", "note:delete", "admin:audit", "admin:settings"),
]
ROLES = {"admin": ADMIN, "manager": MANAGER, "employee": EMPLOYEE}


def add_roles(apps, schema_editor):
    """Insert them."""
    roles = apps.get_model("accounts", "Role").objects.using(schema_editor.connection.alias)
    for name, permissions in ROLES.items():
        roles.create(name=name, permissions=sorted(permissions), built_in=True)


def remove_roles(apps, schema_editor):
    """Take them out again, while nobody holds them."""
    roles = apps.get_model("accounts", "Role").objects.using(schema_editor.connection.alias)
    roles.filter(built_in=True).delete()


class Migration(migrations.Migration):
    """Data only."""

    dependencies = [("accounts", "0002_triggers")]
    operations = [migrations.RunPython(add_roles, remove_roles)]

"""Loads the product's database; a program of its own, since Django can be set up only once.

    python -m benchmarks.http.seed --tenants 50 --tasks 500 --sessions FILE

Migrates, makes the tenants that are missing, and writes one access token for each.
"""

import argparse
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.http.dataset import EPOCH, PASSWORD, Office, offices


def main() -> None:
    """Load."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tenants", type=int, required=True)
    parser.add_argument("--tasks", type=int, required=True)
    parser.add_argument("--sessions", type=Path, required=True)
    chosen = parser.parse_args()
    import django

    django.setup()
    from django.contrib.auth.hashers import make_password
    from django.core.management import call_command
    from django.db import connection

    from tenants.models import Tenant

    call_command("migrate", verbosity=0)
    password = os.environ.get("BENCH_PASSWORD_HASH") or make_password(PASSWORD)
    known = Tenant.objects.count()
    tokens = json.loads(chosen.sessions.read_text()) if chosen.sessions.exists() else {}
    for office in offices(known, chosen.tenants, tasks=chosen.tasks):
        tokens[office.slug] = load(office, password)
    connection.set_autocommit(True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    chosen.sessions.write_text(json.dumps(tokens))


def load(office: Office, password: str) -> str:
    """Make one tenant with all its rows; return its speaker's access token."""
    from accounts.models import Role, User
    from accounts.sessions import begin_session
    from tasks.models import Task
    from tenants.context import tenant_transaction
    from tenants.plan_models import Tier
    from tenants.services import change_tier, open_tenant

    tenant = change_tier(tenant=open_tenant(name=office.slug, slug=office.slug), tier=Tier.PRO)
    with tenant_transaction(tenant):
        role = Role.objects.get(name="admin")  # who sees all, as everybody does in the reference
        copy_in(
            User(id=p.id, email=p.email, full_name=p.full_name, role=role, password=password)
            for p in office.people
        )
        copy_in(
            Task(
                **{name: getattr(t, name) for name in t.__slots__},
                updated_at=t.created_at,
                completed_at=t.created_at if t.status == "done" else None,
            )
            for t in office.tasks
        )
        token: str = begin_session(user=User.objects.get(pk=office.speaker.id))["access_token"]
    return token


def copy_in(rows: Iterable[Any]) -> None:
    """Write new rows of one table the fast way; nobody audits what never happened."""
    from django.db import connection

    made = list(rows)
    fields = made[0]._meta.concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    with connection.cursor() as cursor:
        statement = f"COPY {made[0]._meta.db_table} ({columns}) FROM STDIN"
        with cursor.copy(statement) as copy:
            for row in made:
                copy.write_row([_value(row, field) for field in fields])


def _value(row: Any, field: Any) -> Any:
    value = getattr(row, field.attname)
    return EPOCH if value is None and not field.null else value


if __name__ == "__main__":
    main()

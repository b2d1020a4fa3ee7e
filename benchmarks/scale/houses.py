"""Offices with so many people, tasks, entries of the trail, and pieces of documents."""

import argparse
from dataclasses import dataclass
from random import Random
from typing import Any

from benchmarks.audit import allow_all
from benchmarks.knowledge_speed import fill, writer
from benchmarks.library import Office

ADD_TASKS = """
    WITH people AS (SELECT array_agg(id) ids FROM accounts_user)
    INSERT INTO tasks_task (id, title, description, creator_id, assignee_id, due_date, timezone,
        priority, status, recurrence, labels, source, created_at, updated_at,
        completed_at)
    SELECT gen_random_uuid(), 'Order badges ' || n, 'For the visitors of week ' || n %% 52,
        ids[1 + n %% cardinality(ids)], ids[1 + n * 7 %% cardinality(ids)],
        now() + (n %% 400 - 100) * interval '1 day', 'UTC', 'medium',
        CASE WHEN n %% 4 = 0 THEN 'pending' ELSE 'done' END, '', '{}', 'api',
        now() - n * interval '1 minute', now(),
        CASE WHEN n %% 4 > 0 THEN now() - n %% 90 * interval '1 day' END
    FROM generate_series(1, %s) n, people"""
ADD_ENTRIES = """
    WITH people AS (SELECT array_agg(id) ids FROM accounts_user)
    INSERT INTO accounts_auditentry (id, object_pk, object_repr, action, changes, timestamp,
        content_type_id, user_agent, source, changes_text, actor_id, actor_email, cid, remote_addr)
    SELECT gen_random_uuid(), gen_random_uuid(), 'Task ' || n, 1,
        jsonb_build_object('title', ARRAY['Task ' || n, 'Order badges ' || n]),
        now() - interval '1 day' + n * interval '1 millisecond', c.id, 'Mozilla/5.0 (X11; Linux)',
        'api', '', ids[1 + n %% cardinality(ids)], 'a@b.example', md5(n::text), '192.0.2.1'
    FROM generate_series(1, %s) n, django_content_type c, people WHERE c.model = 'task'"""


@dataclass
class House:
    """An office, its admin, and how to ask as them."""

    office: Office
    client: Any
    token: str
    task: str = ""
    note: str = ""


def build(name: str, chosen: argparse.Namespace, part: int) -> House:
    """Return an office with that part of everything."""
    from django.db import connection
    from django.test import Client

    from accounts.models import Role, User
    from accounts.services import register_organisation
    from accounts.sessions import begin_session
    from benchmarks.http.seed import copy_in
    from notes.services import NewNote, create_note
    from tasks.models import Task
    from tenants.context import tenant_transaction

    tenant, ada = register_organisation(
        email=f"a@{name}.example", password="a long pass phrase", tenant_name=name, full_name="Ada"
    )
    allow_all(tenant)
    with tenant_transaction(tenant), connection.cursor() as cursor:
        role = Role.objects.get(name="employee")
        copy_in(
            User(email=f"p{n}@{name}.example", full_name=f"Person {n}", role=role, password="!")
            for n in range(max(chosen.people // part, 2))
        )
        cursor.execute(ADD_TASKS, [max(chosen.tasks // part, 4)])
        cursor.execute(ADD_ENTRIES, [max(chosen.entries // part, 4)])
        task = Task.objects.filter(creator=ada).first() or Task.objects.first()
        note = create_note(new=NewNote(title="Budget", body="Order badges"), by=ada)
        house = House(
            Office(tenant, ada),
            Client(HTTP_HOST=f"{tenant.slug}.localhost"),
            begin_session(user=ada)["access_token"],
            str(task.pk if task else ""),
            str(note.pk),
        )
        house.client.force_login(ada)
    fill(house.office, max(chosen.chunks // part, 50), writer(Random(1)))
    for table in ("tasks_task", "accounts_auditentry", "accounts_user"):
        with connection.cursor() as cursor:
            # As autovacuum has done long before.
            cursor.execute(f'VACUUM ANALYZE "{tenant.schema_name}".{table}')
    return house

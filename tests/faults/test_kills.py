"""Accepted reminders arrive, whatever is killed; the ledger tells what happened to each."""

import re
from collections import Counter
from datetime import timedelta
from time import sleep

import psycopg
import pytest
from django.utils import timezone

from tests.faults.conftest import wait_until

REMINDERS = 200
VICTIMS = ("worker", "beat", "web", "valkey", "postgres")
PAUSE_SECONDS = 4


@pytest.mark.faults
def test_every_reminder_arrives_though_each_process_is_killed_once(product):
    token = product.call(
        "POST",
        "/auth/register",
        {
            "email": "jo@example.com",
            "password": "a long pass phrase",
            "tenant_name": "Kill Test",
            "full_name": "Jo Founder",
        },
    )["access_token"]
    plan_reminders(product, token)
    for victim in VICTIMS:
        sleep(PAUSE_SECONDS)
        before = product.kill(victim)
        wait_until(lambda v=victim, old=before: product.facts["pids"][v] != old)
    wait_until(lambda: len(subjects(product)) >= REMINDERS, seconds=200)
    wait_until(lambda: ledger(product) == {"sent": REMINDERS}, seconds=100)
    copies = Counter(message_ids(product))
    assert len(copies) == REMINDERS
    assert sum(copies.values()) - REMINDERS <= len(VICTIMS)
    twice = {key for key, number in copies.items() if number > 1}
    assert twice <= tried_again(product)


def plan_reminders(product, token):
    """200 reminders that fall due over the time in which the processes are killed."""
    start = timezone.now() + timedelta(seconds=8)
    span = PAUSE_SECONDS * len(VICTIMS)
    for number in range(REMINDERS):
        task = product.call("POST", "/tasks", {"title": f"Task {number}"}, token)
        at = (start + timedelta(seconds=span * number / REMINDERS)).isoformat()
        product.call("POST", f"/tasks/{task['id']}/reminders", {"at": at}, token)


def subjects(product):
    found = (re.search(rb"^Subject: (.+?)\r?$", mail, re.MULTILINE) for mail in product.mails())
    return {match[1] for match in found if match}


def message_ids(product):
    header = re.compile(rb"^Message-ID: <(.+?)@", re.MULTILINE | re.IGNORECASE)
    found = (header.search(mail) for mail in product.mails())
    return [match[1].decode() for match in found if match]


def schema(product):
    [(name,)] = product.query("SELECT schema_name FROM tenants_tenant WHERE slug = 'kill-test'")
    return name


def ledger(product):
    try:
        rows = product.query(
            f"SELECT status, count(*) FROM {schema(product)}.messaging_outgoingmessage GROUP BY 1"
        )
    except psycopg.OperationalError:
        return {}
    return dict(rows)


def tried_again(product):
    rows = product.query(
        f"SELECT message_id::text FROM {schema(product)}.messaging_deliveryattempt"
        " GROUP BY 1 HAVING count(*) > 1"
    )
    return {key for (key,) in rows}

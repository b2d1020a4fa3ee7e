"""The demo offices that `make run` shows."""

import json

from django.core.management import call_command

from accounts import demo as people
from accounts.models import Team, User
from documents import demo as policies
from documents.answers.asking import ask_documents
from documents.indexing import read_revision
from documents.models import Document, Revision
from tasks import demo as work
from tasks.models import Reminder, Task
from tenants.context import tenant_context
from tenants.services import open_tenant


def printed(capsys):
    call_command("seed_demo")
    return json.loads(capsys.readouterr().out.splitlines()[-1])


def test_it_prints_addresses_and_logins_the_same_each_time(acme, globex, capsys):
    first, second = printed(capsys), printed(capsys)
    assert first == second
    assert first["tenants"]["acme"] == "http://acme.localhost:8000"
    assert {login["tenant"] for login in first["logins"]} == {"acme", "globex", ""}


def test_a_demo_office_has_people_teams_and_work(db):
    office = open_tenant(name="Acme Demo")
    with tenant_context(office):
        people.seed("acme")
        work.seed("acme")
        finance = Team.objects.get(name="Finance")
        names = [item.user.full_name for item in finance.memberships.select_related("user")]
        assert names == ["Sarah Finance", "Omar Ledger"]
        assert finance.lead.full_name == "Max Manager"
        assert User.objects.get(email="ada@acme.example").sees_all
        assert Task.objects.count() == len(work.WORK)
        assert Reminder.objects.filter(next_at__isnull=False).count() == len(work.WORK) - 1


def test_a_demo_office_has_policies_that_answer(db):
    office = open_tenant(name="Acme Demo")
    with tenant_context(office):
        people.seed("acme")
        policies.seed("acme")
        policies.seed("acme")
        assert Document.objects.count() == len(policies.POLICIES)
        for revision in Revision.objects.all():
            read_revision(revision.pk)
        eve = User.objects.get(email="eve@acme.example")
        answered = ask_documents("What is the vacation policy for new employees?", by=eve)
        assert "two days of vacation in each month" in answered.answer
        assert answered.sources[0].document == "Vacation policy"
        owners = dict(Document.objects.values_list("title", "owner__full_name"))
        assert owners["Vacation policy"] == "Max Manager"
        assert list(Document.objects.with_duty_of(eve).filter(to_sign=True)) == [
            Document.objects.get(title="Working from home")
        ]

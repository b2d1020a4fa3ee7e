"""A day of an employee, a manager and an admin: by mouse, by the keys alone, without a script."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.identity_models import Invitation
from accounts.models import AuditEntry, Team, TeamMembership
from accounts.services import create_user
from documents.models import Document
from documents.services import create_document
from messaging.models import LinkCode
from tasks.models import Task
from tenants.context import tenant_transaction
from tenants.uploads import Upload
from tests.browser.hands import Keys, Mouse, Plain, somebody
from tests.conftest import PASSWORD

PEOPLE = (("Ada Admin", "admin"), ("Max Manager", "manager"), ("Eve Employee", "employee"))
POLICY = b"""\
# Vacation policy

Everybody has 28 days of paid vacation in each calendar year.
"""
MINUTES = """\
Ada: We decided to open the second shop in Leipzig in autumn.
Max: I will send the contract to the {thing} by Friday.
"""
# What each of them has to do with, so that one does not find what another has left.
THINGS = {"mouse": "bank", "keys": "dentist", "plain": "florist"}
hands = pytest.mark.parametrize("kind", [Mouse, Keys, Plain], ids=lambda kind: kind.name)


def address_of(name):
    return f"{name.split()[0].lower()}@branch.example"


@pytest.fixture(scope="module")
def people(branch):
    """Ada, Max who leads finance, and Eve who is in it; and what the office has in writing."""
    with tenant_transaction(branch.tenant):
        ada, max_, eve = (
            create_user(email=address_of(name), full_name=name, role=role, password=PASSWORD)
            for name, role in PEOPLE
        )
        finance = Team.objects.create(name="Finance", lead=max_)
        TeamMembership.objects.create(team=finance, user=eve, position=0)
        due = timezone.now() - timedelta(days=1)
        for thing in THINGS.values():
            facts = {"creator": ada, "assignee": eve, "due_date": due, "team": finance}
            for title in (f"Pay the {thing}", f"Visit the {thing}"):
                Task.objects.create(title=title, **facts)
        create_document(
            upload=Upload("vacation.md", [POLICY]),
            by=ada,
            title="Vacation policy",
            visibility="office",
        )
    with tenant_transaction(branch.tenant):
        assert Document.objects.get().status == "ready"
    return branch


@pytest.fixture
def journey(chrome, people):
    """`journey(Mouse, work)` calls `work(hand, thing)` with such a hand at the office."""

    def run(kind, work):
        def there(browser):
            with somebody(kind, browser, people.url) as hand:
                return work(hand, THINGS[kind.name])

        return chrome(there)

    return run


def writes_down_and_takes_back(hand, thing):
    hand.sign_in(address_of("Eve"))
    title, field = f"Call the {thing}", hand.at("#quick-text")
    hand.fill(field, f"call the {thing} tomorrow at 3pm")
    if hand.has_script:
        hand.sees(title, within="#understood")
        hand.sees("15:00", within="#understood")
    hand.send(field, "Add")
    hand.sees("written down", within="body")
    hand.press(hand.button(f"Complete “{title}”"))
    hand.press(hand.at("#notices .undo button"))
    hand.sees("is taken back")
    hand.press(hand.link(title))
    hand.is_at(title)
    hand.press(hand.link("Change"))
    hand.fill(hand.at("#id_title"), f"{title} again")
    hand.press(hand.button("Save"))
    hand.is_at(f"{title} again")
    hand.press(hand.button("Complete"))
    hand.sees("is done")


def asks_and_searches(hand, thing):
    hand.go("Ask")
    hand.is_at("Ask")
    question = hand.at("#id_question")
    hand.fill(question, "How many days of vacation do I have?")
    hand.press(hand.at("main").get_by_role("button", name="Ask", exact=True))
    hand.sees("It is written")
    hand.press(hand.link("Vacation policy"))
    hand.is_at("Vacation policy")
    hand.go("Search")
    hand.is_at("Search")
    words = hand.at("main input[name=q]")
    hand.fill(words, thing)
    hand.send(words, "Search")
    hand.press(hand.at(f"main a:has-text('Pay the {thing}')"))
    hand.is_at(f"Pay the {thing}")


def reads_messages_and_leaves(hand, _thing):
    hand.go("Messages")
    hand.is_at("Messages")
    hand.press(hand.link("What will be sent"))
    hand.is_at("What will be sent")
    hand.go("Settings")
    hand.press(hand.link("Notifications"))
    hand.is_at("How to reach you")
    hand.choose(hand.at("#id_second"), "Telegram")
    hand.press(hand.button("Save"))
    hand.sees("Saved.")
    hand.sign_out()


@hands
def test_an_employee_gets_through_the_day(journey, branch, kind):
    def work(hand, thing):
        writes_down_and_takes_back(hand, thing)
        asks_and_searches(hand, thing)
        reads_messages_and_leaves(hand, thing)

    journey(kind, work)
    with tenant_transaction(branch.tenant):
        task = Task.objects.get(title=f"Call the {THINGS[kind.name]} again")
        assert (task.status, task.assignee.full_name) == ("done", "Eve Employee")
        assert task.due_date is not None


def hands_on(hand, thing):
    hand.sign_in(address_of("Max"))
    hand.go("Team")
    hand.is_at("Team")
    late = f"Visit the {thing}"
    hand.choose(hand.page.get_by_label(f"Give “{late}” to"), "Max Manager")
    hand.press(hand.button(f"Give “{late}”"))
    hand.sees(f"“{late}” is handed on")


def makes_tasks_of_minutes(hand, thing):
    hand.go("Notes")
    hand.press(hand.link("Meeting"))
    hand.is_at("New note")
    hand.fill(hand.at("#id_title"), f"Meeting of the {thing}")
    hand.fill(hand.at("#id_body"), MINUTES.format(thing=thing))
    hand.press(hand.button("Save"))
    hand.is_at(f"Meeting of the {thing}")
    hand.press(hand.button("Summarise, and find what is to be done"))
    hand.sees("In short")
    hand.press(hand.page.get_by_role("button", name=re.compile(f"Make a task: .*{thing}")))
    hand.press(hand.page.locator("#items ~ ul").get_by_role("link").first)
    hand.sees("Written down by Max Manager")


def counts(hand, _thing):
    hand.go("Reports")
    hand.is_at("Reports")
    with hand.page.expect_download() as caught:
        hand.press(hand.link("CSV"))
    lines = caught.value.path().read_text().splitlines()
    assert caught.value.suggested_filename.endswith(".csv")
    assert len(lines) > 12


@hands
def test_a_manager_shares_the_work_out(journey, branch, kind):
    def work(hand, thing):
        hands_on(hand, thing)
        makes_tasks_of_minutes(hand, thing)
        counts(hand, thing)

    journey(kind, work)
    thing = THINGS[kind.name]
    with tenant_transaction(branch.tenant):
        assert Task.objects.get(title=f"Visit the {thing}").assignee.full_name == "Max Manager"
        promised = Task.objects.get(title__icontains=f"contract to the {thing}")
        assert promised.creator.full_name == "Max Manager"


def connects(hand, thing):
    hand.sign_in(address_of("Ada"))
    hand.go("Settings")
    hand.press(hand.link("Profile"))
    name = hand.at("#id_full_name")
    hand.fill(name, f"Ada {thing.title()}")
    hand.press(hand.at("main").get_by_role("button", name="Save", exact=True))
    hand.sees("Saved.")
    hand.go("Settings")
    hand.press(hand.link("Connections"))
    hand.is_at("Your connected accounts")
    hand.press(hand.button("Connect Google"))
    hand.page.get_by_role("link", name=re.compile("Go on to Google")).wait_for()
    hand.go("Settings")
    hand.press(hand.link("Chats"))
    hand.press(hand.button("Link my chat"))
    hand.link("Open Telegram").wait_for()


def invites_and_looks_it_up(hand, thing):
    hand.go("Console")
    hand.press(hand.at("a[href='/admin/accounts/invitation/']"))
    hand.press(hand.at("a[href^='/admin/accounts/invitation/add/']"))
    hand.fill(hand.at("#id_email"), f"{thing}@branch.example")
    hand.fill(hand.at("#id_full_name"), f"Nia {thing.title()}")
    hand.choose(hand.at("#id_role"), "employee")
    hand.press(hand.at("[name=_save]"))
    hand.at(f"#result_list :text('{thing}@branch.example')").wait_for()
    hand.press(hand.at("a[href='/admin/accounts/auditentry/']"))
    hand.press(hand.at(f"#result_list tr:has-text('{thing}') a"))
    hand.sees(f"Ada {thing.title()}")


@hands
def test_an_admin_sets_the_office_up(journey, branch, kind):
    def work(hand, thing):
        connects(hand, thing)
        invites_and_looks_it_up(hand, thing)

    journey(kind, work)
    with tenant_transaction(branch.tenant):
        invited = Invitation.objects.get(email=f"{THINGS[kind.name]}@branch.example")
        assert invited.role.name == "employee"
        assert LinkCode.objects.filter(person__role__name="admin", channel="telegram").exists()
        assert AuditEntry.objects.filter(object_pk=str(invited.pk), source="admin").exists()

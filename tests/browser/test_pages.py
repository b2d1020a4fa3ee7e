"""Every page in a browser: what axe finds, what the console says, and a day's work by keyboard."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.services import create_user
from calendar_app.services import NewEvent, create_event
from notes.services import NewNote, create_note
from tasks.models import Comment, Mention, Reminder, Task
from tasks.talking import add_comment
from tenants.context import tenant_transaction
from tests.browser.axe import SCHEMES, faults_of
from tests.browser.conftest import EVE
from tests.browser.test_sign_in import sign_in
from tests.conftest import PASSWORD

PAGES = [
    *("/", "/tasks", "/tasks?view=board", "/tasks?view=month", "/tasks?view=timeline"),
    *("/tasks?priority=x", "{task}", "{task}/edit", "/team", "/reports", "/calendar"),
    *("/calendar?view=week", "/calendar?view=day", "/calendar?view=agenda", "{note}"),
    *("/calendar/events/new", "/notes", "/notes/new", "/documents", "/documents/new", "/ask"),
    *("/assistant", "/search?q=plants", "/messages", "/messages/coming", "/notifications"),
    *(
        "/settings",
        "/profile",
        "/security",
        "/connections",
        "/calendar/syncs",
        "/design",
        "/welcome",
    ),
]


@pytest.fixture(scope="module")
def busy(branch) -> dict[str, str]:
    """Eve, and something of each kind, so that no page is empty."""
    with tenant_transaction(branch.tenant):
        eve = create_user(email=EVE, full_name="Eve Employee", role="admin", password=PASSWORD)
        now = timezone.now()
        task = Task.objects.create(
            title="Water the plants", creator=eve, assignee=eve, due_date=now, priority="urgent",
            labels=["office"], description="All of them.", recurrence="FREQ=DAILY",
        )  # fmt: skip
        Task.objects.create(title="Those in the hall", creator=eve, parent=task)
        Task.objects.create(
            title="Done", creator=eve, assignee=eve, status="done", completed_at=now
        )
        Comment.objects.create(task=task, author=eve, body="Yes")
        max_ = create_user(
            email="max@umbrella.example", full_name="Max Manager", role="manager", password=PASSWORD
        )
        add_comment(task=task, body="@Eve Employee, all of them? @Nobody", by=max_)
        # Nobody opens it: today tells of it in each language.
        invoice = Task.objects.create(title="Approve the invoice", creator=eve)
        for words in ("can you look at it today, please?", "never mind."):
            add_comment(task=invoice, body=f"@Eve, {words}", by=eve)
            Mention.objects.create(
                comment=invoice.comments.latest("created_at"), person=eve, words="Eve"
            )
        Reminder.objects.create(task=task, at=now + timedelta(days=1))
        note = create_note(new=NewNote(title="Plants", body="# Water\n\nThem."), by=eve)
        create_event(new=NewEvent(title="Plants", start=now), by=eve)
    return {"task": f"/tasks/{task.pk}", "note": f"/notes/{note.pk}"}


@pytest.mark.parametrize("locale", ["en", "de"])
def test_axe_finds_nothing_and_the_console_is_silent(branch, busy, browse, locale):
    with tenant_transaction(branch.tenant):
        User.objects.filter(email=EVE).update(locale=locale)

    def work(page):
        found = []
        page.on("console", lambda said: found.append(f"{said.type}: {said.text}"))
        page.on("pageerror", lambda error: found.append(str(error)))
        sign_in(page, branch.url)
        for path in PAGES:
            name = re.sub(r"\W+", "-", path.format(task="task", note="note")) or "today"
            address = branch.url + path.format(**busy)
            found += faults_of(page, address, f"{locale}-{name}", SCHEMES)
            if page.get_attribute("html", "lang") != locale:
                found.append(f"{path} does not speak {locale}")
        # What is wrong in an address answers 400, and browsers write that down.
        return [line for line in found if "400 (Bad Request)" not in line]

    try:
        assert browse(work) == []
    finally:
        with tenant_transaction(branch.tenant):
            User.objects.filter(email=EVE).update(locale="en")


def test_a_task_is_found_and_changed_by_keys_alone(branch, busy, browse):
    def work(page):
        sign_in(page, branch.url)
        page.keyboard.press("Control+k")
        page.wait_for_selector("dialog#palette[open]")
        page.keyboard.type("watre")
        page.wait_for_selector("#palette-found li a")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url(branch.url + busy["task"])
        page.keyboard.press("/")
        page.keyboard.type("team")
        page.keyboard.press("Enter")
        page.wait_for_url(f"{branch.url}/team")
        return True

    assert browse(work)


def test_without_a_script_a_task_is_changed_and_taken_back(branch, busy, browse):
    def work(page):
        plain = page.context.browser.new_context(java_script_enabled=False).new_page()
        sign_in(plain, branch.url)
        plain.goto(f"{branch.url}{busy['task']}/edit")
        plain.fill("#id_title", "Water the palms")
        plain.click("form.sheet button.primary")
        plain.wait_for_selector("h1:has-text('Water the palms')")
        plain.click("#notices .undo button")
        plain.wait_for_selector("h1:has-text('Water the plants')")
        plain.goto(f"{branch.url}/assistant")
        plain.fill("#id_message", "call the bank tomorrow at 3pm")
        plain.click("form.ask button")
        plain.wait_for_selector("text=“Call the bank” is written down")
        plain.click(".reply .undo button")
        plain.wait_for_selector("text=Taken back.")
        plain.goto(f"{branch.url}/search?q=plnats")
        return plain.inner_text("main")

    assert "Water the plants" in browse(work)

"""The two consoles in a browser: what axe finds on their pages, and a day's work in each."""

import pytest
from celery import current_app
from django.contrib import admin
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask
from django_celery_beat.schedulers import DatabaseScheduler

from accounts.consoles import tenant_console
from accounts.identity_models import ApiKey, Invitation
from accounts.models import AuditEntry, User
from accounts.services import create_user
from common.origin import Origin, origin_of_writes
from messaging.models import OutgoingMessage, Schedule
from tasks.models import Task
from tenants.context import public_context, tenant_transaction
from tenants.models import Tenant
from tenants.run_models import JobRun
from tests.browser.axe import faults_here, faults_of
from tests.browser.conftest import EVE
from tests.conftest import PASSWORD, forget
from webhooks.models import Webhook

OLGA = "olga@office.example"
OF_OPERATORS = (
    *("tenants/tenant/add/", "tenants/operation/import/", "accounts/user/add/"),
    "dead-letters/",
)
MORE = (
    *("", "rounds/", "office-settings/", "sign-in-rules/", "password_change/"),
    "office-export/",
    "assistant/modelcall/settings/",
)


def sign_in(page, office, email=EVE):
    page.goto(f"{office}/admin/login/")
    page.fill("#id_username", email)
    page.fill("#id_password", PASSWORD)
    page.click("#login-form [type=submit]")
    page.wait_for_url(f"{office}/admin/")


def tables_of(site):
    return [f"{model._meta.app_label}/{model._meta.model_name}" for model in site._registry]


def pages_of(site):
    return [*MORE, *(f"{table}/" for table in tables_of(site))]


@pytest.fixture
def busy(committed):
    """An office with a task and a message that failed."""
    with tenant_transaction(committed):
        eve = User.objects.get(email=EVE)
        task = Task.objects.create(title="Water the plants", creator=eve, assignee=eve)
        OutgoingMessage.objects.create(
            recipient=eve,
            channel="email",
            address=EVE,
            subject="Reminder of the plants",
            text="x",
            kind="reminder",
            dedupe_key="1",
            status="failed",
            due_at=timezone.now(),
            reason="The mailbox is full.",
        )
    return task


def test_axe_finds_nothing_in_the_office_console(office, browse, busy, committed):
    with tenant_transaction(committed):
        failed = OutgoingMessage.objects.get(status="failed")

    def work(page):
        found = faults_of(page, f"{office}/admin/login/", "login")
        sign_in(page, office)
        more = (
            "tasks/task/add/",
            f"tasks/task/{busy.pk}/change/",
            f"tasks/task/{busy.pk}/history/",
            f"tasks/task/{busy.pk}/delete/",
            "accounts/team/add/",
            "accounts/role/add/",
            "accounts/invitation/add/",
            "accounts/identityprovider/add/",
            "accounts/apikey/add/",
            "tasks/reminder/add/",
            "webhooks/webhook/add/",
            f"messaging/outgoingmessage/{failed.pk}/change/",
        )
        for place in (*pages_of(tenant_console), *more):
            found += faults_of(page, f"{office}/admin/{place}", place.replace("/", "-") or "index")
        return found

    found = browse(work)
    assert not found, "\n".join(found)


def choose(page, action):
    page.check("#result_list input[name=_selected_action] >> nth=0")
    page.select_option("select[name=action]", action)
    page.click("#changelist-actions-wrapper button[type=submit]")
    page.click("text=Yes")


def save(page):
    page.click("button[name=_save]")


def invite_and_promote(page, admin_of):
    page.goto(f"{admin_of}/accounts/invitation/add/")
    page.fill("#id_email", "nia@umbrella.example")
    page.fill("#id_full_name", "Nia New")
    page.select_option("#id_role", label="employee")
    save(page)
    page.wait_for_selector("text=nia@umbrella.example")

    page.goto(f"{admin_of}/accounts/user/add/")
    page.fill("#id_email", "tom@umbrella.example")
    page.fill("#id_full_name", "Tom Trainee")
    page.select_option("#id_role", label="employee")
    page.fill("#id_new_password", PASSWORD)
    save(page)
    page.click("#result_list >> text=Tom Trainee")
    page.select_option("#id_role", label="manager")
    save(page)
    page.wait_for_url("**/accounts/user/")


def choose_when(page, admin_of):
    page.goto(f"{admin_of}/rounds/")
    runs = []
    for crontab in ("30 7 * * 1-5", "15 9 * * 1"):
        page.check("input[name=who][value=office]")
        page.fill("#id_crontab", crontab)
        page.click("#content [type=submit]")
        page.wait_for_selector(f"code:text-is('{crontab}')")
        runs.append(page.inner_text("#next-runs li >> nth=0"))

    return runs


def repeat_by_a_crontab(page, admin_of, busy):
    page.goto(f"{admin_of}/tasks/task/{busy.pk}/change/")
    page.fill("#id_crontab", "30 7 * * 1-5")
    page.click("button[name=_continue]")
    return page.inner_text("p:has(code) >> nth=0"), page.inner_text(".console-runs li >> nth=1")


def let_programs_in(page, admin_of):
    """Set up a webhook and a key; return what was shown once, and what axe finds there."""
    page.goto(f"{admin_of}/webhooks/webhook/add/")
    page.fill("#id_url", "https://books.example/hook")
    page.check("text=A task is done")
    save(page)
    page.click("text=Copy")
    shown, found = [page.input_value("#once-1")], faults_here(page, "once")
    page.click("text=I have copied it")
    page.click("#result_list >> text=books.example")
    found += faults_here(page, "webhook")
    page.click("text=Pause")
    found += faults_here(page, "ask")
    page.click("text=Yes")
    page.wait_for_selector("text=Paused; what happens meanwhile is not told: 1.")

    page.goto(f"{admin_of}/accounts/apikey/add/")
    page.fill("#id_name", "Time sheets")
    page.check("text=See tasks")
    save(page)
    shown.append(page.input_value("#once-1"))
    page.click("text=I have copied it")
    choose(page, "revoke")
    page.wait_for_selector("text=opens nothing any more")
    return shown, found


def resend_and_read(page, admin_of, busy):
    page.goto(f"{admin_of}/messaging/outgoingmessage/?status__exact=failed")
    choose(page, "resend")
    page.wait_for_selector("text=Queued again: 1.")

    page.goto(f"{admin_of}/tasks/task/{busy.pk}/change/")
    page.fill("#id_title", "Water the palms")
    save(page)
    page.goto(f"{admin_of}/accounts/auditentry/?q={busy.pk}")
    page.click("#result_list tbody a >> nth=0")
    return page.inner_text(".console-before"), page.inner_text(".console-after")


def test_an_admin_runs_the_office_from_its_console(office, browse, busy, committed):
    def work(page):
        sign_in(page, office)
        admin_of = f"{office}/admin"
        invite_and_promote(page, admin_of)
        runs, read = choose_when(page, admin_of), resend_and_read(page, admin_of, busy)
        said = repeat_by_a_crontab(page, admin_of, busy)
        return runs, read, said, let_programs_in(page, admin_of)

    runs, (before, after), (words, coming), (shown, found) = browse(work)
    assert not found, "\n".join(found)
    assert words.startswith("At 07:30, Monday through Friday (30 7 * * 1-5)")
    assert coming.endswith("07:30")
    assert [text.split("_")[0] for text in shown] == ["whsec", "aok"]
    assert runs[0].endswith("07:30")
    assert runs[1].startswith("Mon ")
    assert runs[1].endswith("09:15")
    assert (before, after) == ("Water the plants", "Water the palms")
    with tenant_transaction(committed):
        tom = User.objects.get(email="tom@umbrella.example")
        message = OutgoingMessage.objects.get(subject="Reminder of the plants")
        sources = set(AuditEntry.objects.exclude(source="shell").values_list("source", flat=True))
        assert tom.role.name == "manager"
        assert Invitation.objects.get().email == "nia@umbrella.example"
        assert Schedule.objects.get().crontab == "15 9 * * 1"
        hook = Webhook.objects.get()
        assert (hook.events, hook.is_active) == (["task.completed"], False)
        assert not ApiKey.objects.exists()
    assert (message.status in {"queued", "sent"}, message.resends) == (True, 1)
    assert "admin" in sources


@pytest.fixture
def operator(committed):
    """Somebody of the shared host, who gets in no longer afterwards."""
    with public_context(), origin_of_writes(Origin(source="shell")):
        user = User.objects.filter(email=OLGA).first() or create_user(
            email=OLGA, full_name="Olga Operator", role="admin", password=PASSWORD
        )
        User.objects.filter(pk=user.pk).update(is_active=True)
    yield user
    with public_context():
        User.objects.filter(pk=user.pk).update(is_active=False)
        for made in Tenant.objects.filter(slug="initech"):
            forget(made)


def open_office(page, shared):
    page.goto(f"{shared}/admin/tenants/tenant/add/")
    facts = {"name": "Initech", "slug": "initech", "admin_name": "Bill Boss"}
    facts |= {"admin_email": "bill@initech.example", "admin_password": PASSWORD}
    for name, value in facts.items():
        page.fill(f"#id_{name}", value)
    save(page)
    page.wait_for_selector("#result_list >> text=Initech")


def suspend_and_resume(page, shared, office, slug):
    answers, other = [], page.context.browser.new_page()
    sign_in(other, office)
    for action in ("suspend", "resume"):
        page.goto(f"{shared}/admin/tenants/tenant/?q={slug}")
        choose(page, action)
        page.wait_for_selector("#result_list")
        answers.append(other.goto(f"{office}/admin/").status)
    return answers


def test_axe_finds_nothing_in_the_platform_console(office, browse, operator, settings):
    shared = settings.PUBLIC_URL

    def work(page):
        found = faults_of(page, f"{shared}/admin/login/", "platform-login")
        sign_in(page, shared, OLGA)
        for place in ("", *(f"{table}/" for table in tables_of(admin.site)), *OF_OPERATORS):
            name = f"platform-{place.replace('/', '-')}"
            found += faults_of(page, f"{shared}/admin/{place}", name)
        return found

    found = browse(work)
    assert not found, "\n".join(found)


def test_an_operator_opens_and_closes_offices(office, browse, committed, operator, settings):
    shared = settings.PUBLIC_URL

    def work(page):
        sign_in(page, shared, OLGA)
        open_office(page, shared)
        return suspend_and_resume(page, shared, office, committed.slug)

    assert browse(work) == [403, 200]
    with public_context():
        assert Tenant.objects.get(slug="initech").ready


def test_a_running_beat_takes_a_new_interval(office, browse, operator, settings):
    shared = settings.PUBLIC_URL
    with public_context():
        job = PeriodicTask.objects.get(task="messaging.sweep")
        before = job.interval
        slower, _made = IntervalSchedule.objects.get_or_create(every=7, period="seconds")
        beat = DatabaseScheduler(app=current_app, lazy=True)
        assert beat.schedule[job.name].schedule.run_every.total_seconds() == before.every
        # As every few seconds.
        assert not beat.schedule_changed()

    def work(page):
        sign_in(page, shared, OLGA)
        page.goto(f"{shared}/admin/django_celery_beat/periodictask/{job.pk}/change/")
        page.select_option("#id_interval", str(slower.pk))
        save(page)
        page.wait_for_url("**/periodictask/")
        page.goto(f"{shared}/admin/django_celery_beat/periodictask/?q={job.task}")
        choose(page, "run")
        page.wait_for_selector(f"text={job.name} is queued")
        page.goto(f"{shared}/admin/tenants/jobrun/?q={job.task}")
        return page.inner_text("#result_list")

    assert OLGA in browse(work)
    with public_context():
        try:
            entry = beat.schedule[job.name]
            assert entry.schedule.run_every.total_seconds() == slower.every
        finally:
            job.refresh_from_db()
            job.interval = before
            job.save()
            JobRun.objects.all().delete()

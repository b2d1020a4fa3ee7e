"""What the consoles change, what they refuse, and the trail that it leaves."""

from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from accounts.models import AuditEntry
from messaging.models import OutgoingMessage
from tasks.models import Reminder, Task
from tenants.context import public_context
from tests.consoles.conftest import errors_of

NOBODY = "5b0ef1c6-6c4e-4a52-9d6c-1f0c2b4a7e21"
NEXT_WEEK = f"{timezone.now() + timedelta(days=7):%Y-%m-%d}"


def task_form(**values):
    return {
        "title": "Water the plants",
        "timezone": "UTC",
        "priority": "medium",
        "status": "pending",
        "labels": "",
        "due_date_0": "",
        "due_date_1": "",
        "reminders-TOTAL_FORMS": 0,
        "reminders-INITIAL_FORMS": 0,
        "comments-TOTAL_FORMS": 0,
        "comments-INITIAL_FORMS": 0,
        **values,
    }


def entry_of(request_id, row, action):
    return AuditEntry.objects.get(cid=request_id, object_pk=str(row.pk), action=action)


def test_a_task_is_made_changed_and_deleted(console, eve, ada):
    due = timezone.now() + timedelta(days=2)
    form = task_form(
        title="Order badges", assignee=str(eve.pk), labels="office,new", timezone="Europe/Berlin"
    )
    form |= {"due_date_0": f"{due:%Y-%m-%d}", "due_date_1": "15:00:00", "recurrence": "FREQ=DAILY"}
    assert console.post("/admin/tasks/task/add/", form).status_code == 302
    task = Task.objects.get(title="Order badges")
    assert (task.creator, task.assignee, task.labels) == (ada, eve, ["office", "new"])
    place = f"/admin/tasks/task/{task.pk}"
    assert console.post(f"{place}/change/", {**form, "status": "done"}).status_code == 302
    task.refresh_from_db()
    assert task.completed_at is not None
    assert Task.objects.filter(title="Order badges", status="pending").count() == 1
    assert console.post(f"{place}/delete/", {"post": "yes"}).status_code == 302
    assert not Task.objects.filter(pk=task.pk).exists()


def test_a_crontab_says_when_a_task_repeats_and_its_next_runs_are_shown(console, task):
    place = f"/admin/tasks/task/{task.pk}/change/"
    form = task_form(timezone="Europe/Berlin", crontab="30 7 * * 1-5")
    assert console.post(place, form).status_code == 302
    task.refresh_from_db()
    assert task.recurrence == "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
    assert f"{task.due_date.astimezone(ZoneInfo('Europe/Berlin')):%H:%M}" == "07:30"
    page = console.get(place).content.decode()
    assert "At 07:30, Monday through Friday (<code>30 7 * * 1-5</code>)" in page
    assert page.count(", 07:30</li>") == 5
    listed = console.get("/admin/rounds/").content.decode()
    assert "At 07:30, Monday through Friday (<code>30 7 * * 1-5</code>)" in listed
    wrong = console.post(place, {**form, "crontab": "30 25 * * *"})
    assert "is not understood" in str(errors_of(wrong)["crontab"])


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("due_date", {"due_date_0": "2001-01-01", "due_date_1": "10:00:00"}),
        ("due_date", {"recurrence": "FREQ=DAILY"}),
        (
            "recurrence",
            {"recurrence": "EVERY DAY", "due_date_0": NEXT_WEEK, "due_date_1": "10:00:00"},
        ),
    ],
)
def test_what_a_service_refuses_stands_at_its_field(console, task, field, values):
    form = task_form(title="Kept as typed", **values)
    answer = console.post(f"/admin/tasks/task/{task.pk}/change/", form)
    assert field in errors_of(answer)
    assert b"Kept as typed" in answer.content
    task.refresh_from_db()
    assert task.title == "Water the plants"


@pytest.mark.parametrize("wrong", ["no id at all", f" {NOBODY} ", f"{NOBODY}'--"])
def test_what_is_no_id_is_refused_at_its_field(console, task, finance, ada, wrong):
    answer = console.post(f"/admin/tasks/task/{task.pk}/change/", task_form(parent=wrong))
    assert "parent" in errors_of(answer)
    member = {"memberships-TOTAL_FORMS": 1, "memberships-INITIAL_FORMS": 0}
    member |= {"memberships-0-position": 0, "memberships-0-user": wrong}
    answer = console.post("/admin/accounts/team/add/", {"name": "Sales", **member})
    assert b"Error: Add team" in answer.content


@pytest.mark.parametrize("action", ["complete", "delete_selected"])
def test_what_is_no_id_is_not_acted_on(console, task, action):
    form = {"action": action, "_selected_action": [str(task.pk), f"../{task.pk}"], "post": "yes"}
    answer = console.post("/admin/tasks/task/", form, follow=True)
    assert b"One of the selected ids is none." in answer.content
    assert Task.objects.filter(pk=task.pk, completed_at=None).exists()


def test_completing_twice_is_told_calmly(console, task):
    form = {"action": "complete", "_selected_action": [str(task.pk)], "post": "yes"}
    assert b"Completed: 1." in console.post("/admin/tasks/task/", form, follow=True).content
    again = console.post("/admin/tasks/task/", form, follow=True).content
    assert b"Completed: 0." in again
    assert b"Closed already: 1." in again


def test_selected_tasks_are_deleted_with_an_entry_each(console, task):
    form = {"action": "delete_selected", "_selected_action": [str(task.pk)], "post": "yes"}
    assert console.post("/admin/tasks/task/", form, HTTP_X_REQUEST_ID="del-1").status_code == 302
    assert entry_of("del-1", task, AuditEntry.Action.DELETE).source == "admin"


def test_a_reminder_is_planned_and_moved(console, task):
    at = timezone.now() + timedelta(days=1)
    form = {"task": str(task.pk), "minutes_before": "", "at_0": f"{at:%Y-%m-%d}", "at_1": "12:00"}
    assert console.post("/admin/tasks/reminder/add/", form).status_code == 302
    reminder = Reminder.objects.get(task=task)
    place = f"/admin/tasks/reminder/{reminder.pk}/change/"
    moved = {"minutes_before": "", "at_0": f"{at:%Y-%m-%d}", "at_1": "13:30:00"}
    assert console.post(place, moved).status_code == 302
    reminder.refresh_from_db()
    assert f"{reminder.next_at:%H:%M}" == "13:30"
    both = {"minutes_before": "5", "at_0": f"{at:%Y-%m-%d}", "at_1": "13:30:00"}
    assert "minutes_before" in errors_of(console.post(place, both))
    assert "minutes_before" in errors_of(
        console.post("/admin/tasks/reminder/add/", {"task": str(task.pk), "minutes_before": "5"})
    )


def test_the_ledger_and_the_trail_are_only_read(console, task, eve):
    message = OutgoingMessage.objects.create(
        recipient=eve,
        channel="email",
        address=eve.email,
        subject="Reminder",
        text="",
        kind="reminder",
        dedupe_key="k",
        status="failed",
        due_at=timezone.now(),
        reason="The mailbox is full.",
    )
    entry = AuditEntry.objects.first()
    for place in (f"messaging/outgoingmessage/{message.pk}", f"accounts/auditentry/{entry.pk}"):
        page = console.get(f"/admin/{place}/change/")
        assert page.status_code == 200
        assert b'name="_save"' not in page.content
        assert console.post(f"/admin/{place}/change/", {}).status_code == 403
        assert console.post(f"/admin/{place}/delete/", {"post": "yes"}).status_code == 403
    assert b"The mailbox is full." in console.get("/admin/messaging/outgoingmessage/").content


def test_each_write_leaves_who_where_and_which_request(console, task, ada, eve):
    request_id = uuid4().hex
    place = f"/admin/tasks/task/{task.pk}"
    form = task_form(assignee=str(ada.pk))
    console.post(f"{place}/change/", form, HTTP_X_REQUEST_ID=request_id, HTTP_USER_AGENT="Test/1")
    entry = entry_of(request_id, task, AuditEntry.Action.UPDATE)
    assert entry.actor_id == ada.pk
    assert entry.remote_addr == "127.0.0.1"
    assert (entry.source, entry.user_agent) == ("admin", "Test/1")
    assert list(entry.changes) == ["assignee"]
    found = console.get(f"/admin/accounts/auditentry/?q={request_id}").content.decode()
    assert str(entry.pk) in found
    for page in (f"{place}/history/", f"/admin/accounts/auditentry/{entry.pk}/change/"):
        shown = console.get(page).content.decode()
        assert "Eve Employee</td>" in shown
        assert "Ada Admin</td>" in shown


def test_a_schedule_is_edited_and_switched_off(platform, olga, django_db_setup):
    with public_context():
        job = PeriodicTask.objects.get(task="messaging.sweep")
        slower, _made = IntervalSchedule.objects.get_or_create(every=7, period="seconds")
    operators = platform(olga)
    form = {"name": job.name, "regtask": "", "task": job.task, "enabled": "on"}
    form |= {"interval": slower.pk, "args": "[]", "kwargs": "{}", "expire_seconds": 10}
    form |= {"start_time_0": "", "start_time_1": "", "description": ""}
    place = f"/admin/django_celery_beat/periodictask/{job.pk}"
    assert operators.post(f"{place}/change/", form).status_code == 302
    switch = {"action": "disable", "_selected_action": [job.pk], "post": "yes"}
    assert operators.post("/admin/django_celery_beat/periodictask/", switch).status_code == 302
    assert operators.post(f"{place}/delete/", {"post": "yes"}).status_code == 403
    with public_context():
        job.refresh_from_db()
        entries = AuditEntry.objects.filter(source="admin", actor_id=olga.pk)
        changed = [set(entry.changes) for entry in entries]
    assert (job.interval, job.enabled) == (slower, False)
    assert {"interval"} in changed
    assert {"enabled"} in changed
    assert operators.get(f"{place}/history/").status_code == 200

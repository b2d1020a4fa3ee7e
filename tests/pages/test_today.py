"""The Today page: what is on a person's desk."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from calendar_app.services import NewEvent, create_event
from messaging.models import OutgoingMessage
from tasks.models import Priority, Status, Task
from tests.pages.conftest import group_of, text_of

NOW = datetime(2024, 5, 14, 21, 30, tzinfo=UTC)
# The tests' own savepoints and their way back to the shared schema are no queries of the page.
OF_THE_TEST = ("SAVEPOINT", "RELEASE SAVEPOINT", "SET LOCAL search_path = public")


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def berlin(ada):
    """Ada lives in Berlin, where it is 23:30 on 14 May."""
    ada.timezone = "Europe/Berlin"
    ada.save()
    return ada


def give(title, *, to, by, hours=None, **more):
    due = NOW + timedelta(hours=hours) if hours is not None else None
    return Task.objects.create(title=title, assignee=to, creator=by, due_date=due, **more)


def queries_of(client) -> list[str]:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get("/").status_code == 200
    return [one["sql"] for one in seen if not one["sql"].startswith(OF_THE_TEST)]


def test_only_my_tasks_stand_on_my_desk(browser, ada, eve, max_):
    give("Mine", to=eve, by=ada)
    give("Of somebody else", to=max_, by=ada)
    page = text_of(browser(eve).get("/"))
    assert "Mine" in page
    assert "Of somebody else" not in page


def test_even_an_admin_sees_only_the_own_desk(browser, ada, eve, max_):
    give("Between others", to=max_, by=eve)
    assert "Between others" not in text_of(browser(ada).get("/"))


def test_groups_follow_the_calendar_of_the_reader(browser, berlin):
    give("Late", to=berlin, by=berlin, hours=-1)
    give("Before midnight in Berlin", to=berlin, by=berlin, hours=0.25)
    give("After midnight in Berlin", to=berlin, by=berlin, hours=1)
    give("Some day", to=berlin, by=berlin)
    answer = browser(berlin).get("/")
    assert group_of(answer, "overdue") == ["Late"]
    assert group_of(answer, "today") == ["Before midnight in Berlin"]
    assert group_of(answer, "later") == ["After midnight in Berlin"]
    assert group_of(answer, "undated") == ["Some day"]


def test_times_are_shown_on_the_clock_of_the_reader(browser, berlin):
    give("Late", to=berlin, by=berlin, hours=-24)
    give("Soon", to=berlin, by=berlin, hours=1)
    give("Far", to=berlin, by=berlin, hours=24 * 300)
    page = text_of(browser(berlin).get("/"))
    assert "Tuesday 14 May · Europe/Berlin" in page
    for words in ("Yesterday, 23:30", "Tomorrow, 00:30", "Mon 10 Mar 2025, 22:30"):
        assert words in page


def test_what_is_due_first_stands_first(browser, ada):
    give("Second", to=ada, by=ada, hours=50)
    give("First", to=ada, by=ada, hours=40)
    assert group_of(browser(ada).get("/"), "later") == ["First", "Second"]


def test_what_i_gave_to_others_has_its_own_group(browser, ada, eve):
    give("Water the plants", to=eve, by=ada)
    give("Whose is it?", to=None, by=ada)
    answer = browser(ada).get("/")
    assert set(group_of(answer, "given")) == {"Water the plants", "Whose is it?"}
    assert "Eve Employee" in text_of(answer)
    assert "Nobody yet" in text_of(answer)


def test_closed_tasks_leave_the_groups_and_the_last_ones_stay_in_sight(browser, ada):
    for number in range(7):
        done = {"status": Status.DONE, "completed_at": NOW - timedelta(hours=number)}
        give(f"Done {number}", to=ada, by=ada, **done)
    give("Given up", to=ada, by=ada, status=Status.CANCELLED)
    desk = browser(ada).get("/").context["desk"]
    assert desk.is_clear
    assert [row.task.title for row in desk.done] == [f"Done {number}" for number in range(5)]


def test_an_empty_desk_says_so(browser, ada):
    assert "Your desk is clear." in text_of(browser(ada).get("/"))


def test_nothing_due_today_says_so(browser, ada):
    give("Some day", to=ada, by=ada)
    assert "Nothing more is due today." in text_of(browser(ada).get("/"))


def test_a_long_list_ends_with_how_many_more_there_are(browser, ada, eve):
    Task.objects.bulk_create(Task(title=f"T{n}", assignee=ada, creator=ada) for n in range(63))
    Task.objects.bulk_create(Task(title=f"G{n}", assignee=eve, creator=ada) for n in range(21))
    answer = browser(ada).get("/")
    assert (answer.context["desk"].more, answer.context["desk"].given.count) == (3, 21)
    assert "… and 3 more." in text_of(answer)
    assert "… and 1 more." in text_of(answer)
    assert f"/tasks?assignee={ada.pk}" in answer.content.decode()


def test_fifty_rows_cost_as_many_queries_as_one(browser, ada, eve, finance):
    client = browser(ada)
    give("One", to=ada, by=eve, hours=1)
    for_one = queries_of(client)
    for number in range(49):
        give(f"Mine {number}", to=ada, by=eve, hours=number, team=finance, priority=Priority.HIGH)
        give(f"Given {number}", to=eve, by=ada, hours=number)
        give(f"Old {number}", to=ada, by=eve, status=Status.DONE, completed_at=NOW)
    assert len(queries_of(client)) == len(for_one)
    assert len(for_one) <= 10, "\n".join(for_one)


def test_a_title_is_only_text(browser, ada):
    give('<script>alert("x")</script>\'">', to=ada, by=ada)
    html = browser(ada).get("/").content.decode()
    assert "<script>alert" not in html
    assert html.count("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;") == 2


def test_a_role_that_only_reads_gets_no_buttons(browser, ada, eve):
    eve.role.permissions = ["task:read"]
    eve.role.save()
    give("Look at me", to=eve, by=ada)
    html = browser(eve).get("/").content.decode()
    assert "Look at me" in html
    assert not re.search(r"quick-add|/complete", html)


def test_a_role_without_tasks_is_refused_and_can_leave(browser, eve):
    eve.role.permissions = []
    eve.role.save()
    answer = browser(eve).get("/")
    assert answer.status_code == 403
    assert "Your role does not include this. Back to the start Sign in as somebody else" in text_of(
        answer
    )


def test_the_days_events_and_messages_stand_there(browser, ada, eve):
    for title, hours, by in (("Stand-up", 2, ada), ("Tomorrow", 20, ada), ("Hers", 2, eve)):
        create_event(new=NewEvent(title=title, start=NOW + timedelta(hours=hours)), by=by)
    for person, subject in ((ada, "Water"), (eve, "Feed")):
        OutgoingMessage.objects.create(
            recipient=person, kind="digest", channel="email", address=person.email,
            subject=subject, status="sent", sent_at=NOW, due_at=NOW, dedupe_key=subject,
        )  # fmt: skip
    answer = browser(ada).get("/")
    assert [entry.title for entry in answer.context["agenda"]] == ["Stand-up"]
    assert [message.subject for message in answer.context["sent"]] == ["Water"]
    assert "23:30" in answer.content.decode()


def test_a_role_without_events_has_no_agenda(browser, eve):
    create_event(new=NewEvent(title="Stand-up", start=NOW), by=eve)
    eve.role.permissions = ["task:read"]
    eve.role.save()
    assert browser(eve).get("/").context["agenda"] == []


def test_a_day_full_of_events_costs_as_many_queries_as_one(browser, ada):
    client = browser(ada)
    create_event(new=NewEvent(title="One", start=NOW, recurrence="FREQ=DAILY"), by=ada)
    for_one = len(queries_of(client))
    for number in range(9):
        create_event(new=NewEvent(title=f"More {number}", start=NOW), by=ada)
    assert len(queries_of(client)) == for_one <= 12

"""What every list can do: as CSV, by steps of dates, and nothing in bulk without a yes."""

import csv
from contextlib import nullcontext
from datetime import UTC, datetime
from html import unescape
from io import StringIO

import pytest
from django.contrib import admin

from accounts.consoles import tenant_console
from accounts.models import AuditEntry, Role
from common import lists
from tasks.models import Task
from tenants.context import public_context
from tests.consoles.conftest import operator_with

TASKS = "/admin/tasks/task/"


def lines_of(answer):
    assert answer.status_code == 200
    return list(csv.reader(StringIO(b"".join(answer.streaming_content).decode())))


def make(ada, *titles):
    return [Task.objects.create(title=title, creator=ada, assignee=ada) for title in titles]


def test_a_list_is_taken_as_csv_as_it_is_narrowed_down(console, ada):
    make(ada, "Water the palms", "Order badges")
    answer = console.get(f"{TASKS}export/?q=palms", HTTP_X_REQUEST_ID="csv-1")
    assert answer["Content-Disposition"] == 'attachment; filename="task.csv"'
    assert "no-store" in answer["Cache-Control"]
    head, *rows = lines_of(answer)
    assert head[:4] == ["Title", "State", "Priority", "Who"]
    assert [row[:4] for row in rows] == [["Water the palms", "Pending", "Medium", "Ada Admin"]]
    entry = AuditEntry.objects.get(cid="csv-1")
    assert (entry.action, entry.source) == (AuditEntry.Action.ACCESS, "admin")
    assert entry.additional_data == {"lines": "1", "asked": "q=palms"}


@pytest.mark.parametrize("evil", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_formula_in_a_cell_is_harmless(console, ada, evil):
    make(ada, f"{evil} and more")
    _head, row = lines_of(console.get(f"{TASKS}export/"))
    assert row[0] == f"'{evil} and more"


def test_a_longer_list_has_to_be_narrowed_down(console, ada, monkeypatch):
    monkeypatch.setattr("common.consoles.MOST_LINES", 1)
    make(ada, "One", "Two")
    answer = console.get(f"{TASKS}export/?status__exact=pending", follow=True)
    assert answer.redirect_chain == [(f"{TASKS}?status__exact=pending", 302)]
    assert "narrow it down" in answer.content.decode()


def test_who_may_not_read_a_list_cannot_take_it(browser, ada):
    client = browser(ada)
    Role.objects.filter(pk=ada.role_id).update(permissions=["admin:settings"])
    assert client.get(f"{TASKS}export/").status_code == 403
    assert client.get("/admin/accounts/auditentry/export/").status_code == 403
    assert lines_of(client.get("/admin/accounts/role/export/"))


EVERY = [
    (site.name, f"/admin/{model._meta.app_label}/{model._meta.model_name}/")
    for site in (tenant_console, admin.site)
    for model in site._registry
]


@pytest.mark.parametrize(("site", "place"), EVERY)
def test_every_list_has_its_csv_and_says_what_is_missing(site, place, console, platform, olga):
    client = console if site == "tenant_console" else platform(olga)
    assert lines_of(client.get(f"{place}export/"))[0]
    assert f"{place}export/" in client.get(place).content.decode()


ACTIONS = [
    (site, model, action)
    for site in (tenant_console, admin.site)
    for model, table in site._registry.items()
    for action in table.actions or ()
    if action not in {"erase", "move"}  # they lead to pages that ask for more than a yes
]


@pytest.mark.parametrize(("site", "model", "action"), ACTIONS)
def test_nothing_is_done_in_bulk_without_a_yes(site, model, action, request, console):
    in_office = site is tenant_console
    client = console if in_office else request.getfixturevalue("platform")(operator_with("admin"))
    with nullcontext() if in_office else public_context():
        row = model._default_manager.first()
    if row is None:
        pytest.skip("there is no such row here")
    place = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    answer = client.post(place, {"action": action, "_selected_action": [str(row.pk)]})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert 'name="post" value="yes"' in page
    assert f'name="action" value="{action}"' in page


def test_too_many_at_once_are_refused(console, ada, monkeypatch):
    monkeypatch.setattr("common.consoles.MOST_CHOSEN", 1)
    form = {"action": "complete", "_selected_action": [str(t.pk) for t in make(ada, "One", "Two")]}
    assert "At most 1 at once" in console.post(TASKS, form, follow=True).content.decode()


@pytest.mark.parametrize(
    ("when", "found"),
    [("2025", 2), ("2025-03", 1), ("2025-03-30", 1), ("2024", 0), ("nonsense", 2), ("2025-13", 2)],
)
def test_dates_are_narrowed_down_step_by_step(console, ada, when, found):
    for task, day in zip(make(ada, "One", "Two"), (30, 31), strict=True):
        at = datetime(2025, 3 if day == 30 else 5, day, 23, tzinfo=UTC)
        Task.objects.filter(pk=task.pk).update(created_at=at)
    page = console.get(f"{TASKS}?when={when}")
    assert len(page.context["cl"].result_list) == found


def test_steps_are_years_months_and_days():
    assert lists.bounds_of("2024-02")[1].isoformat() == "2024-03-01"
    assert len([*lists.days_of(lists.bounds_of("2024-02")[0])]) == 29
    for bad in ("", "x", "2024-00", "2024-1-2-3", "0", "99999"):
        assert lists.bounds_of(bad) is None


def test_a_long_list_is_counted_so_far_only(console, ada, monkeypatch):
    monkeypatch.setattr(lists, "MOST_COUNTED", 2)
    make(ada, "One", "Two", "Three")
    assert console.get(TASKS).context["cl"].result_count == 2


OFFICE = [(model, table) for model, table in tenant_console._registry.items()]


@pytest.mark.parametrize(("model", "table"), OFFICE)
def test_every_list_of_an_office_says_what_it_is_and_is_searched_and_narrowed_down(
    model, table, console
):
    dates = [each for each in table.list_filter if isinstance(each, type)]
    assert table.search_fields
    assert any(issubclass(each, lists.DateSteps) for each in dates)
    place = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    assert table.words in unescape(console.get(place).content.decode())
    nothing = console.get(f"{place}?q=qqq-nowhere").content.decode()
    assert "Look for fewer words" in nothing


def test_an_empty_list_says_what_to_do(console):
    empty = {
        model: table.empty
        for model, table in OFFICE
        if not model._default_manager.exists() and model is not AuditEntry
    }
    assert len(empty) > 10
    for model, words in empty.items():
        place = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        assert words
        assert words in unescape(console.get(place).content.decode()), place


def test_what_names_another_row_is_the_way_to_it(console, eve, finance):
    row = Task.objects.create(title="Water the palms", creator=eve, assignee=eve, team=finance)
    page = console.get(TASKS).content.decode()
    assert f'<a href="/admin/accounts/user/{eve.pk}/change/">Eve Employee</a>' in page
    assert f'<a href="/admin/accounts/team/{finance.pk}/change/">Finance</a>' in page
    entry = AuditEntry.objects.filter(object_pk=str(row.pk)).first()
    page = console.get(f"/admin/accounts/auditentry/{entry.pk}/change/").content.decode()
    assert f'<a href="/admin/tasks/task/{row.pk}/change/">Water the palms</a>' in page
    assert f'<a href="/admin/accounts/auditentry/?q={row.pk}">{row.pk}</a>' in page


def test_who_may_not_see_people_gets_no_way_to_them(browser, ada, eve):
    client = browser(ada)
    Role.objects.filter(pk=ada.role_id).update(
        permissions=["admin:settings", "task:read", "task:update"]
    )
    Task.objects.create(title="Water the palms", creator=ada, assignee=eve)
    page = client.get(TASKS).content.decode()
    assert ("Eve Employee" in page, "/admin/accounts/user/" in page) == (True, False)

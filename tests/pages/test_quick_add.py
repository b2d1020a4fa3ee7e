"""The quick-add field: a sentence in, a task out."""

import re

import pytest
import time_machine

from tasks.models import Task
from tests.pages.conftest import HTMX, text_of

SEED = "remind finance to approve Acme invoice tomorrow at 3pm"
REFUSED = "ask Bob to approve Acme invoice tomorrow at 3pm"


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel("2024-05-14T10:00:00Z", tick=False):
        yield


def test_the_seed_sentence_becomes_sarahs_task(browser, ada, sarah):
    client = browser(ada)
    answer = client.post("/quick-add", {"text": SEED})
    task = Task.objects.get()
    assert (task.title, task.assignee, task.source) == ("Approve Acme invoice", sarah, "page")
    assert (answer.status_code, answer.url) == (302, "/")
    page = text_of(client.get("/"))
    assert "“Approve Acme invoice” is written down: Sarah Finance" in page


def test_htmx_gets_the_fresh_desk_and_an_empty_field(browser, ada, sarah):
    answer = browser(ada).post("/quick-add", {"text": SEED}, **HTMX)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "<html" not in html
    assert html.index('id="desk"') < html.index('hx-swap-oob="true"')
    assert 'name="text" value=""' in html
    assert "Written down Approve Acme invoice" in text_of(answer)


@pytest.mark.parametrize(
    ("text", "status"), [(REFUSED, 422), ("thanks!", 422), ("pay rent yesterday at 9am", 422)]
)
def test_a_refused_sentence_stays_in_its_field(browser, ada, text, status):
    answer = browser(ada).post("/quick-add", {"text": text})
    assert answer.status_code == status
    assert answer.context["quick"].errors["text"]
    assert f'value="{text}"' in answer.content.decode()
    assert not Task.objects.exists()


def test_htmx_gets_the_question_beside_the_field(browser, ada):
    answer = browser(ada).post("/quick-add", {"text": REFUSED}, **HTMX)
    assert (answer.status_code, answer["HX-Retarget"]) == (422, "#understood")
    assert text_of(answer) == "There is nobody here called “Bob”."


@pytest.mark.parametrize("text", ["", "   ", "x" * 2_001, "a\0b"])
def test_what_has_no_sense_as_a_text_is_refused(browser, ada, text):
    assert browser(ada).post("/quick-add", {"text": text}).status_code == 400
    assert not Task.objects.exists()


def test_an_employee_may_not_give_work_to_others(browser, eve):
    answer = browser(eve).post("/quick-add", {"text": SEED})
    assert answer.status_code == 403
    assert "You may not give work to others." in text_of(answer)
    assert SEED in answer.content.decode()


def test_the_preview_shows_the_parts_in_the_zone_of_the_writer(browser, ada, sarah):
    ada.timezone = "Europe/Berlin"
    ada.save()
    text = "ask Sarah to send figures every friday at 10am, high priority, remind 30 minutes before"
    page = text_of(browser(ada).get("/quick-add/preview", {"text": text}, **HTMX))
    for words in (
        "Who: Sarah Finance",
        "When: Fri 17 May, 10:00 (Europe/Berlin)",
        "Repeats: Every week on Friday",
        "Priority: High priority",
        "Reminder: Reminder 30 minutes before",
    ):
        assert words in page
    assert not Task.objects.exists()


WEEKLY = "ask Sarah to send figures every friday at 10am, high priority, remind 30 minutes before"


@pytest.mark.parametrize(
    ("without", "kept"),
    [
        ([], ("Sarah Finance", True, "FREQ=WEEKLY;BYDAY=FR", "high", 1)),
        (["person"], ("Ada Admin", True, "FREQ=WEEKLY;BYDAY=FR", "high", 1)),
        (["clock"], ("Sarah Finance", False, "", "high", 0)),
        (["bell", "repeat", "flag"], ("Sarah Finance", True, "", "medium", 0)),
    ],
)
def test_what_was_shown_is_stored_without_the_refused_parts(browser, ada, sarah, without, kept):
    form = {"text": WEEKLY, "seen": WEEKLY, "without": without}
    page = browser(ada).get("/quick-add/preview", {"text": WEEKLY, "without": without}, **HTMX)
    assert page.content.count(b" checked") == len(without)
    assert browser(ada).post("/quick-add", form).status_code == 302
    task = Task.objects.get()
    reminders = task.reminders.count()
    found = task.assignee.full_name, task.due_date is not None, task.recurrence, task.priority
    assert (*found, reminders) == kept


def test_a_refused_person_may_be_anybody(browser, eve):
    """What is not meant is not asked about either."""
    form = {"text": REFUSED, "seen": REFUSED, "without": ["person"]}
    page = text_of(browser(eve).get("/quick-add/preview", form, **HTMX))
    assert "There is nobody here" not in page
    assert browser(eve).post("/quick-add", form).status_code == 302
    assert Task.objects.get().assignee == eve


def test_parts_that_were_shown_for_another_sentence_count_for_nothing(browser, ada, sarah):
    form = {"text": SEED, "seen": "buy milk", "without": ["person"]}
    assert browser(ada).post("/quick-add", form).status_code == 302
    assert Task.objects.get().assignee == sarah


def test_a_part_that_is_none_is_refused(browser, ada):
    assert browser(ada).post("/quick-add", {"text": SEED, "without": ["x"]}).status_code == 400


def test_the_preview_asks_honestly(browser, ada):
    page = text_of(browser(ada).get("/quick-add/preview", {"text": REFUSED}, **HTMX))
    assert page.endswith("There is nobody here called “Bob”.")


def test_the_preview_of_nothing_is_nothing(browser, ada):
    answer = browser(ada).get("/quick-add/preview", {"text": " "}, **HTMX)
    assert (answer.status_code, text_of(answer)) == (200, "")


def test_the_preview_shows_text_as_text(browser, ada):
    text = "buy <img src=x onerror=alert(1)> tomorrow"
    assert b"<img" not in browser(ada).get("/quick-add/preview", {"text": text}).content


@pytest.mark.parametrize("path", ["/quick-add", "/quick-add/preview"])
def test_a_role_that_may_not_create_is_refused(browser, eve, path):
    eve.role.permissions = ["task:read"]
    eve.role.save()
    call = browser(eve).post if path == "/quick-add" else browser(eve).get
    assert call(path, {"text": "buy milk"}).status_code == 403
    assert not Task.objects.exists()


def test_the_field_is_no_door_for_other_sites(browser, ada):
    client = browser(ada)
    client.handler.enforce_csrf_checks = True
    assert client.post("/quick-add", {"text": "buy milk"}).status_code == 403
    assert not Task.objects.exists()


# --- Choosing otherwise


def fields_of(html: str) -> dict[str, str]:
    """What a form with this reading in it sends."""
    return dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', html))


def test_each_part_can_be_chosen_and_what_is_shown_is_stored(browser, ada, sarah, max_):
    """The form as the browser holds it, with one part after the other chosen."""
    client, preview = browser(ada), "/quick-add/preview"
    html = client.get(preview, {"text": WEEKLY}, **HTMX).content.decode()
    form = {"text": WEEKLY, **fields_of(html)}
    chosen = {
        "part-person": str(max_.pk),
        "part-clock": "2024-05-20T09:30",
        "part-bell": "60",
        "part-repeat": "FREQ=DAILY",
        "part-flag": "urgent",
        "part-label": "money, march",
    }
    for name, value in chosen.items():
        form |= {name: value}
        html = client.get(preview, form, **HTMX).content.decode()
        form |= fields_of(html)
    page = text_of(client.get(preview, form, **HTMX))
    for words in (
        "Who: Max Manager",
        "When: Mon 20 May, 09:30",
        "Reminder: Reminder 1 hour before",
        "Repeats: Every day",
        "Priority: Urgent priority",
        "Label: money",
        "Label: march",
    ):
        assert words in page
    assert client.post("/quick-add", form).status_code == 302
    task = Task.objects.get()
    assert (task.assignee, f"{task.due_date:%F %R}") == (max_, "2024-05-20 09:30")
    assert (task.recurrence, task.priority, task.labels) == (
        "FREQ=DAILY",
        "urgent",
        ["money", "march"],
    )
    assert [row.minutes_before for row in task.reminders.all()] == [60]


def test_what_was_not_chosen_follows_the_sentence_as_it_goes_on(browser, ada, sarah, max_):
    client = browser(ada)
    html = client.get("/quick-add/preview", {"text": "pay rent"}, **HTMX).content.decode()
    form = {**fields_of(html), "part-flag": "high", "text": "ask Sarah to pay rent tomorrow at 3pm"}
    page = text_of(client.get("/quick-add/preview", form, **HTMX))
    assert "Who: Sarah Finance" in page
    assert "When: Tomorrow, 15:00" in page
    assert "Priority: High priority" in page


def test_one_label_of_several_is_left_out(browser, ada):
    text = "pay rent #home #money #march"
    form = {"text": text, "seen": text, "without": ["label:money"]}
    page = browser(ada).get("/quick-add/preview", form, **HTMX)
    assert page.content.count(b" checked") == 1
    browser(ada).post("/quick-add", form)
    assert Task.objects.get().labels == ["home", "march"]


def test_the_question_who_is_answered_where_it_is_asked(browser, ada, sarah, max_):
    client = browser(ada)
    html = client.get("/quick-add/preview", {"text": REFUSED, "open": "person"}, **HTMX)
    assert "Who: Bob?" in text_of(html)
    assert "Sarah Finance" in text_of(html)
    form = {"text": REFUSED, **fields_of(html.content.decode()), "part-person": str(max_.pk)}
    assert "There is nobody here" not in text_of(client.get("/quick-add/preview", form, **HTMX))
    client.post("/quick-add", form)
    assert Task.objects.get().assignee == max_


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ({"part-clock": "2024-05-13T10:00"}, "This time is past."),
        ({"part-repeat": "FREQ=DAILY"}, "A recurring task needs a due date."),
        ({"part-repeat": "FREQ=SECONDLY"}, "is not possible."),
        ({"part-person": "x"}, "Enter a valid UUID"),
        ({"part-person": "00000000-0000-0000-0000-000000000001"}, "There is nobody with this id."),
        ({"part-label": "x" * 51}, "At most 20 labels"),
    ],
)
def test_a_choice_without_sense_is_asked_about_and_stores_nothing(browser, ada, parts, sentence):
    form = {"text": "buy milk", "seen": "buy milk", **parts}
    assert sentence in text_of(browser(ada).get("/quick-add/preview", form, **HTMX))
    answer = browser(ada).post("/quick-add", form, **HTMX)
    assert answer.status_code in {400, 422}
    assert sentence in text_of(answer)
    assert not Task.objects.exists()


def test_who_may_not_give_work_can_choose_nobody_else(browser, eve, sarah):
    client, form = browser(eve), {"text": "buy milk", "seen": "buy milk", "open": "person"}
    page = client.get("/quick-add/preview", form, **HTMX)
    assert "Sarah" not in text_of(page)
    answer = client.post("/quick-add", {**form, "part-person": str(sarah.pk)}, **HTMX)
    assert answer.status_code in {403, 422}
    assert not Task.objects.exists()


def test_without_a_script_each_part_is_a_field_of_a_page(browser, ada, sarah):
    client = browser(ada)
    answer = client.post("/quick-add/look", {"text": WEEKLY, "next": "/messages"})
    html = answer.content.decode()
    assert not Task.objects.exists()
    for name in ("person", "clock", "bell", "repeat", "flag", "label"):
        assert f'id="id_part-{name}"' in html
        assert f'name="initial-part-{name}"' in html
    assert html.count("quick-text") == 0
    form = {"text": WEEKLY, "next": "/messages", **fields_of(html), "part-flag": "low"}
    assert client.post("/quick-add", form).url == "/messages"
    assert Task.objects.get().priority == "low"


# --- Taking it back


def test_what_was_written_down_is_taken_back_with_one_click(browser, ada, sarah):
    client = browser(ada)
    client.post("/quick-add", {"text": SEED})
    page = client.get("/").content.decode()
    token = re.search(r'name="undo_token" value="([^"]+)"', page)[1]
    answer = client.post("/quick-add/undo", {"undo_token": token})
    assert (answer.status_code, answer.url) == (302, "/")
    assert not Task.objects.exists()
    assert "“Approve Acme invoice” is taken back." in text_of(client.get("/"))


def test_htmx_gets_the_desk_without_it(browser, ada, sarah):
    client = browser(ada)
    html = client.post("/quick-add", {"text": SEED}, **HTMX).content.decode()
    token = re.search(r'name="undo_token" value="([^"]+)"', html)[1]
    answer = client.post("/quick-add/undo", {"undo_token": token}, **HTMX)
    assert answer.status_code == 200
    assert "<html" not in answer.content.decode()
    assert "“Approve Acme invoice” is taken back." in text_of(answer)
    again = client.post("/quick-add/undo", {"undo_token": token}, **HTMX)
    assert (again.status_code, "This is undone already." in text_of(again)) == (409, True)


@pytest.mark.parametrize("token", ["", "x", "00000000-0000-0000-0000-000000000001"])
def test_a_token_of_nothing_takes_nothing_back(browser, ada, token):
    client = browser(ada)
    client.post("/quick-add", {"text": SEED})
    assert client.post("/quick-add/undo", {"undo_token": token}).status_code == 302
    assert "There is nothing to undo with this token." in text_of(client.get("/"))
    assert Task.objects.exists()

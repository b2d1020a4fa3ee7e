"""Events in the hands of people: dragged, stretched, and moved by keys alone."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from calendar_app.models import Event
from calendar_app.services import NewEvent, create_event
from tasks.models import Task
from tenants.context import tenant_transaction
from tests.browser.conftest import EVE
from tests.browser.hands import Finger, middle
from tests.browser.test_quick_add import shoot
from tests.browser.test_sign_in import sign_in


@pytest.fixture
def monday(committed, office):
    """A day of a coming week, with a meeting and a series on it."""
    now = timezone.now()
    monday = (now + timedelta(days=14 - now.weekday())).replace(hour=9, minute=0, second=0)
    with tenant_transaction(committed):
        eve = User.objects.get(email=EVE)
        create_event(new=NewEvent(title="Planning", start=monday), by=eve)
        daily = "FREQ=DAILY;COUNT=3"
        late = monday.replace(hour=14)
        create_event(new=NewEvent(title="Stand-up", start=late, recurrence=daily), by=eve)
    return monday


def drag(page, what, right, down):
    box = page.locator(what).first.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right / 2, y + down / 2)
    page.mouse.move(x + right, y + down)


@contextmanager
def telephone(page, office, *, height):
    """A telephone on which Eve is signed in."""
    shape = {"viewport": {"width": 390, "height": height}, "has_touch": True, "is_mobile": True}
    held = page.context.browser.new_context(**shape).new_page()
    said = []
    held.on("console", lambda line: said.append(line.text))
    held.on("pageerror", lambda error: said.append(str(error)))
    sign_in(held, office)
    yield held, Finger(held)
    assert said == []


def times_of(committed, title):
    with tenant_transaction(committed):
        rows = Event.objects.filter(title=title).order_by("start")
        return [(row.start, row.end - row.start) for row in rows]


def test_an_event_is_dragged_stretched_and_taken_back(office, browse, committed, monday):
    planning = "[data-title=Planning]"

    def work(page):
        said = []
        page.on("console", lambda line: said.append(line.text))
        sign_in(page, office)
        page.goto(f"{office}/calendar?view=week&date={monday:%Y-%m-%d}")
        shoot(page, "week")
        wide = page.locator("[data-date]").nth(1).bounding_box()["width"]
        hour = page.locator(planning).bounding_box()["height"]
        drag(page, planning, wide, hour / 2)
        shoot(page, "week-dragged")
        page.mouse.up()
        page.wait_for_selector("#notices:has-text('is moved.')")
        drag(page, f"{planning} .item-grip", 0, hour / 2)
        page.mouse.up()
        page.wait_for_selector(f"{planning}[data-minutes='90']")
        shoot(page, "week-stretched")
        page.set_viewport_size({"width": 390, "height": 844})
        shoot(page, "week-phone")
        page.set_viewport_size({"width": 1280, "height": 720})
        page.click("#notices .undo button")
        page.wait_for_selector(f"{planning}[data-minutes='60']")
        return said

    assert browse(work) == []
    assert times_of(committed, "Planning") == [
        (monday.replace(microsecond=0) + timedelta(days=1, minutes=30), timedelta(hours=1))
    ]


def test_one_of_a_series_is_moved_by_keys_alone(office, browse, committed, monday):
    def work(page):
        sign_in(page, office)
        page.emulate_media(color_scheme="dark")
        page.goto(f"{office}/calendar?date={monday:%Y-%m-%d}")
        page.locator("[data-title=Stand-up] a").first.focus()
        page.keyboard.press("m")
        page.keyboard.press("ArrowDown")
        page.wait_for_selector(".moving-word:has-text('Stand-up:')")
        shoot(page, "month-keys-dark")
        page.keyboard.press("Escape")
        page.wait_for_selector(".moving-word:has-text('Left as it is.')")
        page.keyboard.press("m")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        page.wait_for_selector("dialog#move-scope[open]")
        shoot(page, "month-scope-dark")
        page.keyboard.press("Enter")
        page.wait_for_selector("#notices:has-text('is moved.')")
        return page.evaluate("document.activeElement.closest('[data-title]')?.dataset.title")

    assert browse(work) == "Stand-up"
    found = times_of(committed, "Stand-up")
    assert len(found) == 2
    assert found[1][0] == found[0][0] + timedelta(days=7)


def test_a_finger_that_rests_moves_an_event_and_one_that_does_not_scrolls(
    office, browse, committed, monday
):
    planning, empty = "[data-title=Planning]", monday + timedelta(days=4)
    hidden = f"[data-date='{empty:%Y-%m-%d}']"

    def work(page):
        with telephone(page, office, height=560) as (held, finger):
            held.goto(f"{office}/calendar?view=week&date={monday:%Y-%m-%d}")
            assert not held.locator(hidden).is_visible()
            finger.carry(planning, onto="header.top", rests=False)
            held.wait_for_function("() => window.scrollY > 0")
            finger.let_go()
            assert not held.locator(".is-moving").count()
            held.set_viewport_size({"width": 390, "height": 1400})
            finger.carry(planning, onto=hidden)
            held.wait_for_selector(f"{hidden}.is-target")
            shoot(held, "week-finger")
            finger.let_go()
            held.wait_for_selector("#notices:has-text('is moved.')")
            return True

    assert browse(work)
    [(start, _length)] = times_of(committed, "Planning")
    assert start == monday + timedelta(days=4)


def test_a_card_is_carried_to_another_column_by_mouse_and_by_finger(office, browse, committed):
    with tenant_transaction(committed):
        eve = User.objects.get(email=EVE)
        task = Task.objects.create(title="Plants", creator=eve, assignee=eve)
    card, begun, done = (
        f"[data-key='{task.pk}']",
        "[data-column=in_progress]",
        "[data-column=done]",
    )

    def work(page):
        sign_in(page, office)
        page.goto(f"{office}/tasks?view=board")
        x, y = middle(page.locator(card))
        to_x, to_y = middle(page.locator(begun))
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 20, y)
        page.mouse.move(to_x, to_y)
        page.wait_for_selector(f"{begun}.is-target")
        shoot(page, "board-dragged")
        page.mouse.up()
        page.wait_for_selector(f"{begun} {card}")
        with telephone(page, office, height=1400) as (held, finger):
            held.goto(f"{office}/tasks?view=board")
            finger.carry(card, onto=done)
            held.wait_for_selector(f"{done}.is-target")
            finger.let_go()
            held.wait_for_selector("#notices:has-text('“Plants”: done.')")
        return True

    assert browse(work)
    with tenant_transaction(committed):
        assert Task.objects.get(pk=task.pk).status == "done"

"""The quick-add field as fingers use it: a part is chosen where it stands, and Enter stores it."""

import os
from pathlib import Path

from tasks.models import Task
from tenants.context import tenant_transaction
from tests.browser.test_sign_in import sign_in


def shoot(page, name):
    """Keep a picture for those who look."""
    if folder := os.environ.get("OFFICE_SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png")


def choose_urgent_by_keys(page):
    page.keyboard.press("q")
    page.keyboard.type("call the bank #money #home")
    # The last word was read; a slow machine reads the first ones by themselves before.
    page.wait_for_selector("[value='label:home']", state="attached")
    page.focus("#choose-flag")
    page.keyboard.press("Enter")
    page.wait_for_selector("#id_part-flag")
    # Exchanged, and the focus put back to where it was.
    page.wait_for_selector(".htmx-swapping, .htmx-settling", state="detached")
    page.wait_for_selector("#choose-flag:focus")
    page.keyboard.press("Tab")
    page.keyboard.press("u")
    page.wait_for_selector("#choose-flag:has-text('Urgent priority')")
    shoot(page, "quick-chooser")
    # Where one was, one still is.
    stood = page.evaluate("document.activeElement.id")
    page.keyboard.press("Escape")
    return stood, page.evaluate("document.activeElement.id")


def test_parts_are_chosen_by_keys_and_enter_stores_what_is_shown(office, browse, committed):
    def work(page):
        said = []
        page.on("console", lambda line: said.append(line.text))
        sign_in(page, office)
        assert choose_urgent_by_keys(page) == ("id_part-flag", "choose-flag")
        page.click("#choose-clock")
        page.fill("#id_part-clock", "2031-05-20T09:30")
        page.click(".leave-out:has([value='label:money'])")
        page.wait_for_selector(".is-refused:has-text('money')")
        page.wait_for_selector("#choose-clock:has-text('20 May 2031, 09:30')")
        page.set_viewport_size({"width": 390, "height": 844})
        page.emulate_media(color_scheme="dark")
        shoot(page, "quick-phone-dark")
        page.focus("#quick-text")
        page.keyboard.press("Enter")
        page.wait_for_selector(".understood .added")
        return said

    assert browse(work) == []
    with tenant_transaction(committed):
        task = Task.objects.get(title="Call the bank")
        assert (task.priority, task.labels) == ("urgent", ["home"])
        assert f"{task.due_date:%F %R}" == "2031-05-20 09:30"


def test_without_a_script_parts_are_chosen_on_a_page(office, browse, committed):
    def work(page):
        plain = page.context.browser.new_context(java_script_enabled=False).new_page()
        sign_in(plain, office)
        plain.fill("#quick-text", "call the bank")
        plain.click("[formaction='/quick-add/look']")
        plain.select_option("#id_part-flag", "urgent")
        shoot(plain, "quick-plain")
        plain.click("form.look button.primary")
        plain.wait_for_selector("#notices:has-text('Urgent priority')")
        return True

    assert browse(work)
    with tenant_transaction(committed):
        assert Task.objects.get(title="Call the bank").priority == "urgent"

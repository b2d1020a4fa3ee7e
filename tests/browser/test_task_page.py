"""The page of a task: naming somebody while one types, or typed out; dropping files on it."""

import pytest

from accounts.models import User
from accounts.services import create_user
from tasks.models import Mention, Task
from tenants.context import tenant_transaction
from tests.browser.axe import SCHEMES, faults_here
from tests.browser.conftest import EVE
from tests.browser.test_sign_in import sign_in
from tests.conftest import PASSWORD

FIELD = "#id_body"


@pytest.fixture(scope="module")
def eve(branch) -> User:
    with tenant_transaction(branch.tenant):
        for name in ("Max Manager", "Maxine Moss"):
            email = f"{name.split()[0].lower()}@umbrella.example"
            create_user(email=email, full_name=name, role="admin", password=PASSWORD)
        return create_user(email=EVE, full_name="Eve Employee", role="admin", password=PASSWORD)


@pytest.fixture
def shared(branch, eve) -> str:
    with tenant_transaction(branch.tenant):
        task = Task.objects.create(title="Approve the invoice", creator=eve, assignee=eve)
    return f"/tasks/{task.pk}"


def test_a_name_is_chosen_by_keys_and_told(branch, shared, browse):
    def work(page):
        said = []
        page.on("console", lambda line: said.append(line.text))
        sign_in(page, branch.url)
        page.goto(branch.url + shared)
        page.focus(FIELD)
        page.keyboard.type("Please look, @ma")
        page.wait_for_selector(".names:not([hidden]) [role=option]")
        offered = page.locator(".names:not([hidden]) [role=option] span").all_inner_texts()
        page.keyboard.press("ArrowDown")
        active = page.get_attribute(FIELD, "aria-activedescendant")
        chosen = page.inner_text(f"#{active} span")
        said += faults_here(page, "task-naming", SCHEMES)
        page.keyboard.press("Enter")
        page.keyboard.type("and @Max Manager")
        page.wait_for_selector(".names:not([hidden]) [role=option]")
        page.keyboard.press("Escape")
        text = page.input_value(FIELD)
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_selector("mark.mention")
        said += faults_here(page, "task-named", SCHEMES)
        return offered, chosen, text, page.locator("mark.mention").all_inner_texts(), said

    assert browse(work) == (
        ["Max Manager", "Maxine Moss"],
        "Maxine Moss",
        "Please look, @Maxine Moss and @Max Manager",
        ["@Maxine Moss", "@Max Manager"],
        [],
    )
    with tenant_transaction(branch.tenant):
        assert Mention.objects.filter(comment__task=shared.split("/")[-1]).count() == 2


def test_without_a_script_a_typed_name_is_the_same(branch, shared, browse):
    def work(page):
        plain = page.context.browser.new_context(java_script_enabled=False).new_page()
        sign_in(plain, branch.url)
        plain.goto(branch.url + shared)
        plain.fill(FIELD, "@Maxine, thank you.")
        plain.click("text=Add comment >> nth=-1")
        return plain.locator("mark.mention >> nth=-1").inner_text()

    assert browse(work) == "@Maxine"


# What a mouse that drags files over the form brings.
DROP = """(form) => {
  const files = new DataTransfer();
  files.items.add(new File(["plant,day"], "Plants in the hall.csv"));
  files.items.add(new File(["no picture"], "palm.png"));
  const about = { dataTransfer: files, bubbles: true, cancelable: true };
  for (const kind of ["dragenter", "dragover", "drop"])
    form.dispatchEvent(new DragEvent(kind, about));
}"""


def test_files_are_dropped_there_and_taken_back(branch, shared, browse):
    def work(page):
        said = []
        page.on("console", lambda line: said.append(line.text))
        sign_in(page, branch.url)
        page.goto(branch.url + shared)
        page.eval_on_selector("form.drop", DROP)
        page.wait_for_selector(".is-files a")
        said += faults_here(page, "task-files", SCHEMES)
        notices = page.inner_text("#notices")
        with page.expect_download() as download:
            page.click(".is-files a")
        name = download.value.suggested_filename
        page.click("#notices .undo button")
        page.wait_for_selector(".is-files", state="detached")
        return said, name, "“palm.png”: The name ends in .png" in notices

    assert browse(work) == ([], "Plants in the hall.csv", True)


def test_without_a_script_a_file_is_chosen_and_taken_away(branch, shared, browse):
    def work(page):
        plain = page.context.browser.new_context(java_script_enabled=False).new_page()
        sign_in(plain, branch.url)
        plain.goto(branch.url + shared)
        file = {"name": "plants.txt", "mimeType": "text/plain", "buffer": b"On Fridays."}
        plain.set_input_files("#id_file", files=[file])
        plain.click("form.drop button")
        plain.click(".is-files button")
        plain.wait_for_selector("text=“plants.txt” is taken away.")
        return plain.locator(".is-files").count()

    assert browse(work) == 0

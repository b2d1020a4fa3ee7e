"""Pictures of every page of an office that runs, for those who look.

    make run                                            in another window
    python -m tests.browser.pictures DIR [--only WORD]  each page in English and German, light and
                                                        dark, on a desk and on a telephone
    python -m tests.browser.pictures docs/pictures --docs

It signs in as the demo office's admin, adds the example data, and opens an office of its own for
the pages of somebody who has just come. Nothing is compared: a person has to look.
"""

import argparse
import re
import shutil
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from tests.browser.axe import PHONE, SCHEMES, STILL, WIDE

DESK, SMALL = ("desk", WIDE), ("phone", PHONE)
LOCALES = ("en", "de")
PASSWORD = "office-demo-2024"
ID = re.compile(r"/[0-9a-f]{8}-[0-9a-f-]{27}$")
# Where the first thing of a kind is found, by the name that stands for it below.
THINGS = {
    "task": "/tasks?view=timeline",
    "note": "/notes",
    "event": "/calendar?view=agenda",
    "document": "/documents",
}
PAGES = (
    *("/", "/tasks", "/tasks?view=board", "/tasks?view=month", "/tasks?view=timeline"),
    *("/tasks?priority=x", "/tasks?search=nothing+like+it", "{task}", "{task}/edit"),
    *("/calendar", "/calendar?view=week", "/calendar?view=day", "/calendar?view=agenda"),
    *("/calendar/events/new", "{event}", "{event}/edit", "/calendar/syncs"),
    *("/notes", "/notes/new", "{note}", "{note}/edit", "{note}/versions"),
    *("/documents", "/documents/new", "{document}", "/ask"),
    *("/assistant", "/search?q=plants"),
    *("/search?q=zzzz", "/team", "/reports", "/messages", "/messages/coming", "/notifications"),
    *("/settings", "/profile", "/profile/api-keys", "/security", "/security/second-factor"),
    *("/connections", "/people/import", "/welcome", "/design", "/nowhere"),
)
STRANGERS = ("/sign-in", "/forgot-password", "/sso", "/invitation/wrong", "/nowhere")
NEWCOMERS = (
    *("/", "/welcome", "/tasks", "/tasks?view=board", "/tasks?view=month", "/tasks?view=timeline"),
    *("/calendar", "/calendar?view=week", "/calendar?view=agenda", "/notes", "/documents"),
    *("/ask", "/assistant", "/team", "/reports", "/messages", "/messages/coming"),
)
EMPLOYEES = ("/team", "/welcome", "/settings")
IN_PRINT = ("/", "/tasks", "{task}", "/calendar?view=week", "{note}", "/reports")


def _typed(page: Any) -> None:
    page.fill("#quick-text", "call the bank tomorrow at 3pm every week #money urgent")
    page.wait_for_selector("#choose-clock")


def _sought(page: Any) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.type("plnats")
    page.wait_for_selector("#palette-found li a")


def _asked(page: Any) -> None:
    page.fill("[name=question]", "How many days of vacation do we have?")
    page.click("form.ask button")
    page.wait_for_selector(".answer")


def _said(page: Any) -> None:
    page.fill("#id_message", "Remind Eve to water the plants tomorrow at 9")
    page.click("form.ask button")
    page.wait_for_selector(".reply")


# What is done at a page before its picture is taken.
STATES: tuple[tuple[str, str, Callable[[Any], None]], ...] = (
    ("quick-add", "/", _typed),
    ("palette", "/", _sought),
    ("keys", "/", lambda page: page.keyboard.press("?")),
    ("asked", "/ask", _asked),
    ("said", "/assistant", _said),
    ("menu", "/", lambda page: page.click("details.menu summary")),
)
# What stands in the documentation: page, what is done there, scheme, width and height.
DOCS: dict[str, tuple[str, Callable[[Any], None], str, tuple[int, int]]] = {
    "today": ("/", lambda _page: None, "light", (1100, 680)),
    "quick-add": ("/", _typed, "dark", (1100, 420)),
    "board": ("/tasks?view=board", lambda _page: None, "dark", (1100, 680)),
    "ask": ("/ask", _asked, "light", (1100, 420)),
    "telephone": ("/", lambda _page: None, "light", (360, 680)),
}


class Photographer:
    """Goes from page to page and keeps what is seen there."""

    def __init__(self, page: Any, folder: Path, only: str) -> None:
        self.page, self.folder, self.only = page, folder, only
        self.things: dict[str, str] = {}
        page.set_default_timeout(30_000)

    def tour(self, url: str, paths: Any, prefix: str) -> None:
        """Take each page in each shape."""
        for path in paths:
            name = prefix + name_of(path)
            if self.only in name:
                self.page.goto(url + path.format(**self.things))
                self.shapes(name)

    def shapes(self, name: str, *, whole: bool = True) -> None:
        """Take what is there on a desk and on a telephone, light and dark."""
        for (size, measures), scheme in product((DESK, SMALL), SCHEMES):
            self.page.set_viewport_size(measures)
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            self.take(f"{name}-{size}-{scheme}", whole=whole)
        self.page.set_viewport_size(WIDE)

    def take(self, name: str, *, whole: bool = True) -> None:
        """Take a picture when nothing moves any more."""
        self.page.wait_for_function(STILL)
        self.page.screenshot(path=self.folder / f"{name}.png", full_page=whole)

    def sign_in(self, url: str, email: str) -> None:
        """Come in by the front door."""
        self.page.context.clear_cookies()
        self.page.goto(f"{url}/sign-in")
        self.page.fill("#id_username", email)
        self.page.fill("#id_password", PASSWORD)
        self.page.click("button.primary[type=submit]")
        self.page.wait_for_url(f"{url}/")

    def speak(self, url: str, locale: str) -> None:
        """Have the pages speak a language to who is signed in."""
        self.page.goto(f"{url}/profile")
        form = self.page.locator("main form:has([name=locale])")
        form.locator("[name=locale]").select_option(locale)
        form.locator("button[type=submit]").first.click()
        self.page.wait_for_selector(f"html[lang={locale}]", state="attached")

    def furnish(self, url: str) -> None:
        """Add the example data, and look where the first thing of each kind is."""
        self.page.goto(f"{url}/welcome")
        add = self.page.locator("form:has([name=do][value=add]) button, button[value=add]")
        if add.count():
            add.first.click()
        for name, path in THINGS.items():
            self.page.goto(url + path)
            links = self.page.eval_on_selector_all("main a", "all => all.map((a) => a.href)")
            paths = [urlsplit(link).path for link in links]
            self.things[name] = next(path for path in paths if ID.search(path))


def everything(camera: Photographer, url: str) -> None:
    """Take every page there is."""
    slug, email = urlsplit(url).netloc.partition(".")[0], "ada@{}.example"
    ada = email.format(slug)
    new = open_office(camera.page, url)
    camera.sign_in(url, ada)
    camera.furnish(url)
    for locale in LOCALES:
        camera.speak(url, locale)
        camera.tour(url, PAGES, f"{locale}-")
        for name, path, act in STATES:
            if camera.only in f"{locale}-{name}":
                camera.page.goto(url + path)
                act(camera.page)
                camera.shapes(f"{locale}-state-{name}", whole=False)
        for path in IN_PRINT:
            camera.page.goto(url + path.format(**camera.things))
            camera.page.emulate_media(media="print")
            camera.take(f"{locale}-print-{name_of(path)}")
            camera.page.emulate_media(media="screen")
    camera.speak(url, "en")
    camera.sign_in(url, f"eve@{slug}.example")
    camera.tour(url, EMPLOYEES, "en-employee-")
    camera.page.context.clear_cookies()
    for locale in LOCALES:
        camera.page.set_extra_http_headers({"Accept-Language": locale})
        camera.tour(url, STRANGERS, f"{locale}-stranger-")
        camera.tour(front_of(url), ("/", "/open-office"), f"{locale}-front-")
        camera.page.context.clear_cookies()
        camera.sign_in(*new)
        camera.speak(new[0], locale)
        camera.tour(new[0], NEWCOMERS, f"{locale}-new-")
        camera.page.context.clear_cookies()


def name_of(path: str) -> str:
    """Return the name of a page's picture."""
    return re.sub(r"\W+", "-", path).strip("-") or "today"


def front_of(url: str) -> str:
    """Return the address that no office has."""
    return f"http://localhost:{urlsplit(url).port}"


def open_office(page: Any, url: str) -> tuple[str, str]:
    """Open an office as somebody new does; return its address and who that is."""
    email = f"nia@{uuid4().hex[:8]}.example"
    page.goto(front_of(url))
    form = page.locator("form[action='/open-office']")
    for name, value in {
        "tenant_name": f"Newcomers {uuid4().hex[:4]}",
        "full_name": "Nia New",
        "email": email,
        "password": PASSWORD,
    }.items():
        form.locator(f"[name={name}]").fill(value)
    form.locator("button").click()
    link = page.locator("main a[href*='/sign-in']").first
    return link.get_attribute("href").partition("/sign-in")[0], email


def for_docs(camera: Photographer, url: str) -> None:
    """Take those that stand in the documentation."""
    camera.sign_in(url, "ada@acme.example")
    camera.furnish(url)
    for name, (path, act, scheme, (width, height)) in DOCS.items():
        camera.page.set_viewport_size({"width": width, "height": height})
        camera.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        camera.page.goto(url + path)
        act(camera.page)
        camera.take(name, whole=False)


def looked_at(chromium: str) -> Iterator[Any]:
    """Give a page of a browser of its own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser.new_page()
        browser.close()


def main() -> None:
    """Take what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--url", default="http://acme.localhost:8000")
    parser.add_argument("--only", default="", metavar="WORD")
    parser.add_argument("--docs", action="store_true")
    parser.add_argument("--chromium", default=shutil.which("chromium") or "chromium")
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    for page in looked_at(chosen.chromium):
        camera = Photographer(page, chosen.folder, chosen.only)
        (for_docs if chosen.docs else everything)(camera, chosen.url)


if __name__ == "__main__":
    main()

"""Somebody at a page: with mouse, keys alone, one finger, or a browser that runs no script."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.conftest import PASSWORD

MOST_TABS = 250
# Chromium tells of a broken policy in its console too; this finds those that are only reported.
TELL_OF_POLICY = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error("policy", event.violatedDirective, event.blockedURI));
"""
IS_HERE = "node => node === document.activeElement"
IS_AT_NOTHING = "document.activeElement === document.body"
IS_TYPED_IN = "document.activeElement.matches('input, textarea, select')"
# A ring around it, of whatever kind.
IS_SEEN = """node => {
  const look = getComputedStyle(node);
  return node.matches(":focus-visible")
    && (look.outlineStyle !== "none" || look.boxShadow !== "none");
}"""


class Mouse:
    """Points, clicks and types; what the console says is kept."""

    name = "mouse"
    has_script = True

    def __init__(self, page: Any, url: str) -> None:
        self.page, self.url = page, url
        self.said: list[str] = []
        page.on("console", lambda line: self.said.append(f"{page.url}: {line.text}"))
        page.on("pageerror", lambda error: self.said.append(f"{page.url}: {error}"))

    def at(self, selector: str) -> Any:
        """The first that fits."""
        return self.page.locator(selector).first

    def link(self, name: str) -> Any:
        """What leads on, in the content of the page."""
        return self.page.locator("main").get_by_role("link", name=name, exact=True).first

    def button(self, name: str) -> Any:
        """What does something."""
        return self.page.get_by_role("button", name=name, exact=True).first

    def sees(self, text: str, *, within: str = "main") -> None:
        """Wait until the page says so."""
        pattern = re.compile(re.escape(text), re.IGNORECASE)
        self.page.locator(within).get_by_text(pattern).first.wait_for()

    def is_at(self, title: str) -> None:
        """Wait for the page with this heading."""
        self.page.get_by_role("heading", level=1, name=title, exact=True).wait_for()

    def press(self, target: Any) -> None:
        """Do what a link or a button does."""
        target.click()

    def fill(self, target: Any, text: str) -> None:
        """Write into a field in place of what it says."""
        target.fill(text)

    def send(self, field: Any, button: str) -> None:
        """Send the form of a field of one line that was just filled in."""
        form = field.locator("xpath=ancestor::form")
        form.get_by_role("button", name=button, exact=True).click()

    def choose(self, target: Any, label: str) -> None:
        """Take one of a list."""
        target.select_option(label=label)

    def go(self, place: str) -> None:
        """Go to one of the places at the side."""
        self.press(self._place(place))

    def sign_in(self, email: str) -> None:
        """Come in by the front door."""
        self.page.goto(f"{self.url}/sign-in")
        self.fill(self.at("#id_username"), email)
        self.fill(self.at("#id_password"), PASSWORD)
        self.send(self.at("#id_password"), "Sign in")
        self.is_at("Today")

    def sign_out(self) -> None:
        """Leave by the menu of one's name."""
        self.press(self.at("details.menu summary"))
        self.press(self.button("Sign out"))
        self.page.wait_for_selector("h1:has-text('Sign in to')")

    def _place(self, place: str) -> Any:
        return self.at("nav.rail").get_by_role("link", name=place, exact=True)


class Plain(Mouse):
    """A browser that runs no script."""

    name = "plain"
    has_script = False


class Keys(Mouse):
    """Never touches the mouse; what is acted upon must show that it is where the keys are."""

    name = "keys"

    def press(self, target: Any) -> None:
        self._reach(target)
        self.page.keyboard.press("Enter")

    def fill(self, target: Any, text: str) -> None:
        self._reach(target)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)

    def send(self, field: Any, button: str) -> None:
        self.page.keyboard.press("Enter")

    def choose(self, target: Any, label: str) -> None:
        self._reach(target)
        self.page.keyboard.press("Home")
        for _ in range(MOST_TABS):
            if target.evaluate("node => node.selectedOptions[0].label.trim()") == label:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{label} is not among the choices")

    def go(self, place: str) -> None:
        if key := self._place(place).get_attribute("data-go"):
            while self.page.evaluate(IS_TYPED_IN):
                self.page.keyboard.press("Tab")
            self.page.keyboard.press("g")
            self.page.keyboard.press(key)
        else:
            super().go(place)

    def _reach(self, target: Any) -> None:
        target.wait_for()
        node = target.element_handle()
        if self.page.evaluate(IS_AT_NOTHING) and node.evaluate("node => node.closest('#main')"):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("document.activeElement.matches('.skip-link')"):
                self.page.keyboard.press("Enter")
        for _ in range(MOST_TABS):
            if node.evaluate(IS_HERE):
                assert node.evaluate(IS_SEEN), f"nothing shows that the keys are at {target}"
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"no key reaches {target}")


class Finger:
    """One finger on a telephone, as the browser gets it from the glass."""

    def __init__(self, page: Any) -> None:
        self.page, self.glass = page, page.context.new_cdp_session(page)

    def touch(self, kind: str, *at: float) -> None:
        """Tell the glass of a beginning, a move to somewhere, or the end."""
        points = [{"x": at[0], "y": at[1]}] if at else []
        self.glass.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def carry(self, what: str, *, onto: str, rests: bool = True) -> None:
        """Put the finger on something, rest there or not, and go over to something else."""
        self.page.locator(what).first.scroll_into_view_if_needed()
        x, y = middle(self.page.locator(what).first)
        self.touch("touchStart", x, y)
        if rests:
            self.page.wait_for_selector(".is-moving")
        to_x, to_y = middle(self.page.locator(onto).first)
        for part in (0.3, 0.6, 0.9, 1):
            self.touch("touchMove", x + (to_x - x) * part, y + (to_y - y) * part)

    def let_go(self) -> None:
        """Take the finger off."""
        self.touch("touchEnd")


def middle(locator: Any) -> tuple[float, float]:
    """Where the middle of something is."""
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@contextmanager
def somebody(kind: type[Mouse], browser: Any, url: str) -> Iterator[Mouse]:
    """Sit down at a browser that nobody has been at; nothing may be said in its console."""
    context = browser.new_context(java_script_enabled=kind.has_script)
    try:
        context.add_init_script(TELL_OF_POLICY)
        page = context.new_page()
        page.set_default_timeout(30_000)
        # The first page of a served product waits for all that is loaded then.
        page.set_default_navigation_timeout(90_000)
        hand = kind(page, url)
        yield hand
        assert hand.said == []
    finally:
        context.close()

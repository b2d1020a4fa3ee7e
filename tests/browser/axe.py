"""What axe says of a page in every shape, and pictures of it for those who look."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
# The consoles have one scheme in a test; pages are looked at in both.
SCHEMES = ("light", "dark")
# Reading all styles a second time serves a rule that is off; what passes is not asked for.
RUN = """
(rules) => axe.run({
  preload: false,
  resultTypes: ["violations"],
  ...(rules && {runOnly: {type: "rule", values: rules}}),
}).then((found) => found.violations)
"""
# Another scheme has other colours: what else axe looks at is what it was.
OF_COLOURS = ["color-contrast", "link-in-text-block"]
STILL = "() => !document.querySelector('[x-cloak]:not([x-show])')"


def faults_of(page: Any, address: str, name: str, schemes: Sequence[str] = ()) -> list[str]:
    """Open the address once; return what axe finds on a desk and on a telephone, and overflow.

    With OFFICE_SHOTS set, a picture of each shape is kept in that folder.
    """
    page.set_viewport_size(WIDE)
    answer = page.goto(address)
    # What is wrong in an address answers 400, and is a page too.
    if answer.status not in {200, 400}:
        return [f"{address}: {answer.status}"]
    return faults_here(page, name, schemes)


def faults_here(page: Any, name: str, schemes: Sequence[str] = ()) -> list[str]:
    """Return the same of the page as it stands, which may have come from a form."""
    base = pytest.importorskip("axe_playwright_python.base")
    page.evaluate(base.AXE_SCRIPT)
    found, address = [], page.url
    for scheme, size in _shapes(page, schemes):
        page.wait_for_function(STILL)
        shape = f"{address} {scheme} at {size['width']}"
        if folder := os.environ.get("OFFICE_SHOTS"):
            shot = "-".join(filter(None, (name, scheme, str(size["width"]))))
            page.screenshot(path=Path(folder) / f"{shot}.png", full_page=True)
        for fault in page.evaluate(RUN, OF_COLOURS if scheme in schemes[1:] else None):
            where = "; ".join(node["html"][:160] for node in fault["nodes"][:4])
            found.append(f"{shape}: {fault['id']}: {where}")
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > size["width"]:
            found.append(f"{shape} is {wide} wide")
    page.set_viewport_size(WIDE)
    return found


def _shapes(page: Any, schemes: Sequence[str]) -> Iterator[tuple[str, dict[str, int]]]:
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)
        for scheme in schemes or ("",):
            if scheme:
                # Colours that fade from one scheme to the other are neither.
                page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            yield scheme, size

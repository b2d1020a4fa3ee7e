"""What axe says of a page, and pictures of it for those who look."""

import os
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe

WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


def faults_of(page: Any, address: str, name: str) -> list[str]:
    """Open the address on a desk and on a telephone; return what axe finds, and what overflows.

    With OFFICE_SHOTS set, a picture of each is kept in that folder.
    """
    found = []
    page.set_viewport_size(WIDE)
    answer = page.goto(address)
    if answer.status != 200:
        return [f"{address}: {answer.status}"]
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)
        page.wait_for_function("!document.querySelector('[x-cloak]:not([x-show])')")
        if folder := os.environ.get("OFFICE_SHOTS"):
            page.screenshot(path=Path(folder) / f"{name}-{size['width']}.png", full_page=True)
        for fault in Axe().run(page).response["violations"]:
            where = "; ".join(node["html"][:160] for node in fault["nodes"][:4])
            found.append(f"{address} at {size['width']}: {fault['id']}: {where}")
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > size["width"]:
            found.append(f"{address} is {wide} wide at {size['width']}")
    return found

"""What Lighthouse says of the pages that people have open all day.

    make run                                          in another window
    npm install --prefix ~/lighthouse lighthouse      once, outside of the repository
    python -m benchmarks.lighthouse --lighthouse ~/lighthouse/node_modules/.bin/lighthouse

It signs in as a person would, in a Chromium of its own, and lets Lighthouse look at each page from
there, for the first time and as a telephone on a slow line, which is its own standard. Nothing else
should run on the machine meanwhile: Lighthouse counts how long the processor takes.
"""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.report import Report, Row, arguments

PATHS = ("/", "/tasks", "/calendar", "/ask")
WANTED = {"performance": 95, "accessibility": 100, "best-practices": 100}


def main() -> None:
    """Look at each page and print; fail where one is worth less than it should be."""
    parser = arguments(__doc__)
    parser.add_argument("--url", default="http://acme.localhost:8000")
    parser.add_argument("--email", default="ada@acme.example")
    parser.add_argument("--password", default="office-demo-2024")
    parser.add_argument("--lighthouse", default=shutil.which("lighthouse") or "lighthouse")
    parser.add_argument("--chromium", default=shutil.which("chromium") or "chromium")
    chosen = parser.parse_args()
    report = Report(chosen)
    with signed_in(chosen.chromium, chosen.url, chosen.email, chosen.password) as port:
        rows = [look(chosen.lighthouse, port, chosen.url, path) for path in PATHS]
    report.table("Lighthouse", rows)
    report.finish()
    poor = [row["page"] for row in rows if any(row[name] < WANTED[name] for name in WANTED)]
    if poor:
        raise SystemExit(f"less than they should be worth: {', '.join(poor)}")


@contextmanager
def signed_in(chromium: str, url: str, email: str, password: str) -> Iterator[int]:
    """Start a browser in which the person is signed in; give the port of its debugger."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        context = driver.chromium.launch_persistent_context(
            folder,
            executable_path=chromium,
            args=["--no-sandbox", "--remote-debugging-port=0"],
        )
        try:
            page = context.new_page()
            page.goto(f"{url}/sign-in")
            page.fill("#id_username", email)
            page.fill("#id_password", password)
            page.click("button.primary[type=submit]")
            page.wait_for_url(f"{url}/")
            yield int(Path(folder, "DevToolsActivePort").read_text().split()[0])
        finally:
            context.close()


def look(lighthouse: str, port: int, url: str, path: str) -> Row:
    """Let Lighthouse look at a page; return what it is worth, and what lowers it."""
    categories = f"--only-categories={','.join(WANTED)}"
    command = (lighthouse, f"{url}{path}", f"--port={port}", categories)
    said = subprocess.run(
        (*command, "--quiet", "--output=json"), check=True, capture_output=True, text=True
    )
    found = json.loads(said.stdout)
    worth = {name: round(100 * found["categories"][name]["score"]) for name in WANTED}
    audits = found["audits"]
    times = {
        "first paint ms": round(audits["first-contentful-paint"]["numericValue"]),
        "largest paint ms": round(audits["largest-contentful-paint"]["numericValue"]),
        "blocked ms": round(audits["total-blocking-time"]["numericValue"]),
        "KB": round(audits["total-byte-weight"]["numericValue"] / 1024),
    }
    lowers = [
        name for name, audit in audits.items() if audit["score"] == 0 and _counts(found, name)
    ]
    return {"page": path, **worth, **times, "lowered by": ", ".join(lowers)}


def _counts(found: dict[str, dict[str, dict[str, list[dict[str, object]]]]], name: str) -> bool:
    references = [ref for each in found["categories"].values() for ref in each["auditRefs"]]
    return any(ref["id"] == name and ref["weight"] for ref in references)


if __name__ == "__main__":
    main()
